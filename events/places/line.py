"""Read the waitlist in its order, each person with the facts to judge them by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from events.access import rows
from events.access.facts import Facts, blocked_ids, held_by_all
from events.models import Bookable, Event, Registration
from events.models.registration import RegistrationQuerySet

#: How many are read at a time. Mostly the first few are enough, but if many move up the number of
#: queries must stay small.
BATCHES = (20, 100, 500)
#: All that the rules, the price and the log of a pass need; a person has twice as many columns.
COLUMNS = (
    *("status", "turn", "promoted_at", "draw_rank", "code", "event", "workshop"),
    *(f"attendee__{name}" for name in ("user", "erased_at", "email_confirmed_at", "neos_id")),
    *(f"attendee__neos_{name}" for name in ("email_verified", "locked", "banned_until")),
    *(f"attendee__patreon_{name}" for name in ("known", "cents", "until")),
    *("attendee__verified_at", "attendee__user__is_active", "attendee__user__email"),
)


def in_line(
    event: Event, bookable: Bookable, now: datetime
) -> Iterator[tuple[Facts, Registration]]:
    """Yield people who may have a place, as far as the database can tell: judge them again."""
    common = Facts(event=event, attendee=None, now=now, perks=tuple(event.perks.all()))
    rest = rows.who_may(waiting_for(bookable), now)
    rest = rest.select_related("attendee__user").only(*COLUMNS)
    sizes = iter(BATCHES)
    size = next(sizes)
    while batch := list(rest[:size]):
        for registration in batch:
            registration.workshop = bookable.workshop
        yield from with_facts(batch, common)
        if len(batch) < size:
            break
        rest = rest.behind(batch[-1])
        size = next(sizes, size)


def waiting_for(bookable: Bookable) -> RegistrationQuerySet:
    return bookable.event.registrations.waiting().filter(workshop=bookable.workshop)


def with_facts(
    batch: Sequence[Registration], common: Facts
) -> Iterator[tuple[Facts, Registration]]:
    """Yield each person of the event with `common`, and what is their own."""
    attendees = [registration.attendee for registration in batch]
    blocked = blocked_ids(common.event, [a.neos_id for a in attendees if a.neos_id])
    held = held_by_all(attendees, common.event, common.now)
    for registration in batch:
        facts = replace(
            common,
            attendee=registration.attendee,
            is_blocked=registration.attendee.neos_id in blocked,
            registrations=tuple(held[registration.attendee_id]),
        )
        yield facts, registration
