"""How an active registration ends."""

from datetime import datetime

from events import notifications
from events.models import Event, Payment, Registration

from .locking import change


def end(registration: Registration, status: Registration.Status, now: datetime) -> bool:
    """End an active registration; money paid for it becomes a refund for a person to decide."""
    if not change(registration, status=status, ended_at=now):
        return False
    paid = Payment.objects.filter(registration=registration, status=Payment.Status.PAID)
    paid.update(status=Payment.Status.REFUND_DUE)
    return True


def expire_lapsed(event: Event, now: datetime) -> int:
    """End the holds whose deadline has passed; how many. They take no place since that instant."""
    lapsed = Registration.objects.lapsed(now).filter(event=event)
    expired = 0
    for registration in lapsed.select_related("workshop", "attendee__user"):
        if end(registration.sharing(event), Registration.Status.EXPIRED, now):
            notifications.hold_lapsed(registration)
            expired += 1
    return expired
