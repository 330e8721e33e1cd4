"""Each output of an instant at both changes of the clocks, in zones of three kinds."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from events.formatting import times
from events.formatting.times import Span

#: Zone, start and end in UTC, and both as people there read them.
SPANS = [
    ("Europe/Berlin", "2031-03-30T00:30", "2031-03-30T01:30", "Sun 30 March 2031, 01:30", "03:30"),
    (
        "Europe/Berlin",
        "2030-10-27T00:30",
        "2030-10-27T01:30",
        "Sun 27 October 2030, 02:30 CEST",
        "02:30 CET",
    ),
    (
        "America/New_York",
        "2031-03-09T06:30",
        "2031-03-09T07:30",
        "Sun 9 March 2031, 01:30",
        "03:30",
    ),
    (
        "America/New_York",
        "2030-11-03T05:30",
        "2030-11-03T06:30",
        "Sun 3 November 2030, 01:30 EDT",
        "01:30 EST",
    ),
    (
        "Australia/Lord_Howe",
        "2030-10-05T15:15",
        "2030-10-05T15:45",
        "Sun 6 October 2030, 01:45",
        "02:45",
    ),
    (
        "Australia/Lord_Howe",
        "2031-04-05T14:45",
        "2031-04-05T15:15",
        "Sun 6 April 2031, 01:45 UTC+11",
        "01:45 UTC+10:30",
    ),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "starts_at", "ends_at", "start", "end"), SPANS)
def test_each_output_reads_the_clock_of_the_zone(
    zone: str, starts_at: str, ends_at: str, start: str, end: str
) -> None:
    of, begin, stop = ZoneInfo(zone), at(starts_at), at(ends_at)
    assert times.span(begin, stop, of) == Span(start, end)
    assert times.in_words(begin, of) == f"{start} ({zone})"
    assert times.clock(stop, of) == end
    assert f"{times.weekday(begin, of)}, {times.clock(begin, of)}".replace("Sunday", "Sun") == start
    assert at(times.for_machines(begin).removesuffix("Z")) == begin
