"""The days of a series."""

from datetime import date
from itertools import islice

import pytest

from events.series.rules import Rule, weeks_of_month

SATURDAY = date(2030, 6, 8)  # the second one of June


def test_every_second_week_ends_after_so_many() -> None:
    rule = Rule(SATURDAY, "weekly", interval=2, count=3)
    assert list(rule.days()) == [SATURDAY, date(2030, 6, 22), date(2030, 7, 6)]


def test_last_day_may_be_one_of_the_days() -> None:
    rule = Rule(SATURDAY, "weekly", until=date(2030, 6, 22))
    assert list(rule.days()) == [SATURDAY, date(2030, 6, 15), date(2030, 6, 22)]


def test_second_saturday_of_every_third_month() -> None:
    rule = Rule(SATURDAY, "monthly-by-weekday", interval=3, week=2, count=3)
    assert list(rule.days()) == [SATURDAY, date(2030, 9, 14), date(2030, 12, 14)]


def test_last_saturday_may_be_the_fourth_or_the_fifth() -> None:
    rule = Rule(date(2030, 6, 29), "monthly-by-weekday", week=-1, count=4)
    found = ["2030-06-29", "2030-07-27", "2030-08-31", "2030-09-28"]
    assert [day.isoformat() for day in rule.days()] == found


def test_series_without_an_end_goes_on_to_the_last_year() -> None:
    rule = Rule(SATURDAY, "weekly")
    assert list(islice(rule.days(), 100, 101)) == [date(2032, 5, 8)]
    assert list(rule.days())[-1] == date(2100, 12, 25)


@pytest.mark.parametrize(
    ("day", "weeks"),
    [
        (date(2030, 6, 1), [1]),
        (date(2030, 6, 22), [4]),
        (date(2030, 6, 23), [4]),
        (date(2030, 6, 24), [4, -1]),
        (date(2030, 6, 29), [-1]),
        (date(2030, 2, 28), [4, -1]),
    ],
)
def test_day_is_its_months_week(day: date, weeks: list[int]) -> None:
    assert weeks_of_month(day) == weeks


def test_day_behind_the_last_is_none() -> None:
    rule = Rule(SATURDAY, "weekly", count=2)
    assert (rule.day(1), rule.day(2)) == (date(2030, 6, 15), None)
