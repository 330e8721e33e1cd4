"""One thing that saving an event does to its people, with the names of some of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from events.models import Attendee

from . import shown


@dataclass(frozen=True, slots=True)
class Effect:
    """`text` is a sentence; `who` is HTML, empty if it concerns nobody in particular."""

    text: str
    who: str = ""

    def __str__(self) -> str:
        return f"{self.text} {self.who}"


def names_of(rows: QuerySet[Any], total: int) -> SafeString:
    """Name the first people of rows that have an `attendee`, and count the rest of `total`."""
    people = Attendee.objects.filter(pk__in=rows.order_by().values("attendee"))
    first = people.select_related("user").order_by("pk")[: shown.MAX_NAMES]
    return shown.joined(*shown.some([shown.person(one) for one in first], of=total))
