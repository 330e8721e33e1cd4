"""How an active registration ends."""

from datetime import datetime

from events.messages import texts
from events.models import Event, Payment, Registration
from events.models.payment import PaymentQuerySet

from .lock import change

Problem = Payment.Problem


def end(
    registration: Registration, status: Registration.Status, now: datetime, *, in_full: bool
) -> bool:
    """End an active registration. Money paid for it goes back: in full, or as the policy has it
    that was frozen when the place was taken.
    """
    if not change(registration, status=status, ended_at=now):
        return False
    if in_full or registration.gets_money_back(now):
        _owe_back(Payment.objects.filter(registration=registration), Problem.CANCELLED)
    return True


def owe_everything_back(event: Event) -> int:
    """The event does not take place: the money of everybody who would have come goes back."""
    coming = Registration.objects.active().filter(event=event)
    return _owe_back(Payment.objects.filter(registration__in=coming), Problem.EVENT_CANCELLED)


def _owe_back(payments: PaymentQuerySet, problem: Payment.Problem) -> int:
    return payments.paid().update(status=Payment.Status.REFUND_DUE, problem=problem)


def expire_lapsed(event: Event, now: datetime) -> int:
    """End the holds whose deadline has passed; how many. They take no place since that instant."""
    lapsed = Registration.objects.lapsed(now).filter(event=event)
    expired = 0
    for registration in lapsed.select_related("workshop", "attendee__user"):
        if end(registration.sharing(event), Registration.Status.EXPIRED, now, in_full=True):
            texts.hold_lapsed(registration)
            expired += 1
    return expired
