"""Whom a Neos id means that somebody typed, perhaps in other letters, large or small.

The id counts as it is written. In other letters it counts where that is one person's only.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

T = TypeVar("T")


def spelled_like(neos_id: str, *, person: str = "") -> Q:
    """Build the condition that the id is this one, perhaps in other letters.

    `person` leads from the row to the attendee, like `attendee__`. Only ASCII has large and small
    letters that both databases fold alike.
    """
    if not neos_id.isascii():
        return Q(**{f"{person}neos_id": neos_id})
    return Q(Exact(Lower(f"{person}neos_id"), neos_id.lower()))


def meant_by(neos_id: str, rows: Iterable[T], id_of: Callable[[T], str | None]) -> list[T]:
    """Return the rows of the person whom the id means, of rows whose ids are `spelled_like` it."""
    found = [*rows]
    exact = [row for row in found if id_of(row) == neos_id]
    are_of_one = len({id_of(row) for row in found}) == 1
    return exact or (found if are_of_one else [])
