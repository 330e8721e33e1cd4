"""Everything that a decision about places depends on, read in a constant number of queries.

Pages read it without a lock to show what would happen; `events.places` reads it again after taking
the event's lock, and only that reading decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q

from events.models import Attendee, Block, Bookable, Event, PatronPerk, Registration, Workshop
from events.models.event import EventQuerySet


@dataclass(frozen=True, slots=True)
class Occupancy:
    """How full one bookable is: counted rows, never a stored number."""

    taken: int = 0
    waiting: int = 0
    lapsed: int = 0

    def free(self, capacity: int | None) -> int | None:
        """Places left, None without a limit; never negative when a capacity was lowered."""
        return None if capacity is None else max(capacity - self.taken, 0)


EMPTY = Occupancy()


@dataclass(frozen=True, slots=True)
class Facts:
    """One person (or nobody) before one event, at one instant."""

    event: Event
    attendee: Attendee | None
    now: datetime
    is_blocked: bool = False
    perks: tuple[PatronPerk, ...] = ()
    registrations: tuple[Registration, ...] = ()
    occupancies: Mapping[int | None, Occupancy] = field(default_factory=dict)

    def occupancy(self, bookable: Bookable) -> Occupancy:
        return self.occupancies.get(workshop_key(bookable), EMPTY)

    def registration(self, bookable: Bookable) -> Registration | None:
        """The person's registration for exactly this, a lapsed hold not counted."""
        key = workshop_key(bookable)
        return next((r for r in self.registrations if r.workshop_id == key), None)

    def is_draw_ahead(self, bookable: Bookable) -> bool:
        """Whether registering means to take part in a draw that has not been held."""
        return bookable is self.event and self.event.is_awaiting_draw

    def has_free_place(self, bookable: Bookable) -> bool:
        """Whether a place is free, whoever waits for it."""
        return self.occupancy(bookable).free(bookable.capacity) != 0

    def has_room(self, bookable: Bookable) -> bool:
        """Whether a newcomer may walk in, once those who wait have what they may have."""
        return self.has_free_place(bookable) and not self.is_draw_ahead(bookable)


def workshop_key(bookable: Bookable) -> int | None:
    """How rows tell a workshop's place from the event's own: the workshop's id, or None."""
    return bookable.pk if isinstance(bookable, Workshop) else None


def read_facts(
    event: Event, attendee: Attendee | None, now: datetime, *, positions: bool = False
) -> Facts:
    """The facts about `attendee` before `event`: three queries, two for somebody signed out.

    The attendee has to come from `Attendee.objects.facing(event)`, which knows about blocks. With
    `positions` each of the person's registrations also knows how many are `ahead` of it.
    """
    return Facts(
        event=event,
        attendee=attendee,
        now=now,
        is_blocked=attendee is not None and attendee.is_blocked,
        perks=tuple(event.perks.all()),
        registrations=held_by(attendee, event, now, positions=positions),
        occupancies=count_occupancies(event, now),
    )


def blocked_ids(event: Event, neos_ids: Iterable[str]) -> set[str]:
    """Which of these exact Neos ids are kept out of the event or of the whole site."""
    blocks = Block.objects.at(event).filter(neos_id__in=list(neos_ids))
    return set(blocks.values_list("neos_id", flat=True))


def held_by(
    attendee: Attendee | None, event: Event, now: datetime, *, positions: bool = False
) -> tuple[Registration, ...]:
    """The attendee's active registrations at the event, lapsed holds left out."""
    if attendee is None or attendee.pk is None:
        return ()
    q = Registration.objects.active().filter(attendee=attendee, event=event)
    q = q.with_waitlist_position() if positions else q
    found = (r.sharing(event) for r in q.select_related("workshop"))
    return tuple(r for r in found if not r.has_lapsed(now))


def held_at(
    attendee: Attendee | None, events: Iterable[Event], now: datetime
) -> dict[int, Registration]:
    """The attendee's own places at these events, by the event's id; lapsed holds left out."""
    if attendee is None:
        return {}
    q = Registration.objects.active().filter(attendee=attendee, workshop__isnull=True)
    by_id = {event.pk: event for event in events}
    found = (r.sharing(by_id[r.event_id]) for r in q.filter(event__in=list(by_id)))
    return {r.event_id: r for r in found if not r.has_lapsed(now)}


def held_by_all(
    attendees: Iterable[Attendee], event: Event, now: datetime
) -> dict[int, list[Registration]]:
    """What `held_by` gives, for many people in one query, keyed by the attendee's id."""
    q = Registration.objects.active().filter(attendee__in=list(attendees), event=event)
    held: dict[int, list[Registration]] = defaultdict(list)
    for registration in q.select_related("workshop"):
        if not registration.has_lapsed(now):
            held[registration.attendee_id].append(registration)
    return held


def count_occupancies(event: Event, now: datetime) -> dict[int | None, Occupancy]:
    """Occupancy of the event (key None) and of each workshop (key its id), in one query."""
    status = Registration.Status
    rows = (
        Registration.objects.active()
        .filter(event=event)
        .order_by()
        .values_list("workshop")
        .annotate(
            taken=Count("event", filter=Registration.takes_place_at(now)),
            waiting=Count("event", filter=Q(status=status.WAITLISTED)),
            lapsed=Count("event", filter=Q(status=status.AWAITING_PAYMENT, hold_until__lte=now)),
        )
    )
    return {workshop: Occupancy(*counts) for workshop, *counts in rows}


def with_occupancy(events: EventQuerySet, now: datetime) -> EventQuerySet:
    """Annotates `taken` and `waiting` of the events' own places, for lists of them."""
    own = Q(registrations__workshop__isnull=True)
    waiting = Q(registrations__status=Registration.Status.WAITLISTED)
    taking = Registration.takes_place_at(now, "registrations__")
    counts = {
        "taken": Count("registrations", filter=own & taking),
        "waiting": Count("registrations", filter=own & waiting),
    }
    return events.annotate(**counts)
