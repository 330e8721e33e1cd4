"""One month of the public events as a calendar."""

import re
from calendar import Calendar, monthrange
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.access import viewers
from events.formatting import times
from events.http import chosen
from events.models import Event
from events.models.event_set import EventQuerySet

MONTH = re.compile(r"(2[01][0-9][0-9])-(0[1-9]|1[0-2])")
MONDAY = 0
#: No clock is further from UTC than this.
FURTHEST = timedelta(hours=15)


@dataclass(frozen=True, slots=True)
class Month:
    first: date

    @classmethod
    def read(cls, asked: str, today: date) -> Self:
        """Read "2030-06"; anything else is the month of today."""
        found = MONTH.fullmatch(asked)
        year, month = (int(found[1]), int(found[2])) if found else (today.year, today.month)
        return cls(today.replace(year=year, month=month, day=1))

    def __str__(self) -> str:
        return times.month_code(self.first)

    @property
    def before(self) -> str:
        """Return the month before as an address says it, "" at the end of what can be shown."""
        return _if_shown(self.first - timedelta(days=1))

    @property
    def after(self) -> str:
        return _if_shown(self.first + timedelta(days=31))

    @property
    def last(self) -> date:
        return self.first.replace(day=monthrange(self.first.year, self.first.month)[1])

    def weeks(self) -> list[list[date]]:
        return Calendar(MONDAY).monthdatescalendar(self.first.year, self.first.month)

    def holds(self, day: date) -> bool:
        return (day.year, day.month) == (self.first.year, self.first.month)


def _if_shown(day: date) -> str:
    month = times.month_code(day)
    return month if MONTH.fullmatch(month) else ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event on one of its days; `clock` is empty if it began on a day before."""

    event: Event
    clock: str


@dataclass(frozen=True, slots=True)
class Square:
    day: date
    code: str
    name: str
    is_inside: bool
    is_today: bool
    entries: list[Entry]


@cache_control(private=True)
@require_safe
def month_page(request: HttpRequest) -> HttpResponse:
    viewer = viewers.viewer_of(request.user)
    own = chosen.own_zone(request, viewer)
    zone = own or viewers.UTC
    today = times.date_of(timezone.now(), zone)
    month = Month.read(request.GET.get("month", ""), today)
    entries = _entries(month, zone)
    weeks = [[_square(day, month, today, entries) for day in week] for week in month.weeks()]
    context = {
        "month": month,
        "name": times.month(month.first),
        "weekdays": [str(WEEKDAYS[number]) for number in Calendar(MONDAY).iterweekdays()],
        "weeks": weeks,
        "is_empty": not any(square.entries for week in weeks for square in week),
        "viewer": viewer,
        "zone": str(zone),
        "is_own_zone": own is not None,
    }
    return render(request, "events/month.html", context)


def _square(day: date, month: Month, today: date, entries: dict[date, list[Entry]]) -> Square:
    is_inside = month.holds(day)
    found = entries[day] if is_inside and day in entries else []
    name = times.day_of_week(day)
    return Square(day, times.day_code(day), name, is_inside, day == today, found)


def _entries(month: Month, zone: ZoneInfo) -> dict[date, list[Entry]]:
    """Return what happens on each day by one clock, so that times of a day stand in their order."""
    found: dict[date, list[Entry]] = defaultdict(list)
    for event in _events_around(month):
        start = times.date_of(event.starts_at, zone)
        for day in _days(event, zone, month):
            clock = times.clock(event.starts_at, zone) if day == start else ""
            found[day].append(Entry(event, clock))
    return found


def _events_around(month: Month) -> EventQuerySet:
    """Return all that may be in the month in any zone, in order."""
    begin = datetime.combine(month.first, time(), UTC) - FURTHEST
    end = datetime.combine(month.last, time.max, UTC) + FURTHEST
    q = Event.objects.listed().filter(starts_at__lte=end, ends_at__gt=begin)
    return q.without_long_texts().order_by("starts_at", "pk")


def _days(event: Event, zone: ZoneInfo, month: Month) -> Iterator[date]:
    """Yield the days of the month on which it runs; one that ends at midnight ends on that day."""
    until = times.date_of(event.ends_at - timedelta(microseconds=1), zone)
    day = max(times.date_of(event.starts_at, zone), month.first)
    while day <= min(until, month.last):
        yield day
        day += timedelta(days=1)
