"""Read all that a decision about places depends on, in a constant number of queries.

Pages read without a lock, to show what would happen. `events.places` reads again after taking the
event's lock, and decides by that.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from events.models import Attendee, Bookable, Event, PatronPerk, Registration, Role
from events.models.registration_status import takes_place_at, uses_up_place_at

from .no_shows import missed_by


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Count how full one bookable is, from its rows. `lapsed` holds have not been ended yet.

    `outside` are places outside of the capacity, which are not among those taken.
    `waiting_outside` are people of `waiting` who would have such a place.
    """

    taken: int = 0
    waiting: int = 0
    lapsed: int = 0
    outside: int = 0
    waiting_outside: int = 0

    @property
    def people(self) -> int:
        return self.taken + self.outside

    def free(self, capacity: int | None) -> int | None:
        """Places left, None without a limit; 0 also when a lowered capacity is exceeded."""
        return None if capacity is None else max(capacity - self.taken, 0)


EMPTY = Occupancy()


@dataclass(frozen=True, slots=True)
class Facts:
    """One person (None: signed out) at one event, at one instant.

    `missed` are other events because of which registration opens later for them.
    """

    event: Event
    attendee: Attendee | None
    now: datetime
    is_blocked: bool = False
    perks: tuple[PatronPerk, ...] = ()
    registrations: tuple[Registration, ...] = ()
    occupancies: Mapping[int | None, Occupancy] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    missed: tuple[Event, ...] = ()

    def occupancy(self, bookable: Bookable) -> Occupancy:
        return self.occupancies.get(bookable.workshop_id, EMPTY)

    def registration(self, bookable: Bookable) -> Registration | None:
        """The person's registration for exactly this bookable; a lapsed hold does not count."""
        mine = (r for r in self.registrations if r.workshop_id == bookable.workshop_id)
        return next(mine, None)

    def is_outside(self, bookable: Bookable) -> bool:
        """A place of this person is outside of the capacity: it is free whatever else is."""
        return any(role.puts_outside(bookable) for role in self.roles)

    def marks(self, bookable: Bookable) -> dict[str, object]:
        """Return what a registration of this person carries because of their roles."""
        early = max((role.early_minutes for role in self.roles), default=0)
        return {"outside_capacity": self.is_outside(bookable), "early_minutes": early}

    def is_draw_ahead(self, bookable: Bookable) -> bool:
        """The person would take part in a draw; a place outside of the capacity is not drawn."""
        is_undrawn = bookable is self.event and self.event.is_awaiting_draw
        return is_undrawn and not self.is_outside(bookable)

    def has_free_place(self, bookable: Bookable) -> bool:
        """A place is free for this person, though somebody may be waiting for it."""
        is_free = self.occupancy(bookable).free(bookable.capacity) != 0
        return is_free or self.is_outside(bookable)

    def has_room(self, bookable: Bookable) -> bool:
        """A newcomer can take a place after the waitlist was served."""
        return self.has_free_place(bookable) and not self.is_draw_ahead(bookable)


def read_facts(
    event: Event, attendee: Attendee | None, now: datetime, *, positions: bool = False
) -> Facts:
    """Return the facts about `attendee` at `event`, in three queries; two for somebody signed out,
    one more for somebody with a role, and one where people who did not come have to wait.

    The attendee has to come from `Attendee.objects.facing(event)`, which annotates blocks. With
    `positions` each of the person's registrations has `ahead`, the number of people before it.
    """
    return Facts(
        event=event,
        attendee=attendee,
        now=now,
        is_blocked=attendee is not None and attendee.is_blocked,
        perks=tuple(event.perks.all()),
        registrations=_judged(held_by(attendee, event, now, positions=positions), attendee),
        occupancies=count_occupancies(event, now),
        roles=roles_of(attendee, event),
        missed=missed_by(attendee, event, now),
    )


def _judged(
    registrations: tuple[Registration, ...], attendee: Attendee | None
) -> tuple[Registration, ...]:
    """Note on the rows whose they are, so that the way in is judged without a query."""
    for registration in registrations:
        if attendee is not None:
            registration.attendee, registration.is_kept_out = attendee, attendee.is_blocked
    return registrations


def roles_of(attendee: Attendee | None, event: Event) -> tuple[Role, ...]:
    """Ask only about people who may have one: see `AttendeeQuerySet.with_rare_things`."""
    if attendee is None or not (attendee.pk and getattr(attendee, "has_roles", True)):
        return ()
    return tuple(event.roles.filter(attendee=attendee).select_related("workshop"))


def blocked_at(event: Event, attendees: Iterable[Attendee]) -> set[int]:
    """Return the primary keys of those who are kept out, in one query."""
    among = Attendee.objects.filter(pk__in=[attendee.pk for attendee in attendees])
    return set(among.kept_out_of(event).values_list("pk", flat=True))


def held_by(
    attendee: Attendee | None, event: Event, now: datetime, *, positions: bool = False
) -> tuple[Registration, ...]:
    if attendee is None or attendee.pk is None:
        return ()
    q = event.registrations.active().filter(attendee=attendee).select_related("workshop")
    q = q.with_waitlist_position() if positions else q
    return tuple(r for r in q if not r.has_lapsed(now))


def held_at(
    attendee: Attendee | None, events: Iterable[Event], now: datetime
) -> dict[int, Registration]:
    """Return the attendee's registrations for these events themselves, by the event's id."""
    if attendee is None:
        return {}
    q = Registration.objects.active().filter(attendee=attendee, workshop=None)
    found = q.filter(event__in=list(events)).select_related("event")
    return {r.event_id: r for r in found if not r.has_lapsed(now)}


def held_by_all(
    attendees: Iterable[Attendee], event: Event, now: datetime
) -> dict[int, list[Registration]]:
    """Do as `held_by` for many people, in one query; the keys are the attendees' ids."""
    q = event.registrations.active().filter(attendee__in=list(attendees))
    held: dict[int, list[Registration]] = defaultdict(list)
    for registration in q.select_related("workshop"):
        if not registration.has_lapsed(now):
            held[registration.attendee_id].append(registration)
    return held


def count_occupancies(event: Event, now: datetime) -> dict[int | None, Occupancy]:
    """Count for the event (key None) and for each workshop (key its id), in one query.

    A bookable for which nobody has registered is missing.
    """
    status, outside = Registration.Status, Q(outside_capacity=True)
    rows = (
        event.registrations.active()
        .order_by()
        .values_list("workshop")
        .annotate(
            taken=Count("event", filter=uses_up_place_at(now)),
            waiting=Count("event", filter=Q(status=status.WAITLISTED)),
            lapsed=Count("event", filter=Q(status=status.AWAITING_PAYMENT, hold_until__lte=now)),
            outside=Count("event", filter=takes_place_at(now) & outside),
            waiting_outside=Count("event", filter=Q(status=status.WAITLISTED) & outside),
        )
    )
    return {workshop: Occupancy(*counts) for workshop, *counts in rows}


#: So many faces at most: a page of a hundred is slow in a headset.
FACES = 48


def shown_people(event: Event) -> list[Attendee]:
    """Return people with a place at the event who said that their name may be shown.

    Not those of closed accounts, nor those who have no other name than that of their account.
    """
    agreed = Registration.objects.filter(
        event=event, workshop=None, status=Registration.Status.CONFIRMED, is_shown=True
    )
    there = Attendee.objects.filter(registrations__in=agreed, erased_at=None, user__is_active=True)
    named = there.with_public_name().select_related("picture")
    return list(named.order_by("pk")[:FACES])
