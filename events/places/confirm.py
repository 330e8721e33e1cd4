"""Confirm a place that was paid for, or say that the money has to go back."""

from datetime import datetime

from django.utils import timezone

from events.access import rules
from events.access.facts import read_facts
from events.messages import texts
from events.models import Attendee, Event, Registration

from .lock import change, current, locked_event
from .settle import settle

Status = Registration.Status


def confirm_paid(*, registration: Registration) -> bool:
    """Confirm a place whose amount has been paid; False when the money has to go back.

    Money that comes after the hold lapsed still confirms while a place is free that nobody who
    waits may have, and the person may have it.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        paid = current(registration, event)
        if event.is_cancelled:
            return False
        if paid.has_lapsed(now) or paid.status == Status.EXPIRED:
            return _confirm_late(paid, event, now)
        if paid.status != Status.AWAITING_PAYMENT:
            return False
        return _confirm(paid, confirmed_at=now)


def _confirm_late(registration: Registration, event: Event, now: datetime) -> bool:
    settle(event, now)
    late = current(registration, event)
    bookable = late.bookable
    person = Attendee.objects.facing(event).select_related("user").get(pk=late.attendee_id)
    facts = read_facts(event, person, now)
    may_have_it = (
        not bookable.has_ended(now)
        and facts.registration(bookable) is None  # they have not signed up again meanwhile
        and facts.is_free(bookable)
        and not rules.refusals_of_person(facts, bookable)
    )
    return may_have_it and _confirm(late, confirmed_at=now, ended_at=None)


def _confirm(registration: Registration, **values: object) -> bool:
    if not change(registration, status=Status.CONFIRMED, **values):
        return False
    texts.registered(registration)
    return True
