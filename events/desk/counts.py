"""Count people of an event, in the database: as many statements for ten thousand as for one."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q

from events.access import rows
from events.access.facts import EMPTY, Occupancy, count_occupancies
from events.access.refusals import Code
from events.models import Bookable, Event
from events.models.registration import RegistrationQuerySet

from . import reasons


def people(event: Event, condition: Q) -> int:
    return distinct(event.registrations.filter(condition))


def distinct(registrations: RegistrationQuerySet) -> int:
    return registrations.order_by().values("attendee").distinct().count()


def codes(
    registrations: RegistrationQuerySet, now: datetime, *, among: tuple[Code, ...]
) -> Iterator[tuple[str, int]]:
    """Yield codes that apply together, of those in `among`, and the number of people."""
    coded = rows.with_codes(registrations, rows.asked_anywhere(now)).order_by()
    for together, number in coded.values_list("codes").annotate(Count("attendee", distinct=True)):
        wanted = [code for code in reasons.codes_of(together) if code in among]
        yield "".join(f"{code}+" for code in wanted), number


def codes_by_line(
    line: RegistrationQuerySet, now: datetime
) -> Iterator[tuple[int | None, str, int]]:
    """The same for each line: the workshop's id or None, codes, and the number of people."""
    coded = rows.with_codes(line, rows.asked_anywhere(now))
    yield from coded.values_list("workshop", "codes").annotate(Count("pk"))


def occupied(event: Event, now: datetime) -> Iterator[tuple[Bookable, Occupancy]]:
    occupancies = count_occupancies(event, now)
    for bookable in event.bookables():
        yield bookable, occupancies.get(bookable.workshop_id, EMPTY)
