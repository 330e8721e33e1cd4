"""One thing that saving an event does to its people, with the names of some of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from events.models import Attendee

from . import shown


@dataclass(frozen=True, slots=True)
class Effect:
    """`text` is a sentence; `who` is HTML, empty if it concerns nobody in particular.

    An organizer agrees to `agreed_to`, which is the text unless `so_many` made it.
    """

    text: str
    who: str = ""
    agreed_to: str = ""

    def __str__(self) -> str:
        return self.agreed_to or self.text


def so_many(sentence: str, number: int) -> str:
    """Return what an agreement to a sentence about so many people counts for: until the number has
    doubled or so. Else no change could be saved while people sign up every second.
    """
    return f"{sentence} {number.bit_length()}"


def names_of(rows: QuerySet[Any], total: int) -> SafeString:
    """Name the first people of rows that have an `attendee`, and count the rest of `total`."""
    people = Attendee.objects.filter(pk__in=rows.order_by().values("attendee"))
    first = people.select_related("user").order_by("pk")[: shown.MAX_NAMES]
    return shown.joined(*shown.some([shown.person(one) for one in first], of=total))
