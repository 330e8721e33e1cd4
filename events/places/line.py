"""Who is next in line: reads the waitlist in order, each person with the facts to judge them by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from events.access.facts import Facts, blocked_ids, held_by_all
from events.models import Bookable, Event, Registration, Workshop

#: How many are read at a time: mostly the first few are all that is needed, but behind many who may
#: not have a place there must not be as many queries.
BATCHES = (20, 100, 500)


def in_line(
    event: Event, bookable: Bookable, now: datetime
) -> Iterator[tuple[Facts, Registration]]:
    """Who waits for the bookable, in order, each with the facts about them; read in batches."""
    workshop = bookable if isinstance(bookable, Workshop) else None
    q = Registration.objects.waiting().filter(event=event, workshop=workshop)
    q = q.select_related("attendee__user")
    common = Facts(event=event, attendee=None, now=now, perks=tuple(event.perks.all()))
    sizes = iter(BATCHES)
    size = next(sizes)
    rest = q
    while batch := list(rest[:size]):
        yield from _judged(batch, bookable, common)
        rest = q.behind(batch[-1])
        size = next(sizes, size)


def _judged(
    batch: Sequence[Registration], bookable: Bookable, common: Facts
) -> Iterator[tuple[Facts, Registration]]:
    attendees = [registration.attendee for registration in batch]
    blocked = blocked_ids(common.event, [a.neos_id for a in attendees if a.neos_id])
    held = held_by_all(attendees, common.event, common.now)
    for registration in batch:
        if isinstance(bookable, Workshop):
            registration.workshop = bookable
        registration.sharing(common.event)
        facts = replace(
            common,
            attendee=registration.attendee,
            is_blocked=registration.attendee.neos_id in blocked,
            registrations=tuple(held[registration.attendee_id]),
        )
        yield facts, registration
