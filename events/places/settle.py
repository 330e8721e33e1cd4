"""What is due at an event: holds that ran out, a draw, places that became free."""

from datetime import datetime

from django.utils import timezone

from events.models import Attendee, Event, Registration

from .end import expire_lapsed
from .lock import locked_event
from .lottery import hold_draw, is_due
from .waitlist import fill_places


def fill(*, event: Event) -> int:
    """Do all that is due at the event, give free places to whoever waits; how many moved up."""
    with locked_event(event.pk) as locked:
        return settle(locked, timezone.now())


def settle(event: Event, now: datetime) -> int:
    """The same under a lock that is held already."""
    expire_lapsed(event, now)
    if is_due(event, now):
        hold_draw(event, now)
    return fill_places(event, now)


def fill_waited_for(*, attendee: Attendee) -> int:
    """Fill wherever somebody waits for whom something has just become possible."""
    waiting = Registration.objects.waiting().filter(attendee=attendee).order_by()
    ahead = Event.objects.ending_after(timezone.now())
    events = ahead.filter(pk__in=waiting.values("event")).order_by("pk")
    return sum(fill(event=event) for event in list(events))
