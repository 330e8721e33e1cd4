"""Read from the path of a request what a world asks, in every spelling of the address.

A redirect or an error page is of no use to a world. So large letters, slashes too many and a slash
at the end are as good as the address itself: `/door/<key>/<Neos id>`.
"""

from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    """Kinds of questions with a key."""

    PERSON = auto()
    LIST_TXT = "list.txt"
    LIST_JSON = "list.json"
    IN = "in"
    OUT = "out"


LISTS = frozenset({Kind.LIST_TXT, Kind.LIST_JSON})
NOTES = frozenset({Kind.IN, Kind.OUT})


@dataclass(frozen=True, slots=True)
class Question:
    """`neos_id` is as it was sent, with any characters; a slash inside of it is part of it."""

    secret: str
    kind: Kind = Kind.PERSON
    neos_id: str = ""

    @property
    def methods(self) -> tuple[str, ...]:
        return ("POST",) if self.kind in NOTES else ("GET", "HEAD")


def read(path: str) -> Question | None:
    """Return the question, or None for a path that is none of the door's.

    Anybody can send a path of slashes, so it is only split: the time grows as its length does.
    """
    first, _, rest = path.lstrip("/").partition("/")
    if not path.startswith("/") or first.lower() != "door":
        return None
    secret, _, rest = rest.lstrip("/").partition("/")
    rest = rest.strip("/")
    if rest.lower() in LISTS:
        return Question(secret, Kind(rest.lower()))
    neos_id, _, kind = rest.rpartition("/")
    if neos_id and kind.lower() in NOTES:
        return Question(secret, Kind(kind.lower()), neos_id.rstrip("/"))
    return Question(secret, neos_id=rest)
