"""Count people of an event, in the database: as many statements for ten thousand as for one."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q

from events.access import rows
from events.access.facts import EMPTY, Occupancy, count_occupancies
from events.models import Bookable, Event
from events.models.registration import RegistrationQuerySet

from . import holders


def people(event: Event, condition: Q) -> int:
    return distinct(event.registrations.filter(condition))


def distinct(registrations: RegistrationQuerySet) -> int:
    return registrations.order_by().values("attendee").distinct().count()


def lost(registrations: RegistrationQuerySet, now: datetime) -> dict[str, int]:
    """Count people by each refusal that takes away their right to a place."""
    asked = rows.asked_anywhere(now)
    return registrations.order_by().aggregate(
        **{
            code.name: Count("attendee", filter=rows.REFUSING[code](asked), distinct=True)
            for code in holders.LOST
        }
    )


def codes_by_line(
    line: RegistrationQuerySet, now: datetime
) -> Iterator[tuple[int | None, str, int]]:
    """Yield for each line the workshop's id or None, codes that apply together, and the number of
    people whom they keep out.
    """
    coded = rows.with_codes(line, rows.asked_anywhere(now))
    yield from coded.values_list("workshop", "codes").annotate(Count("pk"))


def occupied(event: Event, now: datetime) -> Iterator[tuple[Bookable, Occupancy]]:
    occupancies = count_occupancies(event, now)
    for bookable in event.bookables():
        yield bookable, occupancies.get(bookable.workshop_id, EMPTY)
