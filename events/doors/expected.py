"""Lists of everybody who is expected at a door, for a world that asks once instead of each time."""

import json
from collections.abc import Iterator
from datetime import datetime

from events.access.door import Guest, answer_at_door, door_opens_at
from events.formatting import times
from events.models import Bookable

from .guests import guests_at


def as_text(bookable: Bookable, now: datetime) -> str:
    """Return an id a line, without a line end after the last."""
    return "\n".join(guest.neos_id for guest in _expected(bookable, now))


def as_json(bookable: Bookable, now: datetime) -> str:
    """Return addresses, times, and `people`: each with `id`, `role` and the time of the door."""
    workshop = bookable.workshop
    about = {
        "event": bookable.event.slug,
        "workshop": workshop.slug if workshop else None,
        "starts_at": times.for_machines(bookable.starts_at),
        "ends_at": times.for_machines(bookable.ends_at),
        "people": [_person(bookable, guest) for guest in _expected(bookable, now)],
    }
    return json.dumps(about)


def _expected(bookable: Bookable, now: datetime) -> Iterator[Guest]:
    for guest in guests_at(bookable):
        if answer_at_door(bookable, guest, now).is_expected:
            yield guest


def _person(bookable: Bookable, guest: Guest) -> dict[str, str]:
    opens_at = door_opens_at(bookable, guest.early_minutes)
    return {
        "id": guest.neos_id,
        "role": guest.role,
        "opens_at": times.for_machines(opens_at),
    }
