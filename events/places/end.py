"""End a registration, and mark the money that goes back because of that."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from events import happened
from events.messages import texts
from events.models import Event, Notification, Payment, Registration
from events.models.payment import PaymentQuerySet
from events.models.registration import RegistrationQuerySet

from .lock import change

Problem = Payment.Problem


def end(
    registration: Registration, status: Registration.Status, now: datetime, *, in_full: bool
) -> bool:
    """End an active registration; return False if somebody else has ended it.

    Money paid for it goes back: `in_full`, or by the policy that was frozen with the place.
    """
    if not change(registration, status=status, ended_at=now, is_shown=False):
        return False
    if in_full or registration.gets_money_back(now):
        _owe_back(Payment.objects.filter(registration=registration), Problem.CANCELLED)
    return True


def owe_everything_back(event: Event) -> int:
    coming = event.registrations.active()
    return _owe_back(Payment.objects.filter(registration__in=coming), Problem.EVENT_CANCELLED)


def _owe_back(payments: PaymentQuerySet, problem: Payment.Problem) -> int:
    return payments.paid().update(status=Payment.Status.REFUND_DUE, problem=problem)


def expire_lapsed(event: Event, now: datetime) -> int:
    """End all holds past their deadline, in as many statements for many as for one.

    While an event is not published nobody can pay, so the time of holds stands still;
    `deadlines.renew_holds` gives it back.
    """
    if not event.is_published:
        return 0
    expired = Registration.Status.EXPIRED
    number = event.registrations.lapsed(now).update(status=expired, ended_at=now)
    if number:
        ended = event.registrations.filter(status=expired, ended_at=now)
        _owe_back(Payment.objects.filter(registration__in=ended), Problem.CANCELLED)
        _tell_lapsed(ended)
        for pk, workshop in ended.order_by("pk").values_list("pk", "workshop"):
            happened.note_places(happened.Kind.EXPIRED, event.pk, workshop, [pk])
    return number


def _tell_lapsed(ended: RegistrationQuerySet) -> None:
    """Tell each time: a hold lapses once more if the late payment for it was noted by mistake."""
    told = Notification.objects.filter(kind=Notification.Kind.HOLD_LAPSED)
    was_told = Exists(told.filter(registration=OuterRef("pk")))
    for registration in ended.filter(was_told).select_related("attendee__user"):
        texts.hold_lapsed(registration, again=told.filter(registration=registration).count())
    texts.hold_lapsed(ended.exclude(was_told))
