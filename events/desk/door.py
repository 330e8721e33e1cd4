"""Read who is expected at one event or workshop: who is in, who is not, whom a search finds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from events.formatting import folding
from events.models import Bookable, Event, Registration
from events.models.attendance import came as has_come
from events.models.attendee import name_of
from events.models.registration import RegistrationQuerySet

from . import addresses

ROWS_IN_MEMORY = 2_000
#: A code is looked for by its beginning, from so many digits on: a few stand in some code anyway.
CODE_DIGITS = 8
CODE = re.compile(rf"[0-9a-f]{{{CODE_DIGITS},32}}")
NAMES = ("attendee__display_name", "attendee__neos_username", "attendee__user__username")
HAS_PLACE = Registration.Status.CONFIRMED.value
CONFIRMED = Q(status=HAS_PLACE)
IN = Q(checked_in_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Attendance:
    """How many of those with a confirmed place are in."""

    came: int
    of: int

    @property
    def missing(self) -> int:
        return self.of - self.came


NOBODY = Attendance(0, 0)


@dataclass(frozen=True, slots=True)
class Turnout:
    """The attendance of an event or workshop that is over, with the lists of these people."""

    bookable: Bookable
    attendance: Attendance

    @property
    def came_at(self) -> str:
        return addresses.people_of(self.bookable, status__exact=HAS_PLACE, came="yes")

    @property
    def missing_at(self) -> str:
        return addresses.people_of(self.bookable, status__exact=HAS_PLACE, came="no")


def attendance(bookable: Bookable) -> Attendance:
    q = registrations_of(bookable).filter(CONFIRMED).order_by()
    return Attendance(**q.aggregate(came=Count("pk", filter=IN), of=Count("pk")))


def attendances(event: Event) -> dict[int | None, Attendance]:
    """Return those of the event (None) and of its workshops, by their keys; without those where
    nobody has a confirmed place. Who came to a workshop came to the event.
    """
    q = event.registrations.filter(CONFIRMED).order_by().values("workshop")
    rows = q.annotate(came=Count("pk", filter=has_come()), of=Count("pk"))
    return {row["workshop"]: Attendance(row["came"], row["of"]) for row in rows}


def turnouts(event: Event, now: datetime) -> list[Turnout]:
    """Return who came and who did not, once the event is over, where anybody was checked in."""
    if event.is_cancelled or not event.has_ended(now):
        return []
    found = attendances(event)
    pairs = ((one, found.get(one.workshop_id, NOBODY)) for one in event.bookables())
    return [Turnout(one, attendance) for one, attendance in pairs if attendance.came]


def registrations_of(bookable: Bookable) -> RegistrationQuerySet:
    return Registration.objects.filter(event=bookable.event, workshop=bookable.workshop)


def missing(bookable: Bookable) -> RegistrationQuerySet:
    """Those with a confirmed place who are not in, by the name that is shown."""
    return _with_people(registrations_of(bookable).filter(CONFIRMED, ~IN)).order_by(
        Lower(Coalesce(*(NullIf(name, Value("")) for name in NAMES))), "pk"
    )


def came(bookable: Bookable) -> RegistrationQuerySet:
    """Those who are in, the last first: that one is taken back most often."""
    return _with_people(registrations_of(bookable).filter(CONFIRMED, IN)).order_by(
        "-checked_in_at", "-pk"
    )


def find(bookable: Bookable, text: str) -> list[int]:
    """Return the ids of the registrations whose people, or codes, have all words of the text.

    A person is found once: by what they have, or by the last of what they had. Spellings that
    people do not tell apart are one. Whole names come first, then names that begin so.
    """
    words = folding.words(text)
    if not words:
        return []
    found: dict[int, tuple[tuple[bool, int], int, tuple[int, str]]] = {}
    for attendee, pk, status, code, names in _candidates(bookable):
        if (rank := _rank(words, names, code)) is not None:
            standing = (status in Registration.ACTIVE, pk)
            if attendee not in found or found[attendee][0] < standing:
                found[attendee] = (standing, pk, (rank, names[0]))
    return [pk for _standing, pk, _rank in sorted(found.values(), key=lambda one: one[2])]


def people(pks: list[int], event: Event) -> list[Registration]:
    """Return these registrations of the event in this order; others are left out."""
    rows = _with_people(Registration.objects.filter(pk__in=pks, event=event)).in_bulk()
    return [rows[pk] for pk in pks if pk in rows]


def _with_people(q: RegistrationQuerySet) -> RegistrationQuerySet:
    return q.select_related(
        *("event", "workshop", "attendee__user", "attendee__picture", "checked_in_by")
    )


def _candidates(bookable: Bookable) -> Iterator[tuple[int, int, str, str, list[str]]]:
    """Yield attendee, id, status, the code's digits, and the folded name, other names and id."""
    q = registrations_of(bookable).order_by()
    rows = q.values_list("attendee", "pk", "status", "code", *NAMES, "attendee__neos_id")
    for attendee, pk, status, code, display, neos, username, neos_id in rows.iterator(
        ROWS_IN_MEMORY
    ):
        shown = name_of(display, neos, username)
        names = [folding.fold(name) for name in (shown, neos, username, neos_id or "")]
        yield attendee, pk, status, code.hex, names


def _rank(words: list[str], names: list[str], code: str) -> int | None:
    """Return how well somebody fits, 0 for best, or None."""
    asked = " ".join(words)
    digits = asked.replace("-", "").replace(" ", "")
    if CODE.fullmatch(digits) and code.startswith(digits):
        return 0
    if asked in names:
        return 0
    text = " ".join(names)
    if not all(word in text for word in words):
        return None
    return 1 if any(name.startswith(asked) for name in names) else 2
