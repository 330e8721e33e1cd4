"""Periodic work: expire unpaid holds, hold draws, give up places of closed accounts, move money,
send mail.

No answer of the site depends on it: registering settles the event first. It makes things happen
before somebody asks. Every step reads again under the event's lock, so that it may run twice at
once, be interrupted, or not run for days.
"""

import logging
import threading
from dataclasses import dataclass
from datetime import timedelta

from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
)
from django.utils import timezone

from . import places
from .messages import delivery
from .models import Attendee, Event, Registration
from .payments import providers, reconcile, refunds, sandbox_page

logger = logging.getLogger(__name__)

KEEP_SENT_MAIL = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Due:
    """Events to settle, closed accounts that hold something, the number of messages to send."""

    events: list[Event]
    closed: list[Attendee]
    messages: int


@dataclass(frozen=True, slots=True)
class Done:
    """Registrations of closed accounts cancelled, people moved up, refunds, messages."""

    released: int
    moved_up: int
    refunds: refunds.Given
    mail: delivery.Delivered


def look() -> Due:
    return Due(places.due_events(timezone.now()), _closed_accounts(), delivery.count_due())


def run(progress: delivery.Report = lambda _done, _of: None) -> Done:
    """Do all that is due. `progress` is called with the number of events done, and of all."""
    released = sum(places.release(attendee=attendee) for attendee in _closed_accounts())
    moved_up = 0
    events = places.due_events(timezone.now())
    for number, event in enumerate(events, start=1):
        moved_up += _settle(event)
        progress(number, len(events))
    given = _move_money()
    mail = delivery.deliver_due()
    delivery.purge(timezone.now() - KEEP_SENT_MAIL)
    return Done(released, moved_up, given, mail)


def _move_money() -> refunds.Given:
    provider = providers.configured()
    if provider is None:
        return refunds.Given()
    reconcile.close_lost(provider)
    sandbox_page.deliver_late()
    return refunds.run(provider)


def _settle(event: Event) -> int:
    """Log errors of one event, so that they do not keep the others waiting.

    Where somebody else holds the event's lock for long, there is another round in a minute.
    """
    try:
        moved_up = places.settle(event=event)
        places.tell_rest(event=event)
    except (Event.DoesNotExist, DataError, IntegrityError, OperationalError):
        logger.exception("Housekeeping could not settle event %s", event.pk)
        return 0
    return moved_up


def run_for_ever(seconds: float, stop: threading.Event) -> None:
    """Run again and again, with a pause of `seconds`, until `stop` is set; finish a round first.

    If the database is away, try again in the next round.
    """
    while not stop.is_set():
        close_old_connections()
        try:
            run()
        except (OperationalError, InterfaceError) as error:
            kind = type(error).__name__
            logger.warning("Housekeeping could not reach the database, and tries again: %s", kind)
        except DatabaseError:
            logger.exception("Housekeeping broke off, and tries again")
        stop.wait(seconds)


def _closed_accounts() -> list[Attendee]:
    now = timezone.now()
    held = Registration.objects.active().filter(event__ends_at__gt=now).order_by()
    q = Attendee.objects.filter(user__is_active=False, pk__in=held.values("attendee"))
    return list(q.order_by("pk"))
