"""Carry the times of an event along to another start: the clock stays, over every change of it.

A time that the clocks skip is as much later as they skip; of a time that comes twice the first one
is meant (as in RFC 5545, 3.3.5). Nothing ever ends before it starts because of that.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from events.models import Bookable, Event

#: An event that is shorter keeps its length; one of several days keeps what its clock shows.
LONG = timedelta(days=1)


def instant_at(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant, in UTC, at which the clock of the zone shows this, as said above."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def clock_at(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what the clock of the zone shows, without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Shift:
    """From an event to another start: `to` is what the clock of `new_zone` shows then."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    to: datetime
    new_zone: ZoneInfo

    @classmethod
    def of(cls, event: Event, to: datetime, new_zone: ZoneInfo | None = None) -> "Shift":
        return cls(event.starts_at, event.ends_at, event.zone, to, new_zone or event.zone)

    @property
    def start(self) -> datetime:
        return instant_at(self.to, self.new_zone)

    @property
    def by(self) -> timedelta:
        """Return how far the clock is moved."""
        return self.to - clock_at(self.starts_at, self.zone)

    def around(self, instant: datetime) -> datetime:
        """Carry a time along that is on no account part of the event, like its opening."""
        return instant_at(clock_at(instant, self.zone) + self.by, self.new_zone)

    def within(self, instant: datetime) -> datetime:
        """Carry along a time of the event itself: its end, or a workshop's start."""
        if self.ends_at - self.starts_at < LONG:
            return self.start + (instant - self.starts_at)
        return self.around(instant)

    def span(self, bookable: Bookable) -> tuple[datetime, datetime]:
        """Return the new start and end of the event or of one of its workshops."""
        starts_at, ends_at = self.within(bookable.starts_at), self.within(bookable.ends_at)
        length = bookable.ends_at - bookable.starts_at
        return starts_at, ends_at if ends_at > starts_at else starts_at + length

    def span_inside(self, bookable: Bookable, end: datetime) -> tuple[datetime, datetime]:
        """The same for a workshop of an event that ends at `end`: it stays within."""
        starts_at, ends_at = self.span(bookable)
        too_late = max(ends_at - end, timedelta())
        return max(starts_at - too_late, self.start), ends_at - too_late

    def later(
        self, instant: datetime | None, than: datetime | None, was: datetime | None
    ) -> datetime | None:
        """Carry along a time around the event that came after another one, and still has to."""
        if instant is None:
            return None
        moved = self.around(instant)
        if than is None or was is None or moved > than:
            return moved
        return than + (instant - was)


def times_of(event: Event, shift: Shift) -> dict[str, datetime | None]:
    """Return all times of the event's own row as they are after the shift."""
    starts_at, ends_at = shift.span(event)
    opens_at = shift.around(event.opens_at) if event.opens_at else None
    return {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "opens_at": opens_at,
        "closes_at": shift.later(event.closes_at, opens_at, event.opens_at),
        "draw_at": shift.later(event.draw_at, opens_at, event.opens_at),
    }
