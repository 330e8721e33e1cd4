"""Read the waitlist in its order, each person with the facts to judge them by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from events.access.facts import Facts, blocked_at, held_by_all
from events.models import Bookable, Event, Registration

#: How many are read at a time. Mostly the first few are enough, but behind many people who may not
#: have a place the number of queries must stay small.
BATCHES = (20, 100, 500)


def in_line(
    event: Event, bookable: Bookable, now: datetime
) -> Iterator[tuple[Facts, Registration]]:
    q = event.registrations.waiting().filter(workshop=bookable.workshop)
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
    blocked = blocked_at(common.event, attendees)
    held = held_by_all(attendees, common.event, common.now)
    for registration in batch:
        registration.workshop = bookable.workshop
        facts = replace(
            common,
            attendee=registration.attendee,
            is_blocked=registration.attendee_id in blocked,
            registrations=tuple(held[registration.attendee_id]),
        )
        yield facts, registration
