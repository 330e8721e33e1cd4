"""Periodic work: expire unpaid holds, hold draws, give up places of closed accounts, move money,
make drafts of series, tell followers, remind, finish what organizers send, send mail, fetch
pictures.

No answer of the site depends on it: registering settles the event first. It makes things happen
before somebody asks. Every step reads again under the event's lock, so that it may run twice at
once, be interrupted, or not run for days.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from . import follows, pictures, places, series
from .accounts.second_factor import devices
from .happened import figures
from .messages import announcements, delivery, reminders, retention
from .messages.rounds import go_on_or_raise
from .models import Announcement, Attendee, Event, Job, Registration, Series
from .payments import providers, reconcile, refunds, sandbox_page
from .payments.providers.base import Provider

logger = logging.getLogger(__name__)

#: The name under which the end of a round is written down.
ROUND = Job.HOUSEKEEPING
NOTED_EVERY = timedelta(minutes=1)
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Due:
    """Events to settle, series of which a draft is due, closed accounts that hold something, and
    the number of messages to send.
    """

    events: list[Event]
    series: list[Series]
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
    now = timezone.now()
    return Due(places.due_events(now), series.due(now), _closed_accounts(), delivery.count_due())


def run(progress: delivery.Report = lambda _done, _of: None) -> Done:
    """Do all that is due. `progress` is called with the number of events done, and of all."""
    released = sum(_try(_release, attendee, other=0) for attendee in _closed_accounts())
    moved_up = 0
    events = places.due_events(timezone.now())
    for number, event in enumerate(events, start=1):
        moved_up += _try(_settle, event, other=0)
        progress(number, len(events))
    given = _move_money()
    for each in series.due(timezone.now()):
        _try(_make_drafts, each, other=0)
    _try(follows.tell, timezone.now(), other=None)
    _try(reminders.tell, timezone.now(), other=None)
    for announcement in announcements.unfinished():
        _try(_finish, announcement, other=None)
    mail = _try(_deliver, None, other=delivery.Delivered())
    _try(_drop_unconfirmed, None, other=0)
    _try(retention.purge_facts, timezone.now() - retention.KEEP_FACTS, other=None)
    _try(pictures.fetch_some, timezone.now(), other=0)  # last: another server may be slow
    _try(figures.purge, timezone.now(), other=0)
    note_round(timezone.now())
    return Done(released, moved_up, given, mail)


def note_round(now: datetime) -> None:
    """Write when a round ended, and what it has counted, so that people notice if none does.

    Once a minute is enough: so a round without work does not wait for its turn to write on SQLite.
    """
    if not Job.objects.filter(name=ROUND, ended_at__range=(now - NOTED_EVERY, now)).exists():
        Job.objects.note_end(ROUND, now)
    _try(_flush, None, other=0)


def _flush(_nothing: None) -> int:
    return figures.flush()


def _try(act: Callable[[Item], Result], item: Item, *, other: Result) -> Result:
    """Log an error and return `other`, so that one item does not keep all behind it waiting.

    If the database is gone, raise: nothing else can be done either.
    """
    try:
        return act(item)
    except Exception:  # noqa: BLE001 - logged, and the next one has its turn
        logger.error("Housekeeping could not do this: %s", act.__name__)
        go_on_or_raise(item)
        return other


def _release(attendee: Attendee) -> int:
    return places.release(attendee=attendee)


def _settle(event: Event) -> int:
    moved_up = places.settle(event=event)
    places.tell_rest(event=event)
    return moved_up


def _make_drafts(each: Series) -> int:
    return series.make_ahead(each, timezone.now())


def _finish(announcement: Announcement) -> None:
    announcements.finish(announcement, timezone.now())


def _deliver(_nothing: None) -> delivery.Delivered:
    return delivery.deliver_due()


def _drop_unconfirmed(_nothing: None) -> int:
    return devices.drop_unconfirmed()


def _move_money() -> refunds.Given:
    available = providers.available()
    given = refunds.Given()
    for provider in available:
        _try(reconcile.close_lost, provider, other=0)
        given += _try(_give_back, provider, other=refunds.Given())
    _try(_deliver_late_notices, None, other=0)
    for name in refunds.stranded(provider.name for provider in available):
        _try(_hand_over, name, other=0)
    return given


def _give_back(provider: Provider) -> refunds.Given:
    return refunds.run(provider)


def _deliver_late_notices(_nothing: None) -> int:
    return sandbox_page.deliver_late()


def _hand_over(name: str) -> int:
    """Leave money to people whose provider has no keys in the settings any more."""
    reconcile.close_stranded(name)
    number = refunds.hand_over(name)
    if number:
        logger.error("%d refunds need a person: the keys of %s are gone", number, name)
    return number


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
