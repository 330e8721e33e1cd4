"""Read who has a place at a door, in one query for one person and for all."""

from collections.abc import Iterator

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower

from events.access.door import Guest
from events.models import Attendee, Bookable, Registration, Role

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
    if not neos_id or len(neos_id) > MAX_ID or "\0" in neos_id:
        return None
    rows = list(_spelled(registrations_at(bookable), neos_id).values_list("pk", *FIELDS)[:3])
    exact = [row for row in rows if row[1] == neos_id]
    found = exact or (rows if len(rows) == 1 else [])
    return (found[0][0], Guest(*found[0][1:])) if found else None


def guests_at(bookable: Bookable) -> Iterator[Guest]:
    """Yield everybody who has a place or waits for one, by Neos id; people without one are unknown
    to a world.
    """
    q = registrations_at(bookable).exclude(attendee__neos_id=None).order_by("attendee__neos_id")
    for row in q.values_list(*FIELDS).iterator(ROWS_IN_MEMORY):
        yield Guest(*row)


def registrations_at(bookable: Bookable) -> QuerySet[Registration]:
    kept_out = Attendee.objects.kept_out_of(bookable.event).filter(pk=OuterRef("attendee"))
    q = Registration.objects.active().filter(event=bookable.event, workshop=bookable.workshop)
    return q.order_by().annotate(is_blocked=Exists(kept_out), role=_highest_role(bookable))


def _spelled(q: QuerySet[Registration], neos_id: str) -> QuerySet[Registration]:
    """Only ASCII has large and small letters that both databases fold alike."""
    if not neos_id.isascii():
        return q.filter(attendee__neos_id=neos_id)
    return q.alias(folded=Lower("attendee__neos_id")).filter(folded=neos_id.lower())


def _highest_role(bookable: Bookable) -> Coalesce:
    """A role at a workshop counts at the door of that workshop, one of the event at all doors."""
    there = Q(workshop=None) | Q(workshop=bookable.workshop)
    order = Case(*(When(kind=kind, then=Value(n)) for n, kind in enumerate(HIGHEST_FIRST)))
    roles = Role.objects.filter(there, event=bookable.event, attendee=OuterRef("attendee"))
    highest = Subquery(roles.order_by(order).values("kind")[:1])
    return Coalesce(highest, Value(Role.Kind.GUEST.value))
