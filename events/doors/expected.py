"""The lists that a world asks for over HTTP, once instead of at each person."""

import json
from datetime import datetime

from events.formatting import times
from events.models import Bookable

from .guest_list import Listed, listed_at


def as_text(bookable: Bookable, now: datetime) -> str:
    """Return an id a line, without a line end after the last. An id that is no line is left out."""
    people = listed_at(bookable, now)
    return "\n".join(person.neos_id for person in people if person.fits_a_line)


def as_json(bookable: Bookable, now: datetime) -> str:
    """Return addresses, times, and `people`: each with `id`, `role` and the time of the door."""
    workshop = bookable.workshop
    about = {
        "event": bookable.event.slug,
        "workshop": workshop.slug if workshop else None,
        "starts_at": times.for_machines(bookable.starts_at),
        "ends_at": times.for_machines(bookable.ends_at),
        "people": [_facts(person) for person in listed_at(bookable, now)],
    }
    return json.dumps(about)


def _facts(person: Listed) -> dict[str, str]:
    return {
        "id": person.neos_id,
        "role": person.role,
        "opens_at": times.for_machines(person.opens_at),
    }
