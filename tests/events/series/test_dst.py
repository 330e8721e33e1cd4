"""A year of weekly events keeps its time of day, over every change of the clocks.

The offsets are written by hand from the rules that governments have announced; the code asks the
database of zones.
"""

# ruff: noqa: DTZ001 - what a clock shows has no zone

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events import series
from events.models import Event
from events.series import Rule
from events.series.shifts import Shift, clock_at, instant_at
from tests.factories import make_event, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: In hours from UTC: before the first day named, and from each day on. Year 2030 and after.
OFFSETS = {
    "Europe/Berlin": (2.0, [("2030-10-27", 1.0), ("2031-03-30", 2.0)]),
    "America/New_York": (-4.0, [("2030-11-03", -5.0), ("2031-03-09", -4.0)]),
    "Australia/Lord_Howe": (10.5, [("2030-10-06", 11.0), ("2031-04-06", 10.5)]),
}
EVENING = datetime(2030, 6, 8, 20)
YEAR = 53


def by_hand(local: datetime, zone: str) -> datetime:
    """Return the instant by the table above; the clocks change in the night, never at 20:00."""
    hours, changes = OFFSETS[zone]
    for day, later in changes:
        hours = later if local.date().isoformat() >= day else hours
    return (local - timedelta(hours=hours)).replace(tzinfo=UTC)


@pytest.mark.parametrize("zone", OFFSETS)
@pytest.mark.parametrize("local", [EVENING, EVENING + timedelta(days=1)])
def test_a_year_of_weekly_events_keeps_its_clock(zone: str, local: datetime) -> None:
    start = by_hand(local, zone)
    first = make_event(
        time_zone=zone,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        opens_at=start - timedelta(days=7),
        closes_at=start - timedelta(hours=1),
    )
    make_workshop(first, starts_at=start + timedelta(minutes=30))
    made = series.repeat(first, rule=Rule(local.date(), "weekly", count=YEAR), days_ahead=None)

    events = list(made.events.order_by("series_index"))
    days = [local + timedelta(days=7 * number) for number in range(YEAR)]
    expected = [by_hand(day, zone) for day in days]
    hour, week = timedelta(hours=1), timedelta(days=7)
    assert [event.starts_at for event in events] == expected
    assert [event.ends_at - event.starts_at for event in events] == [2 * hour] * YEAR
    assert [event.opens_at for event in events] == [by_hand(day - week, zone) for day in days]
    assert [event.closes_at for event in events] == [by_hand(day - hour, zone) for day in days]
    inside = [event.workshops.get().starts_at - event.starts_at for event in events]
    assert inside == [timedelta(minutes=30)] * YEAR


def test_control_a_week_of_seconds_does_not_keep_the_clock() -> None:
    for zone in OFFSETS:
        start = by_hand(EVENING, zone)
        added = [start + timedelta(days=7 * number) for number in range(YEAR)]
        right = [by_hand(EVENING + timedelta(days=7 * number), zone) for number in range(YEAR)]
        assert added != right


# --- Times that never come, or come twice ---------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        ("Europe/Berlin", "2031-03-30T02:30", "2031-03-30T01:30"),  # shown as 03:30 there
        ("Europe/Berlin", "2030-10-27T02:30", "2030-10-27T00:30"),  # the first 02:30, of summer
        ("America/New_York", "2031-03-09T02:30", "2031-03-09T07:30"),
        ("America/New_York", "2030-11-03T01:30", "2030-11-03T05:30"),
        ("Australia/Lord_Howe", "2030-10-06T02:15", "2030-10-05T15:45"),  # skips half an hour
        ("Australia/Lord_Howe", "2031-04-06T01:45", "2031-04-05T14:45"),
    ],
)
def test_time_that_is_skipped_or_doubled_has_one_answer(
    zone: str, local: str, expected: str
) -> None:
    found = instant_at(datetime.fromisoformat(local), ZoneInfo(zone))
    assert found == datetime.fromisoformat(f"{expected}+00:00")


def test_night_event_keeps_its_length_where_its_start_is_skipped() -> None:
    berlin, start = "Europe/Berlin", datetime(2031, 3, 23, 1, 30, tzinfo=UTC)
    night = make_event(time_zone=berlin, starts_at=start, ends_at=start + timedelta(minutes=30))
    make_workshop(night, starts_at=start, ends_at=start + timedelta(minutes=20))
    copy = series.copy_event(night, start=datetime(2031, 3, 30, 2, 30))
    assert (copy.starts_at, copy.ends_at) == (
        datetime(2031, 3, 30, 1, 30, tzinfo=UTC),
        datetime(2031, 3, 30, 2, 0, tzinfo=UTC),
    )
    workshop = copy.workshops.get()
    assert (workshop.starts_at, workshop.ends_at - workshop.starts_at) == (
        copy.starts_at,
        timedelta(minutes=20),
    )


def test_event_of_several_days_keeps_the_clock_of_its_end_and_workshops() -> None:
    """Friday evening to Sunday evening, over the night in which summer begins."""
    zone, local = ZoneInfo("Europe/Berlin"), datetime(2031, 3, 21, 18)
    start, end = instant_at(local, zone), instant_at(datetime(2031, 3, 23, 20), zone)
    jam = make_event(time_zone=zone, starts_at=start, ends_at=end)
    sunday = instant_at(datetime(2031, 3, 23, 10), zone)
    make_workshop(jam, starts_at=sunday, ends_at=end)
    copy = series.copy_event(jam, start=local + timedelta(days=7))
    assert clock_at(copy.ends_at, zone) == datetime(2031, 3, 30, 20)
    assert copy.ends_at - copy.starts_at == end - start - timedelta(hours=1)
    workshop = copy.workshops.get()
    assert clock_at(workshop.starts_at, zone) == datetime(2031, 3, 30, 10)
    assert workshop.ends_at == copy.ends_at


def test_close_and_draw_stay_behind_an_opening_that_the_clocks_skip() -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = instant_at(datetime(2031, 3, 24, 20), zone)
    opens_at = instant_at(datetime(2031, 3, 23, 2, 30), zone)
    event = Event(
        time_zone=zone, starts_at=start, ends_at=start + timedelta(hours=1), opens_at=opens_at
    )
    event.draw_at = event.closes_at = opens_at + timedelta(minutes=40)
    copy = series.copy_event(_saved(event), start=datetime(2031, 3, 31, 20))
    assert (copy.opens_at, copy.draw_at, copy.closes_at) == (
        datetime(2031, 3, 30, 1, 30, tzinfo=UTC),
        datetime(2031, 3, 30, 2, 10, tzinfo=UTC),
        datetime(2031, 3, 30, 2, 10, tzinfo=UTC),
    )


def _saved(event: Event) -> Event:
    event.title = event.slug = "night"
    event.save()
    return event


def test_another_zone_keeps_what_its_own_clock_shows() -> None:
    start = datetime(2030, 6, 8, 18, tzinfo=UTC)
    event = make_event(time_zone="Europe/Berlin", starts_at=start)
    shift = Shift.of(event, datetime(2030, 12, 7, 20), ZoneInfo("Asia/Tokyo"))
    assert shift.start == datetime(2030, 12, 7, 11, tzinfo=UTC)
    assert shift.around(start - timedelta(days=1)) == datetime(2030, 12, 6, 11, tzinfo=UTC)
