"""Let somebody in out of turn for an organizer, and record who that was."""

from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from events.access import rules
from events.access.facts import read_facts
from events.access.refusals import PlaceRefused, Refusal, TooLate
from events.models import Attendee, Event, Registration

from .lock import change, current, locked_event
from .settle import settle_locked
from .waitlist import fill_places


def promote(*, registration: Registration, by: User) -> Registration:
    """Put somebody who waits before everybody who was not promoted, and fill the free places.

    This works after the close and before a draw, but never over the capacity. Somebody who does not
    wait any more, or was promoted before, is left as they are. Raises `PlaceRefused` if the person
    may not have the place, `TooLate` once it is over.
    """
    with locked_event(registration.event_id, by=by) as event:
        now = timezone.now()
        settle_locked(event, now)
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
