"""Instants in words: the hour that comes twice is told apart, and a day is one of some zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from events.formatting import times
from events.formatting.times import Span

#: The second of two equal times, or the first of them.
DOUBLED = [
    ("Europe/Berlin", "2027-10-31T00:15", "Sun 31 October 2027, 02:15 CEST (Europe/Berlin)"),
    ("Europe/Berlin", "2027-10-31T01:15", "Sun 31 October 2027, 02:15 CET (Europe/Berlin)"),
    ("Europe/Berlin", "2027-10-30T23:59", "Sun 31 October 2027, 01:59 (Europe/Berlin)"),
    ("Europe/Berlin", "2027-10-31T02:00", "Sun 31 October 2027, 03:00 (Europe/Berlin)"),
    ("America/New_York", "2027-11-07T05:30", "Sun 7 November 2027, 01:30 EDT (America/New_York)"),
    ("America/New_York", "2027-11-07T06:30", "Sun 7 November 2027, 01:30 EST (America/New_York)"),
    # Half an hour comes twice, and the zone has numbers for names.
    (
        "Australia/Lord_Howe",
        "2027-04-03T14:45",
        "Sun 4 April 2027, 01:45 UTC+11 (Australia/Lord_Howe)",
    ),
    (
        "Australia/Lord_Howe",
        "2027-04-03T15:15",
        "Sun 4 April 2027, 01:45 UTC+10:30 (Australia/Lord_Howe)",
    ),
    ("Australia/Lord_Howe", "2027-04-03T15:35", "Sun 4 April 2027, 02:05 (Australia/Lord_Howe)"),
    # Ireland's winter time is the one that differs from its standard time.
    ("Europe/Dublin", "2027-10-31T00:30", "Sun 31 October 2027, 01:30 IST (Europe/Dublin)"),
    ("Europe/Dublin", "2027-10-31T01:30", "Sun 31 October 2027, 01:30 GMT (Europe/Dublin)"),
    # The same name before and after: Moscow in 2014.
    ("Europe/Moscow", "2014-10-25T21:30", "Sun 26 October 2014, 01:30 UTC+4 (Europe/Moscow)"),
    ("Europe/Moscow", "2014-10-25T22:30", "Sun 26 October 2014, 01:30 UTC+3 (Europe/Moscow)"),
    ("America/St_Johns", "2010-11-07T02:30", "Sun 7 November 2010, 00:00 NDT (America/St_Johns)"),
    ("Atlantic/Azores", "2027-10-31T00:30", "Sun 31 October 2027, 00:30 UTC+0 (Atlantic/Azores)"),
    ("Atlantic/Azores", "2027-10-31T01:30", "Sun 31 October 2027, 00:30 UTC−1 (Atlantic/Azores)"),
    # Spring: no time comes twice, and one that is left out is never shown.
    ("Europe/Berlin", "2027-03-28T00:59", "Sun 28 March 2027, 01:59 (Europe/Berlin)"),
    ("Europe/Berlin", "2027-03-28T01:00", "Sun 28 March 2027, 03:00 (Europe/Berlin)"),
    ("Etc/GMT+3", "2027-10-31T01:00", "Sat 30 October 2027, 22:00 (Etc/GMT+3)"),
    ("UTC", "2027-10-31T01:00", "Sun 31 October 2027, 01:00 (UTC)"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "instant", "words"), DOUBLED)
def test_time_says_which_of_two_it_is_r5(zone: str, instant: str, words: str) -> None:
    assert times.in_words(at(instant), ZoneInfo(zone)) == words


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        ("00:15", "01:15", Span("Sun 31 October 2027, 02:15 CEST", "02:15 CET")),
        ("00:45", "01:15", Span("Sun 31 October 2027, 02:45 CEST", "02:15 CET")),
        ("00:15", "00:45", Span("Sun 31 October 2027, 02:15 CEST", "02:45 CEST")),
        ("00:30", "02:30", Span("Sun 31 October 2027, 02:30 CEST", "03:30 CET")),
        ("01:30", "02:30", Span("Sun 31 October 2027, 02:30 CET", "03:30 CET")),
        ("03:00", "04:00", Span("Sun 31 October 2027, 04:00", "05:00")),
    ],
)
def test_span_over_the_doubled_hour_reads_forwards_r5(start: str, end: str, span: Span) -> None:
    starts_at, ends_at = at(f"2027-10-31T{start}"), at(f"2027-10-31T{end}")

    assert times.span(starts_at, ends_at, ZoneInfo("Europe/Berlin")) == span


def test_span_into_another_day_names_both_days_r5() -> None:
    night = times.span(at("2027-10-30T20:00"), at("2027-10-31T00:30"), ZoneInfo("Europe/Berlin"))

    assert night == Span("Sat 30 October 2027, 22:00 CEST", "Sun 31 October, 02:30 CEST")


@pytest.mark.parametrize(
    ("zone", "span"),
    [
        ("Europe/Berlin", Span("Fri 31 December 2027, 23:00", "Sat 1 January 2028, 01:00")),
        ("America/New_York", Span("Fri 31 December 2027, 17:00", "19:00")),
        ("Asia/Tokyo", Span("Sat 1 January 2028, 07:00", "09:00")),
    ],
)
def test_span_into_another_year_of_the_zone_names_both_years(zone: str, span: Span) -> None:
    assert times.span(at("2027-12-31T22:00"), at("2028-01-01T00:00"), ZoneInfo(zone)) == span


def test_day_is_one_of_the_zone_and_not_of_the_server_r4() -> None:
    night = at("2025-12-31T15:30")

    assert times.day(night, ZoneInfo("Asia/Tokyo")) == "1 January 2026"
    assert times.day(night, ZoneInfo("America/New_York")) == "31 December 2025"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2030-06-01T20:00:00+02:00", "2030-06-01T18:00:00Z"),
        ("2030-06-01T18:00:00.000001+00:00", "2030-06-01T18:00:00.000001Z"),
    ],
)
def test_time_for_machines_is_in_utc_and_exact_r5(instant: str, text: str) -> None:
    parsed = datetime.fromisoformat(instant)

    assert times.for_machines(parsed) == text
    assert datetime.fromisoformat(text) == parsed
