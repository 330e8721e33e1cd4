"""Note what happened: one line of the log for each thing, and a count of it for the figures.

`kinds.py` names all kinds with their fields. A line is written after the commit, so a transaction
that is undone leaves none. It names rows by their ids: no name, no address, no secret.
"""

from .counts import DOOR, HAPPENED, LOCK, PROVIDER, REQUEST, count, timed
from .kinds import FIELDS, Kind
from .note import note, note_at_once
from .rows import note_mail, note_payment, note_place, note_places, note_refund, note_refused

__all__ = [
    "DOOR",
    "FIELDS",
    "HAPPENED",
    "LOCK",
    "PROVIDER",
    "REQUEST",
    "Kind",
    "count",
    "note",
    "note_at_once",
    "note_mail",
    "note_payment",
    "note_place",
    "note_places",
    "note_refund",
    "note_refused",
    "timed",
]
