"""What time brings about: deadlines, draws, closed accounts, mail that is due.

None of it is needed for a right answer, since whoever asks for a place sees what is due first. It
lets what is due happen without waiting for somebody to ask. Every step takes the event's lock and
looks again, so that it may run twice at once, be interrupted, or not run for days.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    close_old_connections,
)
from django.db.models import Q
from django.utils import timezone

from events.payments import providers, sandbox_page

from . import places
from .messages import delivery
from .models import Attendee, Event, Registration
from .payments import checkout, refunds

logger = logging.getLogger(__name__)

KEEP_SENT_MAIL = timedelta(days=30)
#: Called with how many events are done, and of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Due:
    """What there is to do: events to look at, closed accounts with places, messages to send."""

    events: list[Event]
    closed: list[Attendee]
    messages: int


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: places of closed accounts given up, people moved up, money, messages."""

    released: int
    moved_up: int
    refunds: refunds.Given
    mail: delivery.Delivered


def look() -> Due:
    """What is due now; reads only."""
    return Due(_events(), _closed_accounts(), delivery.count_due())


def run(progress: Progress = lambda _done, _of: None) -> Done:
    """Do all that is due."""
    released = sum(places.release(attendee=attendee) for attendee in _closed_accounts())
    moved_up = 0
    events = _events()
    for number, event in enumerate(events, start=1):
        moved_up += _fill(event)
        progress(number, len(events))
    given = _settle_money()
    mail = delivery.deliver_due()
    delivery.purge(timezone.now() - KEEP_SENT_MAIL)
    return Done(released, moved_up, given, mail)


def _settle_money() -> refunds.Given:
    """Nobody pays for what is gone, and what goes back by policy does so."""
    provider = providers.configured()
    if provider is None:
        return refunds.Given()
    checkout.close_lost(provider)
    sandbox_page.deliver_late()
    return refunds.run(provider)


def _fill(event: Event) -> int:
    """One event that is gone, or in a state that nobody thought of, keeps no other one waiting."""
    try:
        return places.settle(event=event)
    except (Event.DoesNotExist, DataError, IntegrityError):
        logger.exception("Housekeeping could not settle event %s", event.pk)
        return 0


def run_for_ever(seconds: float, stop: threading.Event) -> None:
    """Again and again, with a pause of `seconds`; `stop` lets a round that has begun be finished.

    A database that is away is waited for: nothing is lost by that.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            run()
        except (DatabaseError, InterfaceError):
            logger.exception("Housekeeping could not reach the database, and tries again")
        stop.wait(seconds)


def _events() -> list[Event]:
    """Those that are not over and have a lapsed hold, somebody who waits, or a draw that is due."""
    now = timezone.now()
    lapsed = Registration.objects.lapsed(now).order_by().values("event")
    waiting = Registration.objects.waiting().order_by().values("event")
    is_draw_due = Q(draw_at__lte=now, drawn_at=None, status=Event.Status.PUBLISHED)
    due = Q(pk__in=lapsed) | Q(pk__in=waiting) | is_draw_due
    return list(Event.objects.ending_after(now).filter(due).order_by("pk"))


def _closed_accounts() -> list[Attendee]:
    """People whose account is closed and who still hold or wait for something."""
    now = timezone.now()
    held = Registration.objects.active().filter(event__ends_at__gt=now).order_by()
    q = Attendee.objects.filter(user__is_active=False, pk__in=held.values("attendee"))
    return list(q.order_by("pk"))
