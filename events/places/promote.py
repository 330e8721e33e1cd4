"""An organizer lets somebody in out of turn, and it stays recorded who did."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from events.access import rules
from events.access.facts import read_facts
from events.access.refusals import PlaceRefused, Refusal, TooLate
from events.models import Attendee, Event, Registration

from .lock import change, current, locked_event
from .settle import settle
from .waitlist import fill_places


def promote(*, registration: Registration, by: User) -> Registration:
    """Put somebody who waits before everybody else who was not; a free place is theirs at once.

    Also after the close and before a draw, but never over the capacity, and never for somebody who
    may not have the place: raises `PlaceRefused`, or `TooLate` once it is over. Whoever does not
    wait any more, or was promoted before, is left alone.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        settle(event, now)
        waiting = current(registration, event)
        if waiting.status != Registration.Status.WAITLISTED or waiting.promoted_at is not None:
            return waiting
        if waiting.bookable.has_ended(now):
            raise TooLate
        if found := _refusals(waiting, event, now):
            raise PlaceRefused(found)
        turn = Registration.PROMOTED_TURN
        change(waiting, promoted_at=now, promoted_by=by, turn=turn)
        fill_places(event, now)
        return current(waiting, event)


def _refusals(waiting: Registration, event: Event, now: datetime) -> list[Refusal]:
    person = Attendee.objects.facing(event).select_related("user").get(pk=waiting.attendee_id)
    return rules.refusals_of_person(read_facts(event, person, now), waiting.bookable)
