"""Confirm a place that was paid for, or say why the money has to go back."""

from datetime import datetime

from django.utils import timezone

from events import happened
from events.access import rules
from events.access.facts import read_facts
from events.messages import texts
from events.models import Attendee, Event, Payment, Registration

from .lock import change, current, locked_event
from .settle import settle_locked

Status = Registration.Status
Problem = Payment.Problem
#: Why money is not kept for a registration that is neither held nor expired.
UNPAYABLE = {
    Status.CONFIRMED: Problem.TWICE,
    Status.CANCELLED: Problem.CANCELLED,
    Status.WAITLISTED: Problem.REFUSED,
}


def confirm_paid(*, registration: Registration) -> Payment.Problem | None:
    """Confirm a place whose amount has been paid. Return None, or why the money has to go back.

    A hold that has lapsed is confirmed all the same if the waitlist leaves a place free and the
    person may have it.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        paid = current(registration, event)
        if event.is_cancelled:
            return Problem.EVENT_CANCELLED
        if paid.has_lapsed(now) or paid.status == Status.EXPIRED:
            return _confirm_late(paid, event, now)
        if problem := UNPAYABLE.get(Status(paid.status)):
            return problem
        return _confirm(paid, confirmed_at=now)


def _confirm_late(
    registration: Registration, event: Event, now: datetime
) -> Payment.Problem | None:
    """LATE if the place is gone, REFUSED if one is free that the person may not have."""
    settle_locked(event, now)
    late = current(registration, event)
    bookable = late.bookable
    person = _locked_person(late, event)
    facts = read_facts(event, person, now)
    has_signed_up_again = facts.registration(bookable) is not None
    if bookable.has_ended(now) or has_signed_up_again or not facts.has_free_place(bookable):
        return Problem.LATE
    if rules.refusals_of_person(facts, bookable):
        return Problem.REFUSED
    return _confirm(late, confirmed_at=now, ended_at=None, **facts.marks(bookable))


def _locked_person(registration: Registration, event: Event) -> Attendee:
    """Lock the person: they hold nothing that would keep them from unlinking Neos meanwhile."""
    locked = Attendee.objects.select_for_update(of=("self",), no_key=True)
    return locked.facing(event).select_related("user").get(pk=registration.attendee_id)


def _confirm(registration: Registration, **values: object) -> Payment.Problem | None:
    if not change(registration, status=Status.CONFIRMED, **values):
        return Problem.LATE
    texts.registered(registration, again=_times_taken_back(registration))
    happened.note_place(happened.Kind.CONFIRMED, registration)
    return None


def _times_taken_back(registration: Registration) -> int:
    """Count payments noted by mistake: the person was told before that they have the place."""
    return registration.payments.filter(status=Payment.Status.MISTAKEN).count()
