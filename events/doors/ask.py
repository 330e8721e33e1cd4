"""Ask the events of a key about somebody: several may be on at once, one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from events.access.door import Answer, answer_at_door

from .find_key import FoundKey
from .guests import find_guest


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer of the event of `key`, and the primary key of the person's place, if any."""

    key: FoundKey
    registration: int | None
    answer: Answer


def ask(keys: Sequence[FoundKey], neos_id: str, now: datetime) -> Asked:
    """Return what the first event says that lets the person in; if none does, the first of all."""
    first = _ask_one(keys[0], neos_id, now)
    if first.answer.is_let_in:
        return first
    others = (_ask_one(key, neos_id, now) for key in keys[1:])
    return next((asked for asked in others if asked.answer.is_let_in), first)


def _ask_one(key: FoundKey, neos_id: str, now: datetime) -> Asked:
    found = find_guest(key.bookable, neos_id)
    registration, guest = found or (None, None)
    return Asked(key, registration, answer_at_door(key.bookable, guest, now))
