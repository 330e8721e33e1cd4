"""Give people roles at an event and take them away, under its lock: roles decide who counts.

A registration carries what its person's roles give: `outside_capacity` and `early_minutes`. They
are written when it is made, and here, so that places are counted from registrations alone. Nobody
gets a place by a role: people sign up themselves, and then all are taken for others only.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from events.access.facts import EMPTY, Facts, count_occupancies
from events.messages import texts
from events.models import Attendee, Event, Registration, Role, Workshop

from .let_in import lock_people
from .lock import change, locked_event
from .settle import settle_locked


class NoPerson(Exception):
    """The person was erased, and has nothing any more."""


@dataclass(frozen=True, slots=True)
class NewRole:
    """A role to give, with the place and the entry that come with it."""

    kind: str
    workshop: Workshop | None = None
    outside_capacity: bool = False
    early_minutes: int = 0


def give_role(
    *, event: Event, attendee: Attendee, new: NewRole, by: User | None
) -> tuple[Role, bool]:
    """Give a role, or change what comes with one that they have; return it and whether it is new.

    Free places go to the waitlist at once. Raises `NoPerson`, and `ObjectDoesNotExist` if the event
    or the workshop was deleted.
    """
    with locked_event(event.pk) as locked:
        now = timezone.now()
        person = lock_people(attendee, by, locked)
        if person.erased_at is not None:
            raise NoPerson
        comes_with = {
            "outside_capacity": new.outside_capacity,
            "early_minutes": new.early_minutes,
        }
        where = locked.workshops.get(pk=new.workshop.pk) if new.workshop else None
        role, is_new = locked.roles.update_or_create(
            attendee=person,
            kind=new.kind,
            workshop=where,
            defaults=comes_with,
            create_defaults=comes_with | {"created_at": now, "created_by": by},
        )
        _follow_roles(locked, person, now)
        if is_new and locked.is_published:
            texts.role_given(role)
        return role, is_new


def take_role(*, role: Role, by: User | None) -> bool:
    """Take a role away; return False if it was taken before.

    A place that was outside of the capacity stays, and counts from now on. That may be more than
    there are; then nobody new gets one until enough people have left, as with a lowered capacity.
    """
    with locked_event(role.event_id) as event:
        person = lock_people(role.attendee, by, event)
        deleted, _rows = event.roles.filter(pk=role.pk).delete()
        if deleted:
            _follow_roles(event, person, timezone.now())
        return bool(deleted)


def would_count(role: Role) -> list[Registration]:
    """Return the places of its person that would count if this role were taken away now."""
    others = tuple(role.event.roles.filter(attendee=role.attendee_id).exclude(pk=role.pk))
    facts = Facts(role.event, role.attendee, timezone.now(), roles=others)
    mine = role.event.registrations.active().filter(attendee=role.attendee_id)
    return [
        one
        for one in mine.filter(outside_capacity=True).select_related("workshop").order_by("pk")
        if one.has_place(facts.now) and not facts.is_outside(one.bookable)
    ]


def _follow_roles(event: Event, person: Attendee, now: datetime) -> None:
    """Mark what the person has at the event by the roles of now, and bring the event up to date.

    It is settled first: what was free until now goes to those who were waiting for it.
    """
    settle_locked(event, now)
    facts = Facts(event, person, now, roles=tuple(event.roles.filter(attendee=person)))
    counted = []
    held = event.registrations.active().filter(attendee=person).select_related("workshop")
    for one in held.order_by("pk"):
        marks = facts.marks(one.bookable)
        if one.outside_capacity and not marks["outside_capacity"] and one.has_place(now):
            counted.append(one)
        change(one, **marks)
    _allow_more_people(event, counted, now)
    settle_locked(event, now)


def _allow_more_people(event: Event, counted: Iterable[Registration], now: datetime) -> None:
    """Where there are more people than places because these count again, note it as after a lowered
    capacity: `audit` accepts those who are there.
    """
    places = [one.bookable for one in counted]
    occupancies = count_occupancies(event, now) if places else {}
    for bookable in places:
        taken = occupancies.get(bookable.workshop_id, EMPTY).taken
        if bookable.capacity is not None and taken > bookable.capacity:
            type(bookable).objects.filter(pk=bookable.pk).update(capacity_lowered_at=now)


# --- The person's own ----------------------------------------------------------------------------


def show_roles(*, event: Event, attendee: Attendee, is_shown: bool) -> bool:
    """Show the person's name with all their roles at the event, or stop that; only they say so.

    Return False if they have none, or no name that others may see.
    """
    mine = Role.objects.filter(event=event, attendee=attendee)
    if is_shown:
        named = Attendee.objects.with_public_name()
        mine = mine.filter(attendee__in=named.values("pk"))
    return bool(mine.update(is_shown=is_shown))


# --- Copies, and what was not told yet -----------------------------------------------------------


def copy_roles(*, of: Event, to: Event, workshops: Mapping[int, Workshop]) -> int:
    """Give everybody with a role at one event the same at a copy, for which nobody signed up yet;
    return how many roles are new. The caller holds the copy's lock, or has just made it.

    `workshops` has the copies by the ids of the originals; roles at others are left out. Nobody is
    named there: who agreed to be seen at one event did not agree to all that follow, of which they
    may not even know. They are told, and can agree, once the copy is published.
    """
    people = Attendee.objects.filter(roles__event=of, erased_at=None).order_by("pk")
    locked = Attendee.objects.select_for_update(no_key=True).filter(pk__in=people.values("pk"))
    alive = {*locked.order_by("pk").values_list("pk", flat=True)}
    there = {*to.roles.values_list("attendee", "kind", "workshop")}
    new = [
        Role(
            event=to,
            attendee_id=role.attendee_id,
            kind=role.kind,
            workshop=workshops[role.workshop_id] if role.workshop_id is not None else None,
            outside_capacity=role.outside_capacity,
            early_minutes=role.early_minutes,
            created_at=timezone.now(),
        )
        for role in of.roles.order_by("pk")
        if role.attendee_id in alive and (role.workshop_id is None or role.workshop_id in workshops)
    ]
    missing = [r for r in new if (r.attendee_id, r.kind, r.workshop_id) not in there]
    return len(Role.objects.bulk_create(missing))


def tell_roles(event: Event) -> None:
    """Tell everybody with a role at an event that is published now; nobody is told twice."""
    texts.role_given(*event.roles.select_related("attendee__user").order_by("pk"))
