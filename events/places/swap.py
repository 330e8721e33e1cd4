"""Leave a waitlist and take a place at the same time: both, or neither."""

from django.contrib.auth.models import User

from events.access.refusals import Code, PlaceRefused, Refusal
from events.models import Bookable, Registration

from .cancel import cancel
from .lock import current, locked_event
from .register import register


def swap(*, user: User, bookable: Bookable, leaving: Registration) -> Registration:
    """Give up a spot on a waitlist of the same event for a place that it keeps the person from.

    If the spot has become a place meanwhile, it is kept. Raises `PlaceRefused`, also if no place is
    free any more, and `TooLate`; then nothing was given up.
    """
    with locked_event(bookable.event.pk) as event:
        waiting = current(leaving, event)
        if waiting.status == Registration.Status.WAITLISTED:
            cancel(registration=waiting, in_full=False)
        taken = register(user=user, bookable=bookable)
        if taken.status == Registration.Status.WAITLISTED:
            raise PlaceRefused([Refusal(Code.TIME_CLASH, bookable, held=waiting)])
        return taken
