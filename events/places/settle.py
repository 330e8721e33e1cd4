"""Bring an event up to date: end lapsed holds, hold a draw that is due, give out free places."""

import logging
from datetime import datetime

from django.db import OperationalError
from django.utils import timezone

from events.models import Attendee, Event, Registration

from .end import expire_lapsed
from .lock import locked_event
from .lottery import hold_draw, is_due
from .waitlist import fill_places

logger = logging.getLogger(__name__)


def settle(*, event: Event) -> int:
    """Bring the event up to date; return how many people moved up from its waitlists."""
    with locked_event(event.pk) as locked:
        return settle_locked(locked, timezone.now())


def settle_locked(event: Event, now: datetime) -> int:
    """As `settle`, for callers that hold the event's lock."""
    expire_lapsed(event, now)
    if is_due(event, now):
        hold_draw(event, now)
    return fill_places(event, now)


def settle_waited_for(*, attendee: Attendee) -> int:
    """Settle every event at which the attendee waits, because they may have become eligible.

    One whose lock is not to be had is left to housekeeping: nobody's sign-in fails because of it.
    """
    waiting = Registration.objects.waiting().filter(attendee=attendee).order_by()
    ahead = Event.objects.ending_after(timezone.now())
    events = ahead.filter(pk__in=waiting.values("event")).order_by("pk")
    return sum(_settle_or_leave(event) for event in list(events))


def _settle_or_leave(event: Event) -> int:
    try:
        return settle(event=event)
    except OperationalError as error:
        kind = type(error).__name__
        logger.warning("Event %s is left to housekeeping: %s", event.pk, kind)
        return 0
