"""Waits for an event's lock are counted: how long they took, and which came to no end.

On SQLite the transaction's start waits, on PostgreSQL the row: both count.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError, connection, transaction

from events import places
from events.happened import LOCK, counts
from events.models import Event
from tests.factories import make_event

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
IMPATIENT, AS_BEFORE = {
    "postgresql": ("SET lock_timeout = '100ms'", "RESET lock_timeout"),
    "sqlite": ("PRAGMA busy_timeout = 100", "PRAGMA busy_timeout = 5000"),
}[connection.vendor]


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    counts.take_all()
    yield
    counts.take_all()


def counted() -> dict[str, int]:
    sums = counts.take_all().items()
    found = Counter({label: one.number for (_hour, name, label), one in sums if name == LOCK})
    return dict(found)


def lock_impatiently(pk: int) -> str:
    """Try it on a connection of its own; return how it ended."""
    with connection.cursor() as cursor:
        cursor.execute(IMPATIENT)
    try:
        with places.locked_event(pk):
            return "locked"
    except OperationalError:
        return "in vain"
    finally:
        with connection.cursor() as cursor:
            cursor.execute(AS_BEFORE)
        connection.close()


def try_elsewhere(event: Event) -> str:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lock_impatiently, event.pk).result()


def test_wait_in_vain_is_counted_as_a_timeout() -> None:
    event = make_event()

    with places.locked_event(event.pk):
        held = try_elsewhere(event)
    free = try_elsewhere(event)

    assert (held, free) == ("in vain", "locked")
    assert counted() == {"event": 2, "event timeout": 1}


def test_event_that_is_gone_is_no_timeout() -> None:
    with pytest.raises(Event.DoesNotExist), places.locked_event(0):
        pass

    assert counted() == {"event": 1}


def test_error_inside_ends_the_transaction_and_is_no_timeout() -> None:
    event = make_event(title="Before")

    def break_off() -> None:
        with places.locked_event(event.pk) as locked:
            Event.objects.filter(pk=locked.pk).update(title="After")
            raise OperationalError("of something else")

    with pytest.raises(OperationalError, match=r"^of something else$"):
        break_off()

    assert (counted(), Event.objects.get().title) == ({"event": 1}, "Before")


def test_lock_is_held_until_the_outermost_transaction_ends() -> None:
    event = make_event()

    with transaction.atomic():
        with places.locked_event(event.pk):
            pass
        assert try_elsewhere(event) == "in vain"
    assert try_elsewhere(event) == "locked"
