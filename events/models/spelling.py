"""Find the person of a Neos id that was typed, perhaps in other letters, large or small.

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
    """Return the rows of the person whom the id means, of rows whose ids are `spelled_like` it.

    PostgreSQL finds the Kelvin sign for a k as well, which is another id.
    """
    folded = in_small_letters(neos_id)
    alike = [row for row in rows if in_small_letters(id_of(row) or "") == folded]
    exact = [row for row in alike if id_of(row) == neos_id]
    are_of_one = len({id_of(row) for row in alike}) == 1
    return exact or (alike if are_of_one else [])


def in_small_letters(neos_id: str) -> str:
    """Return an id of ASCII in small letters, and any other as it is: for those large and small
    letters are not the same thing everywhere.
    """
    return neos_id.lower() if neos_id.isascii() else neos_id
