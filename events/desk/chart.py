"""Sign-ups over time: how many had a place or waited at the end of each day, and as lines.

Days are those of the event's zone. Lines are points in a box of `WIDTH` times `HEIGHT`, with the
origin at the upper left, as SVG has it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.db.models import Count
from django.db.models.functions import TruncDate

from events.formatting import times
from events.models import Event
from events.models.registration import RegistrationQuerySet

MOST_POINTS = 60
WEEK = 7
WIDTH, HEIGHT = 600.0, 200.0


@dataclass(frozen=True, slots=True)
class Point:
    """Numbers at the end of `day`: with a place, waiting, and all who have left until then."""

    day: date
    places: int
    waiting: int
    gone: int

    @property
    def label(self) -> str:
        return times.whole_day(self.day)


@dataclass(frozen=True, slots=True)
class Chart:
    points: list[Point]
    top: int  # the number at the upper edge
    step: int  # days between two points

    @property
    def places(self) -> str:
        return self._line([point.places for point in self.points])

    @property
    def waiting(self) -> str:
        return self._line([point.waiting for point in self.points])

    @property
    def gone(self) -> str:
        return self._line([point.gone for point in self.points])

    @property
    def middle(self) -> int | None:
        """The number at half of the height, if it is a whole one."""
        return self.top // 2 if self.top % 2 == 0 else None

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    def _line(self, numbers: list[int]) -> str:
        """Return the `points` of a polyline; one day alone is a level line."""
        if len(numbers) == 1:
            numbers = numbers * 2
        across = WIDTH / (len(numbers) - 1)
        heights = (HEIGHT * (1 - number / self.top) for number in numbers)
        return " ".join(f"{n * across:.1f},{height:.1f}" for n, height in enumerate(heights))


def chart(event: Event, now: datetime) -> Chart | None:
    """Return the sign-ups for the event itself; None if there were none."""
    own = event.registrations.filter(workshop=None)
    came, taken = _by_day(own, "created_at", event), _by_day(own, "taken_at", event)
    left = _by_day(own, "ended_at", event)
    left_place = _by_day(own.filter(taken_at__isnull=False), "ended_at", event)
    if not came:
        return None
    last = max(*came, times.date_of(min(now, event.ends_at), event.zone))
    days, step = _days(min(came), last)
    points = list(_points(days, came, taken, left, left_place))
    return Chart(points, round_up(max(max(p.places, p.waiting, p.gone) for p in points)), step)


def _by_day(registrations: RegistrationQuerySet, field: str, event: Event) -> Counter[date]:
    """Count the rows by the day of an instant in the event's zone, in one statement."""
    there = registrations.filter(**{f"{field}__isnull": False}).order_by()
    days = there.annotate(day=TruncDate(field, tzinfo=event.zone)).values_list("day")
    return Counter(dict(days.annotate(Count("pk"))))


def _days(first: date, last: date) -> tuple[list[date], int]:
    """Return every day, or every week or so if they are many. The last one is always there."""
    number = (last - first).days + 1
    step = 1 if number <= MOST_POINTS else WEEK * ceil(number / (MOST_POINTS * WEEK))
    back = range(0, number, step)
    return sorted(last - timedelta(days=days) for days in back), step


def _points(
    days: list[date],
    came: Counter[date],
    taken: Counter[date],
    left: Counter[date],
    left_place: Counter[date],
) -> Iterator[Point]:
    for day in days:
        has_come, has_taken, has_left, left_it = (
            sum(number for other, number in counted.items() if other <= day)
            for counted in (came, taken, left, left_place)
        )
        places = has_taken - left_it
        yield Point(day, places, has_come - has_left - places, has_left)


def round_up(number: int) -> int:
    """Return 1, 2, 4, 6, 8 or 10 times a power of ten, at least as large."""
    size: int = 10 ** (len(str(max(number, 1))) - 1)
    return next(size * step for step in (1, 2, 4, 6, 8, 10) if step * size >= number)
