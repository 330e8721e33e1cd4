"""Find events with room in SQL: what `rules` say of one event, for many, and for anybody.

`q` has to be annotated `with_occupancy`. Both ask what somebody could do whom nothing else keeps
out; an opening that is earlier for some patrons does not count, because lists do not show it.
"""

from datetime import datetime

from django.db.models import F, Q

from events.models import Event
from events.models.event_set import EventQuerySet

DRAW_AHEAD = Q(draw_at__isnull=False, drawn_at=None)
#: A hold that has lapsed takes no place: `with_occupancy` leaves it out.
FREE_PLACE = Q(capacity=None) | Q(capacity__gt=F("taken"))


def with_places(q: EventQuerySet, now: datetime) -> EventQuerySet:
    """Return events with a free place that somebody can take now, or once it opens.

    Before a draw nobody can take one.
    """
    return q.filter(_not_closed(now), FREE_PLACE).exclude(DRAW_AHEAD)


def open_to_all(q: EventQuerySet, now: datetime) -> EventQuerySet:
    """Return events where one can take a place, join the waitlist or take part in the draw."""
    has_begun = Q(opens_at=None) | Q(opens_at__lte=now)
    is_of_use = Q(has_waitlist=True) | DRAW_AHEAD | FREE_PLACE
    return q.filter(_not_closed(now), has_begun, is_of_use)


def _not_closed(now: datetime) -> Q:
    published = Q(status=Event.Status.PUBLISHED, ends_at__gt=now)
    return published & (Q(closes_at=None) | Q(closes_at__gt=now))
