"""Take a confirmation back, because the payment was noted by mistake."""

from datetime import datetime
from enum import Enum, auto

from django.conf import settings
from django.utils import timezone

from events.models import Registration

from .lock import change, current, locked_event
from .terms import end_of_holds, length_of

Status = Registration.Status


class Tie(Enum):
    """Reasons why a payment cannot be taken back."""

    MONEY = auto()
    CHECKED_IN = auto()
    OVER = auto()
    WORKSHOPS = auto()


def ask_to_pay_again(*, registration: Registration) -> Tie | None:
    """Hold a confirmed place until it is paid for. Return why that cannot be, or None.

    A registration without a place stays as it is. The person gets as much time as somebody who
    moves up from the waitlist.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        confirmed = current(registration, event)
        if confirmed.status != Status.CONFIRMED:
            return None
        if tie := _tie(confirmed, now):
            return tie
        length = length_of(settings.WAITLIST_PAYMENT_HOLD, event)
        until = min(now + length, end_of_holds(confirmed.bookable, now))
        held = {"status": Status.AWAITING_PAYMENT, "hold_until": until}
        change(confirmed, **held, confirmed_at=None, is_shown=False)
        return None


def _tie(confirmed: Registration, now: datetime) -> Tie | None:
    if confirmed.checked_in_at is not None:
        return Tie.CHECKED_IN
    if confirmed.bookable.has_ended(now):
        return Tie.OVER
    held = confirmed.event.registrations.active().filter(attendee=confirmed.attendee)
    needs_it = [r for r in held if r.pk != confirmed.pk and r.falls_with(confirmed)]
    return Tie.WORKSHOPS if needs_it else None
