"""Note for a world who came in and who went out."""

from collections.abc import Sequence
from datetime import datetime

from events import places
from events.access.door import Answer, Denial
from events.models import Event, Registration

from . import guests, words
from .ask import Asked
from .find_key import FoundKey, good_keys
from .guests import find_guest
from .key_edits import AFTER_THE_END
from .words import line_of

#: Raised for a row that was deleted between reading and noting.
DELETED = (Event.DoesNotExist, Registration.DoesNotExist)


def come_in(asked: Asked, now: datetime) -> str:
    """Check in somebody where the door lets them in, and return its line about them.

    The settings say from when on people are checked in. Where the session opens before that, the
    line says in how many seconds it can be noted.
    """
    answer = asked.answer
    if asked.registration is None or not answer.is_let_in:
        return line_of(answer)
    q = Registration.objects.select_related("event", "workshop")
    try:
        registration = q.get(pk=asked.registration)
        arrival = places.check_in(registration=registration)
    except DELETED:
        return line_of(Answer(Denial.NOT_REGISTERED))
    if arrival is places.Arrival.TOO_EARLY:
        wait = places.check_in_opens_at(registration) - now
        return line_of(Answer(Denial.TOO_EARLY, answer.role, -int(-wait.total_seconds() // 1)))
    if arrival is places.Arrival.NO_PLACE:  # given up after it was read above
        return line_of(Answer(Denial.NOT_REGISTERED))
    return line_of(answer)


def go_out(secret: str, keys: Sequence[FoundKey], neos_id: str, now: datetime) -> str:
    """Note that somebody left where they are in, which may be an event before those of `keys`.

    Who is not in is out, so that nothing changes if it is told again.
    """
    since = now - AFTER_THE_END
    try:
        inside = guests.find_inside(good_keys(secret, now), neos_id, since)
        if inside is not None:
            places.go_out(registration=inside)
            return words.OUT
    except DELETED:
        return line_of(Answer(Denial.NOT_REGISTERED))
    if keys[0].bookable.has_ended(since):
        return line_of(Answer(Denial.EVENT_OVER))
    if any(find_guest(key.bookable, neos_id) for key in keys):
        return words.OUT
    return line_of(Answer(Denial.NOT_REGISTERED))
