"""Find whom a code or a Neos id from a scanner or a command line means, and check them in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from django.contrib.auth.models import User
from django.core.management.base import CommandError
from django.db import transaction

from events import places
from events.admin import arrivals
from events.desk import door
from events.formatting import text
from events.models import Bookable, Event, Registration
from events.models.registration import RegistrationQuerySet
from events.models.spelling import meant_by, spelled_like
from events.places import Arrival

#: Longer than any Neos id or code; the rest of such a line is passed over.
MAX_LINE = 300

IN, WAS_IN, EARLY, NO_PLACE = "checked-in", "was-in", "too-early", "no-place"
OUT, WAS_OUT, UNKNOWN = "taken-back", "was-not-in", "unknown"
ANSWERS = {
    Arrival.NOW: IN,
    Arrival.BEFORE: WAS_IN,
    Arrival.TOO_EARLY: EARLY,
    Arrival.NO_PLACE: NO_PLACE,
}
FINE = frozenset({IN, WAS_IN, OUT, WAS_OUT})


@dataclass(frozen=True, slots=True)
class Door:
    """One event or workshop, and how it is asked. `by` stands in the history, if anybody does."""

    bookable: Bookable
    by: User | None = None
    is_undone: bool = False
    even_early: bool = False
    is_tried: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    typed: str
    answer: str
    name: str = ""
    code: str | None = None
    at: datetime | None = None

    @property
    def is_fine(self) -> bool:
        return self.answer in FINE


def lines_of(stream: IO[bytes]) -> Iterator[str]:
    """Yield what stands on each line that is not empty, as soon as it is there."""
    while line := stream.readline(MAX_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := stream.readline(MAX_LINE)):
            pass
        if typed := line.decode(errors="replace").strip("\ufeff \t\r\n"):
            yield typed


def find_place(event: Event, slug: str | None) -> Bookable:
    if slug is None:
        return event
    workshop = event.workshops.filter(slug=text.clean_id(slug)).first()
    if workshop is None:
        raise CommandError(f"{event.slug} has no workshop {slug!r}.")
    return workshop


def answer(at: Door, typed: str) -> Answer:
    """Do it, and undo it again if it is only tried."""
    registration = find(at.bookable, typed)
    if registration is None:
        return Answer(typed, UNKNOWN)
    try:
        with transaction.atomic():
            became = _take_back(at, registration) if at.is_undone else _let_in(at, registration)
            registration.refresh_from_db()
            transaction.set_rollback(at.is_tried)
    except (Event.DoesNotExist, Registration.DoesNotExist):
        return Answer(typed, UNKNOWN)
    name, code = registration.attendee.name, str(registration.code)
    return Answer(typed, became, name, code, registration.checked_in_at)


def find(bookable: Bookable, typed: str) -> Registration | None:
    """Find by the code of a registration, or by the Neos id, as the door of a world knows people.
    What somebody has comes before what they had.
    """
    q = door.registrations_of(bookable).select_related("attendee__user", "workshop")
    try:
        found = list(q.filter(code=UUID(typed)))
    except ValueError:
        found = _with_id(q, text.clean_id(typed))
    rows = sorted(found, key=lambda one: (one.is_active, one.pk))
    return rows[-1] if rows else None


def _with_id(q: RegistrationQuerySet, neos_id: str) -> list[Registration]:
    if not neos_id:
        return []
    found = q.filter(spelled_like(neos_id, person="attendee__"))
    return meant_by(neos_id, found, lambda one: one.attendee.neos_id)


def _let_in(at: Door, registration: Registration) -> str:
    if at.by is not None:
        arrival = arrivals.check_in(registration, at.by, even_early=at.even_early)
    else:
        arrival = places.check_in(registration=registration, even_early=at.even_early)
    return ANSWERS[arrival]


def _take_back(at: Door, registration: Registration) -> str:
    if at.by is not None:
        noted = arrivals.undo(registration, at.by)
    else:
        noted = places.undo_check_in(registration=registration)
    return WAS_OUT if noted is None else OUT
