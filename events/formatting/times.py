"""The one home for how an instant is shown, in words and to machines.

Words name their zone, because the reader may be in another one. Where the clocks are set back an
hour comes twice: a time in it also says which of the two it is, like "02:15 CEST".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from . import patterns


@dataclass(frozen=True, slots=True)
class Span:
    """Start and end in words. The end leaves out a day, or else a year, that is the start's."""

    start: str
    end: str


def in_words(instant: datetime, zone: ZoneInfo) -> str:
    """Format like "Sat 1 June 2030, 20:00 (Europe/Berlin)", as the reader's language does."""
    local = instant.astimezone(zone)
    shown = _clock(local, patterns.current().day_and_time, is_marked=_comes_twice(local))
    return f"{shown} ({zone})"


def day(instant: datetime, zone: ZoneInfo) -> str:
    """Format the day that the instant has in the zone, like "1 June 2030"."""
    return date_format(instant.astimezone(zone), patterns.current().day)


def weekday(instant: datetime, zone: ZoneInfo) -> str:
    """Format the day with its name, like "Saturday 1 June 2030"."""
    return date_format(instant.astimezone(zone), patterns.current().weekday)


def short_month(instant: datetime, zone: ZoneInfo) -> str:
    """Format the month of the day in the zone in three letters, like "Jun"."""
    return date_format(instant.astimezone(zone), "M")


def day_of_week(day: date) -> str:
    """Format a day of a calendar, like "Saturday 1 June"."""
    return date_format(day, patterns.current().day_of_week)


def whole_day(day: date) -> str:
    """Format a day of a calendar with its year, like "1 June 2030"."""
    return date_format(day, patterns.current().day)


def month(day: date) -> str:
    """Format the month of the day, like "June 2030"."""
    return date_format(day, patterns.current().month)


def date_of(instant: datetime, zone: ZoneInfo) -> date:
    """Return the day that the instant has in the zone."""
    return instant.astimezone(zone).date()


def month_code(day: date) -> str:
    """Write the month of the day as addresses have it, like "2030-06"."""
    return day.strftime("%Y-%m")


def day_code(day: date) -> str:
    """Return the value of a `datetime` attribute for a whole day, like "2030-06-01"."""
    return day.isoformat()


def typed(instant: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Return day and time on the clock of the zone as forms read them: "2030-06-01", "20:00:00"."""
    local = instant.astimezone(zone)
    return local.strftime("%Y-%m-%d"), local.strftime("%H:%M:%S")


def clock(instant: datetime, zone: ZoneInfo) -> str:
    """Format the time alone, like "20:00": the day stands beside it."""
    local = instant.astimezone(zone)
    return _clock(local, patterns.current().time, is_marked=_comes_twice(local))


def offset(instant: datetime, zone: ZoneInfo) -> str:
    """Return how far the clock of the zone is from UTC then, like "UTC+9"."""
    return _offset(instant.astimezone(zone).utcoffset() or timedelta())


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Span:
    """Format both ends on the clock of one zone. If one of them comes twice, both are marked."""
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    # Times of one zone are compared as the clock shows them.
    is_marked = _comes_twice(start) or _comes_twice(end) or end <= start
    return Span(
        _clock(start, patterns.current().day_and_time, is_marked=is_marked),
        _clock(end, _pattern_of_end(start, end), is_marked=is_marked),
    )


def _pattern_of_end(start: datetime, end: datetime) -> str:
    by = patterns.current()
    if start.date() == end.date():
        return by.time
    return by.day_of_the_same_year_and_time if start.year == end.year else by.day_and_time


def for_machines(instant: datetime) -> str:
    """Format in UTC by ISO 8601, like "2030-06-01T18:00:00Z"; parts of seconds only if there are.

    `datetime.fromisoformat` reads it.
    """
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _clock(local: datetime, pattern: str, *, is_marked: bool) -> str:
    shown = date_format(local, pattern)
    return f"{shown} {_mark(local)}" if is_marked else shown


def _comes_twice(local: datetime) -> bool:
    """Return whether the clock of the zone shows this time at two instants.

    An instant is never in the hour that is left out, so both folds differ only where it is doubled.
    """
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _mark(local: datetime) -> str:
    """Return "CEST", or "UTC+2" where the name is no word or does not tell the two times apart."""
    name = local.tzname() or ""
    names = {local.replace(fold=fold).tzname() for fold in (0, 1)}
    tells_apart = len(names) == 2 or not _comes_twice(local)
    return name if name.isalpha() and tells_apart else _offset(local.utcoffset() or timedelta())


def _offset(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
