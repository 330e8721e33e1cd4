"""Typed times where the clocks change, in zones of three kinds: half an hour, one hour, south."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from events.admin.time_field import EventTimeField

NO_INSTANT = [
    ("Europe/Berlin", "2031-03-30", "02:00"),
    ("Europe/Berlin", "2031-03-30", "02:59"),
    ("Europe/Berlin", "2030-10-27", "02:00"),
    ("Europe/Berlin", "2030-10-27", "02:59"),
    ("America/New_York", "2031-03-09", "02:30"),
    ("America/New_York", "2030-11-03", "01:30"),
    ("Australia/Lord_Howe", "2030-10-06", "02:15"),
    ("Australia/Lord_Howe", "2031-04-06", "01:45"),
]
ONE_INSTANT = [
    ("Europe/Berlin", "2031-03-30", "01:59", "2031-03-30T00:59"),
    ("Europe/Berlin", "2031-03-30", "03:00", "2031-03-30T01:00"),
    ("Europe/Berlin", "2030-10-27", "01:59", "2030-10-26T23:59"),
    ("Europe/Berlin", "2030-10-27", "03:00", "2030-10-27T02:00"),
    ("America/New_York", "2031-03-09", "03:00", "2031-03-09T07:00"),
    ("America/New_York", "2030-11-03", "02:00", "2030-11-03T07:00"),
    ("Australia/Lord_Howe", "2030-10-06", "02:30", "2030-10-05T15:30"),
    ("Australia/Lord_Howe", "2031-04-06", "01:29", "2031-04-05T14:29"),
    ("Australia/Lord_Howe", "2031-04-06", "02:00", "2031-04-05T15:30"),
]


@pytest.mark.parametrize(("zone", "day", "time"), NO_INSTANT)
def test_time_that_is_left_out_or_comes_twice_is_refused(zone: str, day: str, time: str) -> None:
    with timezone.override(ZoneInfo(zone)), pytest.raises(ValidationError) as caught:
        EventTimeField().clean([day, time])
    assert caught.value.messages == [
        f"The clocks change then in {zone}: this time never comes, or comes twice."
    ]


@pytest.mark.parametrize(("zone", "day", "time", "instant"), ONE_INSTANT)
def test_time_beside_the_change_is_one_instant(
    zone: str, day: str, time: str, instant: str
) -> None:
    with timezone.override(ZoneInfo(zone)):
        read = EventTimeField().clean([day, time])
    assert read == datetime.fromisoformat(instant).replace(tzinfo=UTC)
