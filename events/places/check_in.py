"""Record that somebody came, or take it back: for the door of a human and that of a world."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from events import happened
from events.models import Registration

from .lock import change, current, locked_event


@dataclass(frozen=True, slots=True)
class CheckIn:
    """When somebody was checked in, and by whom, if that is known."""

    at: datetime
    by: User | None


class Arrival(Enum):
    """Answers to somebody who wants to be checked in."""

    NOW = auto()
    BEFORE = auto()  # they were in already
    TOO_EARLY = auto()
    NO_PLACE = auto()


def is_early(registration: Registration, now: datetime) -> bool:
    """Return whether the start is so far away that checking in is probably a mistake."""
    return now < check_in_opens_at(registration)


def check_in_opens_at(registration: Registration) -> datetime:
    """A role that lets its person in earlier moves this, too."""
    early: timedelta = settings.EARLY_CHECK_IN + timedelta(minutes=registration.early_minutes)
    return registration.bookable.starts_at - early


def check_in(
    *, registration: Registration, by: User | None = None, even_early: bool = False
) -> Arrival:
    """Check in somebody with a confirmed place, once; `by` nobody if a world did it.

    It is possible after the end too: people note later who came. Before the time that the settings
    name only with `even_early`, and never at an event that is cancelled.
    """
    with locked_event(registration.event_id, by=by) as event:
        now = timezone.now()
        coming = current(registration, event)
        if coming.checked_in_at is not None:
            _come_back(coming)
            return Arrival.BEFORE
        if coming.status != Registration.Status.CONFIRMED or event.is_cancelled:
            return Arrival.NO_PLACE
        if is_early(coming, now) and not even_early:
            return Arrival.TOO_EARLY
        change(coming, checked_in_at=now, checked_in_by=by)
        happened.note_place(happened.Kind.CHECKED_IN, coming)
        return Arrival.NOW


def undo_check_in(*, registration: Registration, by: User | None = None) -> CheckIn | None:
    """Take it back, whatever became of the place since. Return what was noted, or None if they were
    not in. Nobody is named in the row for this; `by` is whom the caller is going to name.
    """
    with locked_event(registration.event_id, by=by) as event:
        coming = current(registration, event)
        if coming.checked_in_at is None:
            return None
        noted = CheckIn(coming.checked_in_at, coming.checked_in_by)
        change(coming, checked_in_at=None, checked_in_by=None, left_at=None)
        return noted


def go_out(*, registration: Registration) -> bool:
    """Note that somebody left the session, and return False if they were not in.

    They count as having come. Who comes back is in again.
    """
    with locked_event(registration.event_id) as event:
        going = current(registration, event)
        if going.checked_in_at is None or going.left_at is not None:
            return False
        change(going, left_at=max(timezone.now(), going.checked_in_at))
        happened.note_place(happened.Kind.WENT_OUT, going)
        return True


def _come_back(coming: Registration) -> None:
    if coming.left_at is not None:
        change(coming, left_at=None)
