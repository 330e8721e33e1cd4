"""Give up a place or a spot on the waitlist; the next in line gets it in the same transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from events import happened
from events.access.refusals import TooLate
from events.messages import texts
from events.models import Attendee, Payment, Registration

from .end import end
from .lock import current, locked_event
from .settle import settle_locked

Status = Registration.Status


def cancel(*, registration: Registration, in_full: bool) -> Registration:
    """Cancel a registration, and with the place at an event also its workshops.

    Money goes back by the frozen policy, or `in_full` if an organizer cancels. Cancelling something
    that has ended changes nothing. Raises `TooLate` once the event or workshop is over.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        ending = current(registration, event)
        if not ending.is_active:
            return ending
        if not ending.may_be_cancelled(now):
            raise TooLate
        give_up(falling_with(ending), now, in_full=in_full)
        settle_locked(event, now)
        return current(registration, event)


def give_up(falling: Sequence[Registration], now: datetime, *, in_full: bool) -> int:
    """End what one person has at an event, and tell them once; return how many ended.

    The place at the event comes first: the message is about it, and names the workshops. The caller
    holds the event's lock, and settles the event then.
    """
    held = sorted(falling, key=lambda one: (one.workshop_id is not None, one.pk))
    ended = [one for one in held if end(one, Status.CANCELLED, now, in_full=in_full)]
    if ended:
        say = texts.cancelled if in_full else texts.given_up
        say(ended[0], ending=_ending(ended))
    kind = happened.Kind.CANCELLED if in_full else happened.Kind.GIVEN_UP
    for one in ended:
        happened.note_place(kind, one)
    return len(ended)


def _ending(ended: Sequence[Registration]) -> texts.Ending:
    """Sum up what goes back. Only what cost something is asked about."""
    charged = [one for one in ended if one.amount]
    paid = Payment.objects.filter(registration__in=charged) if charged else Payment.objects.none()
    due = paid.filter(status=Payment.Status.REFUND_DUE, problem=Payment.Problem.CANCELLED)
    sums = Counter[str]()
    for payment in due.prefetch_related("refunds", "disputes"):
        sums[payment.currency] += payment.left
    back = tuple((amount, currency) for currency, amount in sorted(sums.items()) if amount)
    return texts.Ending(ended[1:], back, is_kept=not back and paid.paid().exists())


def falling_with(ending: Registration) -> list[Registration]:
    # In the order of rows: the place at the event is older than the workshops that need it.
    held = ending.event.registrations.active().filter(attendee=ending.attendee).order_by("pk")
    rows = held.select_related("workshop", "attendee__user")
    return [other for other in rows if other.falls_with(ending)]


def release(*, attendee: Attendee) -> int:
    """Cancel everything that a closed account still holds or waits for; return how many.

    Money goes back in full, also if others erased the person. It goes back by the policy to
    somebody who left by choice: that must not give more than cancelling. Each event has its own
    transaction, so that an interrupted run can be repeated. An error at one event is raised after
    all others were done.
    """
    now = timezone.now()
    held = Registration.objects.active().filter(attendee=attendee, event__ends_at__gt=now)
    events = held.order_by("event_id").values_list("event_id", flat=True).distinct()
    in_full = not attendee.left_by_choice
    released, failure = 0, None
    for pk in list(events):
        try:
            released += _release_at(pk, attendee, in_full=in_full)
        except Exception as error:  # noqa: BLE001 - raised below
            failure = error
    if failure is not None:
        raise failure
    return released


def _release_at(pk: int, attendee: Attendee, *, in_full: bool) -> int:
    with locked_event(pk) as event:
        now = timezone.now()
        if event.has_ended(now):
            return 0
        held = event.registrations.active().filter(attendee=attendee)
        falling = list(held.select_related("workshop", "attendee__user"))
        released = give_up(falling, now, in_full=in_full)
        settle_locked(event, now)
        return released
