"""Choose when people of the demo signed up: many at first and at the end, few in between."""

from datetime import datetime, timedelta
from math import pi, sin

from events.models import Event

SPAN = timedelta(days=14)
#: Nobody signed up so shortly before the start.
BEFORE = timedelta(hours=3)
#: How much quicker people come at both ends than they would at an even pace.
RUSH = 0.8


def sign_ups(event: Event, number: int, now: datetime) -> list[datetime]:
    """Return so many instants, all in the past and before the start, the earliest first."""
    end = min(now, event.starts_at - BEFORE)
    begin = max(end - SPAN, event.opens_at or end - SPAN)
    return [begin + (end - begin) * _part(n / number) for n in range(number)]


def _part(x: float) -> float:
    """Return which part of the time has passed when this part of the people has come."""
    return x - RUSH * sin(2 * pi * x) / (2 * pi)
