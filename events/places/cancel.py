"""Giving up a place or a spot on the waitlist; the next in line has it in the same transaction."""

from datetime import datetime

from django.utils import timezone

from events.access.refusals import TooLate
from events.messages import texts
from events.models import Attendee, Registration

from .end import end
from .lock import current, locked_event
from .settle import settle

Status = Registration.Status


def cancel(*, registration: Registration, in_full: bool) -> Registration:
    """Give up a registration. Losing the place at the event loses its workshops too.

    What was paid goes back by the policy that was frozen, `in_full` when it is not the person who
    cancels.

    Cancelling what has ended already changes nothing. Raises `TooLate` once what it was for is
    over.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        ending = current(registration, event)
        if not ending.is_active:
            return ending
        if not ending.may_be_cancelled(now):
            raise TooLate
        for falling in _falling_together(ending):
            _cancel(falling, now, in_full=in_full)
        settle(event, now)
        return current(registration, event)


def _cancel(registration: Registration, now: datetime, *, in_full: bool) -> bool:
    if not end(registration, Status.CANCELLED, now, in_full=in_full):
        return False
    texts.cancelled(registration)
    return True


def _falling_together(registration: Registration) -> list[Registration]:
    if registration.workshop_id is not None:
        return [registration]
    q = Registration.objects.active().filter(
        event=registration.event, attendee=registration.attendee, workshop__isnull=False
    )
    workshops = q.select_related("workshop", "attendee__user")
    return [registration, *(other.sharing(registration.event) for other in workshops)]


def release(*, attendee: Attendee) -> int:
    """Give up all that somebody still holds or waits for, whose account is closed; how many.

    What was paid goes back in full, but by the policy to whoever erased themselves: deleting an
    account gives no more than cancelling.

    Event by event, each in its own transaction: interrupted, it can be done again.
    """
    now = timezone.now()
    held = Registration.objects.active().filter(attendee=attendee, event__ends_at__gt=now)
    events = held.order_by("event_id").values_list("event_id", flat=True).distinct()
    in_full = attendee.erased_at is None
    return sum(_release_at(pk, attendee, in_full=in_full) for pk in list(events))


def _release_at(pk: int, attendee: Attendee, *, in_full: bool) -> int:
    with locked_event(pk) as event:
        now = timezone.now()
        if event.has_ended(now):
            return 0
        held = Registration.objects.active().filter(attendee=attendee, event=event)
        falling = list(held.select_related("workshop", "attendee__user"))
        released = sum(_cancel(one.sharing(event), now, in_full=in_full) for one in falling)
        settle(event, now)
        return released
