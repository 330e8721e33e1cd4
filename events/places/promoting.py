"""An organizer lets somebody in out of turn, and it stays recorded who did."""

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from events import eligibility
from events.facts import Facts, read_facts
from events.models import Attendee, Registration
from events.refusals import PlaceRefused, TooLate

from .filling import tell
from .giving import terms
from .locking import change, current, locked_event
from .settling import settle


def promote(*, registration: Registration, by: User) -> Registration:
    """Put somebody who waits before everybody else; a free place is theirs at once.

    Also after the close and before a draw, but never over the capacity, and never for somebody who
    may not have the place: raises `PlaceRefused`, or `TooLate` once it is over. Whoever does not
    wait any more is left alone.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        settle(event, now)
        waiting = current(registration, event)
        if waiting.status != Registration.Status.WAITLISTED:
            return waiting
        if waiting.bookable.has_ended(now):
            raise TooLate
        person = Attendee.objects.facing(event).select_related("user")
        facts = read_facts(event, person.get(pk=waiting.attendee_id), now)
        if found := eligibility.refusals_of_promoted(facts, waiting.bookable):
            raise PlaceRefused(found)
        return _promote(waiting, facts, by)


def _promote(waiting: Registration, facts: Facts, by: User) -> Registration:
    values: dict[str, object] = {
        "promoted_at": facts.now,
        "promoted_by": by,
        "turn": Registration.PROMOTED_TURN,
    }
    has_place = facts.is_free(waiting.bookable)
    if has_place:
        values |= terms(facts, waiting.bookable, settings.WAITLIST_PAYMENT_HOLD)
    if change(waiting, **values) and has_place:
        tell(waiting)
    return waiting
