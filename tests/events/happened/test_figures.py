"""Figures of all processes are added to the same rows, and none is lost while the database is."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.utils import timezone

from events.happened import counts, figures
from events.models import Figure

pytestmark = [pytest.mark.django_db, pytest.mark.both]
HOUR = datetime(2030, 6, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    counts.take_all()
    yield
    counts.take_all()


def rows() -> list[tuple[datetime, str, int, float, int, int, int]]:
    return list(
        Figure.objects.order_by("hour", "label").values_list(
            *("hour", "label", "number", "seconds"),
            *("within_100_ms", "within_1_s", "within_5_s"),
        )
    )


def test_two_flushes_add_up_in_the_hour_and_in_all_time(clock: time_machine.Traveller) -> None:
    counts.count("request", "a", 0.05)
    counts.count("request", "a", 0.5)
    figures.flush()
    counts.count("request", "a", 7.0)
    figures.flush()

    assert rows() == [
        (Figure.ALL_TIME, "a", 3, 7.55, 1, 2, 2),
        (HOUR, "a", 3, 7.55, 1, 2, 2),
    ]


def test_hours_are_apart_and_all_time_has_both(clock: time_machine.Traveller) -> None:
    counts.count("request", "a")
    clock.shift(timedelta(hours=1))
    counts.count("request", "a")

    assert figures.flush() == 2
    assert [(row[0], row[2]) for row in rows()] == [
        (Figure.ALL_TIME, 2),
        (HOUR, 1),
        (HOUR + timedelta(hours=1), 1),
    ]


def test_nothing_counted_costs_no_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert figures.flush() == 0


def test_counts_of_a_flush_that_fails_are_kept() -> None:
    counts.count("request", "a", 0.5)
    with connection.execute_wrapper(_fails), pytest.raises(DatabaseError):
        figures.flush()
    counts.count("request", "a", 0.5)
    figures.flush()

    assert [row[1:4] for row in rows()] == [("a", 2, 1.0)] * 2


def _fails(*_arguments: object) -> None:
    raise DatabaseError


def test_old_hours_go_and_all_time_stays(clock: time_machine.Traveller) -> None:
    counts.count("request", "a")
    figures.flush()
    clock.shift(timedelta(days=7))
    counts.count("request", "a")
    figures.flush()
    kept = figures.purge(timezone.now())
    clock.shift(timedelta(days=2))

    assert (kept, figures.purge(timezone.now())) == (0, 1)
    assert [(row[0], row[2]) for row in rows()] == [
        (Figure.ALL_TIME, 2),
        (HOUR + timedelta(days=7), 1),
    ]


@pytest.mark.django_db(transaction=True)
def test_many_threads_lose_no_count() -> None:
    def work(number: int) -> None:
        for _ in range(20):
            counts.count("request", f"label {number % 3}")
            figures.flush()
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    figures.flush()

    assert [row[2] for row in rows() if row[0] == Figure.ALL_TIME] == [40, 40, 40]


def test_timed_counts_what_fails_under_another_label() -> None:
    with pytest.raises(ZeroDivisionError), counts.timed("provider", "mail ok", failed="mail no"):
        1 / 0  # noqa: B018
    with counts.timed("provider", "mail ok", failed="mail no"):
        pass

    assert sorted(key[2] for key in counts.take_all()) == ["mail no", "mail ok"]
