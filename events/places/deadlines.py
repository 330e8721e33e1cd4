"""Carry the deadlines of places along when what they are for is moved.

What a place costs stays as it was agreed. Its two deadlines were reckoned from a time that is no
longer true, so they are reckoned again, in a few statements for any number of people.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import DateTimeField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Greatest, Least

from events.models import Bookable, Event, Registration
from events.models.registration import RegistrationQuerySet

from .terms import end_of_holds, length_of

Status = Registration.Status

#: How long people may give up a place for all their money, once they are told of another time.
TIME_TO_DECIDE = timedelta(days=3)


def follow(moved: Iterable[Bookable], now: datetime) -> None:
    """Reckon refund and payment deadlines of the paid places at everything that was moved."""
    for bookable in moved:
        at = bookable.event.registrations.filter(workshop=bookable.workshop, amount__gt=0)
        taken = at.filter(status__in=[Status.AWAITING_PAYMENT, Status.CONFIRMED])
        _move_refunds(taken, bookable)
        _give_time_to_decide(taken, bookable, now)
        _move_holds(taken.filter(status=Status.AWAITING_PAYMENT), bookable, now)


def _move_refunds(taken: RegistrationQuerySet, bookable: Bookable) -> None:
    """Keep each frozen number of days before the start; no promise ends earlier than it said."""
    policies = taken.filter(refund_days__isnull=False).order_by().values_list("refund_days")
    for (days,) in policies.distinct():  # the event's policy is seldom changed
        until = bookable.starts_at - timedelta(days=days or 0)
        taken.filter(refund_days=days, refund_until__lt=until).update(refund_until=until)


def _give_time_to_decide(taken: RegistrationQuerySet, bookable: Bookable, now: datetime) -> None:
    """Let people who cannot come at the new time get their money back, whatever the policy was."""
    until = min(now + TIME_TO_DECIDE, bookable.starts_at)
    if until > now:
        is_earlier = Q(refund_until__isnull=True) | Q(refund_until__lt=until)
        taken.filter(is_earlier).update(refund_until=until)


def _move_holds(held: RegistrationQuerySet, bookable: Bookable, now: datetime) -> None:
    """Give each hold its full length up to the new start, and cut what is left beyond it.

    A hold is not cut shorter than `PAYMENT_HOLD` from now: its person has to be told first.
    """
    for hold, moved_up in (
        (settings.PAYMENT_HOLD, False),
        (settings.WAITLIST_PAYMENT_HOLD, True),
    ):
        length = length_of(hold, bookable.event)
        in_full = ExpressionWrapper(F("taken_at") + length, DateTimeField())
        last = _instant(end_of_holds(bookable, now))
        running = held.filter(hold_until__gt=now, filling_pass__isnull=not moved_up)
        running.update(hold_until=Least(Greatest(F("hold_until"), in_full), last))


def renew_holds(event: Event, now: datetime) -> int:
    """Give holds time again once an event is published again; return how many.

    While an event is not published nobody can pay and no hold is ended, so all of them are there.
    """
    held = event.registrations.filter(status=Status.AWAITING_PAYMENT)
    length = length_of(settings.WAITLIST_PAYMENT_HOLD, event)
    renewed = 0
    for bookable in event.bookables():
        until = min(now + length, end_of_holds(bookable, now))
        short = held.filter(workshop=bookable.workshop, hold_until__lt=until)
        renewed += short.update(hold_until=until)
    return renewed


def _instant(instant: datetime) -> Value:
    return Value(instant, DateTimeField())
