"""Give holds their time again once an event is published again: nobody could pay meanwhile."""

from datetime import datetime

from django.conf import settings

from events.models import Event, Registration

from .terms import last_instant


def renew_holds(event: Event, now: datetime) -> int:
    """Move payment deadlines that are passed or close; never past the close. Return how many.

    While an event is not published no hold is ended, so all that were there still are.
    """
    status = Registration.Status.AWAITING_PAYMENT
    held = event.registrations.filter(status=status)
    renewed = 0
    for bookable in event.bookables():
        until = min(now + settings.WAITLIST_PAYMENT_HOLD, last_instant(bookable, now))
        short = held.filter(workshop=bookable.workshop, hold_until__lt=until)
        renewed += short.update(hold_until=until)
    return renewed
