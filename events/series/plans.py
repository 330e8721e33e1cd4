"""Say which dates a rule gives, before anything is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from events.models import Event

from .rules import Rule
from .shifts import clock_at, instant_at


@dataclass(frozen=True, slots=True)
class Planned:
    """An occurrence. `is_now`: its draft is made at once; `is_over`: none is made at all.

    `is_other_offset`: the clocks were changed since the one before. `is_skipped`: they skip the
    time of day then.
    """

    start: datetime
    is_now: bool
    is_over: bool
    is_other_offset: bool
    is_skipped: bool


def plan(event: Event, rule: Rule, days_ahead: int | None, now: datetime) -> Iterator[Planned]:
    """Yield the occurrences behind the event itself, as `drafts.repeat` would make them."""
    zone = event.zone
    clock, before = clock_at(event.starts_at, zone).time(), event.starts_at
    for day in islice(rule.days(), 1, None):
        local = datetime.combine(day, clock)
        start = instant_at(local, zone)
        is_now = days_ahead is None or start - timedelta(days=days_ahead) <= now
        offsets = {each.astimezone(zone).utcoffset() for each in (before, start)}
        is_skipped = clock_at(start, zone) != local
        yield Planned(start, is_now, start <= now, len(offsets) > 1, is_skipped)
        before = start
