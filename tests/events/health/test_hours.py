"""The figures of 24 hours are put into their hours, and those before are left out."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events.happened import counts, figures
from events.health.hours import HOURS, first_hour, last_hours

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_each_hour_has_its_number(clock: time_machine.Traveller) -> None:
    for number in (5, 3, 1):  # 24 hours ago, 23 hours ago, and now
        for _ in range(number):
            counts.count("request", "a", 0.5)
        clock.shift(HOUR if number == 5 else 23 * HOUR if number == 3 else timedelta())
    counts.count("request", "a", 3.5)
    figures.flush()

    (row,) = last_hours(timezone.now())["request"]

    assert row.numbers == [3, *[0] * (HOURS - 2), 2]
    assert (row.total, row.most, row.average_ms, row.over_1_s) == (5, 3, 1100, 1)
    assert [(one.x, one.y, one.height) for one in row.columns] == [
        ("0", "0.0", "24.0"),
        ("184", "8.0", "16.0"),
    ]


def test_first_of_the_hours_begins_on_the_hour(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=59))
    now = timezone.now()

    assert now - first_hour(now) == 23 * HOUR + timedelta(minutes=59)


def test_all_are_read_in_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        counts.count("request", f"{number}")
    figures.flush()

    with django_assert_num_queries(1):
        assert len(last_hours(timezone.now())["request"]) == 30
