"""Read the waitlist in its order, and people of it with the facts to judge them by."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from events.access.facts import Facts, blocked_at, held_by_all
from events.models import Bookable, Registration
from events.models.registration import RegistrationQuerySet


def waiting_for(bookable: Bookable) -> RegistrationQuerySet:
    return bookable.event.registrations.waiting().filter(workshop=bookable.workshop)


def with_facts(
    batch: Sequence[Registration], common: Facts
) -> Iterator[tuple[Facts, Registration]]:
    """Yield each person of the event with `common`, and what is their own.

    Only the rules of workshops ask what else somebody has, so for the event it is not read.
    """
    attendees = [registration.attendee for registration in batch]
    blocked = blocked_at(common.event, attendees)
    in_workshops = [r.attendee for r in batch if r.workshop_id]
    held = held_by_all(in_workshops, common.event, common.now) if in_workshops else {}
    for registration in batch:
        facts = replace(
            common,
            attendee=registration.attendee,
            is_blocked=registration.attendee_id in blocked,
            registrations=tuple(held.get(registration.attendee_id, ())),
        )
        yield facts, registration
