"""Read who has a place at a door, in one query for one person and for all."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower

from events.access.door import Guest
from events.models import Bookable, Event, Registration, Role, Workshop
from events.models.attendee import is_kept_out
from events.models.door import DoorKeyQuerySet
from events.models.spelling import in_small_letters, meant_by, spelled_like

from .compiled import CompiledQuery

#: Longer than any id; see `Attendee.neos_id`.
MAX_ID = 128
ROWS_IN_MEMORY = 2_000
FIELDS = (
    "attendee__neos_id",
    "status",
    "hold_until",
    "early_minutes",
    "role",
    "is_blocked",
    "attendee__neos_locked",
    "attendee__neos_banned_until",
)
#: The role that a door names for somebody who has several.
HIGHEST_FIRST = (Role.Kind.HOST, Role.Kind.HELPER, Role.Kind.SPEAKER, Role.Kind.GUEST)


def find_guest(bookable: Bookable, neos_id: str) -> tuple[int, Guest] | None:
    """Return the registration's primary key and what a door sees of it; None for nobody.

    The id counts as it is written. In other letters, large or small, it counts where that is one
    person's only.
    """
    if not _is_possible(neos_id):
        return None
    found = meant_by(neos_id, _rows(bookable, neos_id), itemgetter(0))
    return (found[0][-1], Guest(*found[0][:-1])) if found else None


def _rows(bookable: Bookable, neos_id: str) -> list[tuple[Any, ...]]:
    """Of ids in other letters two are enough to tell that none is meant; the third is the exact."""
    if not neos_id.isascii():
        return list(_of(bookable, neos_id))
    event, folded = bookable.event.pk, neos_id.lower()
    if bookable.workshop_id is None:
        return AT_EVENT.rows(event=event, folded=folded)
    return AT_WORKSHOP.rows(event=event, workshop=bookable.workshop_id, folded=folded)


def _of(bookable: Bookable, neos_id: str) -> QuerySet[Registration, tuple[Any, ...]]:
    like = spelled_like(neos_id, person="attendee__")
    return registrations_at(bookable).filter(like).values_list(*FIELDS, "pk")


def _of_event(event: int, folded: str) -> QuerySet[Registration, tuple[Any, ...]]:
    return _of(Event(pk=event), folded)


def _of_workshop(event: int, workshop: int, folded: str) -> QuerySet[Registration, tuple[Any, ...]]:
    return _of(Workshop(pk=workshop, event=Event(pk=event)), folded)


AT_EVENT = CompiledQuery(_of_event, event=-1, folded="an id")
AT_WORKSHOP = CompiledQuery(_of_workshop, event=-1, workshop=-2, folded="an id")


def find_inside(keys: DoorKeyQuerySet, neos_id: str, since: datetime) -> Registration | None:
    """Return the registration with which somebody is in at the door of one of these keys, the last
    if they are in several; None for somebody who is out. Doors count until they ended at `since`.
    """
    if not _is_possible(neos_id):
        return None
    place = Coalesce("workshop", Value(0))
    at_door = keys.alias(place=place).filter(event=OuterRef("event"), place=OuterRef("place"))
    q = Registration.objects.alias(place=place).filter(Exists(at_door))
    is_on = Q(workshop=None, event__ends_at__gt=since) | Q(workshop__ends_at__gt=since)
    q = q.filter(is_on, checked_in_at__isnull=False, left_at=None).order_by("-checked_in_at", "-pk")
    like = spelled_like(neos_id, person="attendee__")
    rows = q.filter(like).values_list("attendee__neos_id", "pk")
    found = meant_by(neos_id, rows, itemgetter(0))
    return Registration.objects.get(pk=found[0][1]) if found else None


def guests_at(bookable: Bookable) -> Iterator[tuple[Guest, bool]]:
    """Yield everybody who has a place or waits for one, by Neos id; people without one are unknown
    to a world. True for those whom the door also finds by their id in other letters.
    """
    q = registrations_at(bookable).exclude(attendee__neos_id=None)
    q = q.annotate(folded=Lower("attendee__neos_id")).order_by("folded", "attendee__neos_id")
    rows = q.values_list("folded", *FIELDS).iterator(ROWS_IN_MEMORY)
    for _folded, alike in groupby(rows, itemgetter(0)):
        guests = [Guest(*facts) for _, *facts in alike]
        people = Counter(in_small_letters(guest.neos_id) for guest in guests)
        yield from ((guest, people[in_small_letters(guest.neos_id)] == 1) for guest in guests)


def registrations_at(bookable: Bookable) -> QuerySet[Registration]:
    is_blocked = is_kept_out(bookable.event, person="attendee__")
    q = Registration.objects.active().filter(event=bookable.event, workshop=bookable.workshop)
    return q.order_by().annotate(is_blocked=is_blocked, role=_highest_role(bookable))


def _is_possible(neos_id: str) -> bool:
    return bool(neos_id) and len(neos_id) <= MAX_ID and "\0" not in neos_id


def _highest_role(bookable: Bookable) -> Coalesce:
    """A role at a workshop counts at the door of that workshop, one of the event at all doors."""
    there = Q(workshop=None) | Q(workshop=bookable.workshop)
    order = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(HIGHEST_FIRST)))
    roles = Role.objects.filter(there, event=bookable.event, attendee=OuterRef("attendee"))
    highest = Subquery(roles.order_by(order).values("kind")[:1])
    return Coalesce(highest, Value(Role.Kind.GUEST.value))
