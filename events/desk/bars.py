"""How full an event and its workshops are, as bars with their numbers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from events.models import Bookable, Event, Registration
from events.models.registration_status import takes_place_at, uses_up_place_at

from . import addresses

Status = Registration.Status
WIDTH = 100.0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar, from `x`, both in hundredths of its width, written as SVG reads them."""

    name: str
    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """`taken` places are confirmed, `held` ones are not paid for yet; both take a place. Those
    `outside` of the capacity take none, paid for or not.
    """

    bookable: Bookable
    taken: int = 0
    held: int = 0
    waiting: int = 0
    outside: int = 0

    @property
    def free(self) -> int | None:
        """Places left; None without a limit."""
        if self.bookable.capacity is None:
            return None
        return max(self.bookable.capacity - self.taken - self.held, 0)

    @property
    def parts(self) -> list[Part]:
        """The free part is what the others leave of the frame; nothing without a limit."""
        whole = max(self.bookable.capacity or 0, self.taken + self.held)
        if not whole or self.bookable.capacity is None:
            return []
        taken, held = WIDTH * self.taken / whole, WIDTH * self.held / whole
        found = [("taken", 0.0, taken), ("held", taken, held)]
        return [Part(name, f"{x:.2f}", f"{width:.2f}") for name, x, width in found if width]

    @property
    def taken_at(self) -> str:
        return addresses.people_of(self.bookable, status__exact=Status.CONFIRMED.value)

    @property
    def held_at(self) -> str:
        return addresses.people_of(self.bookable, status__exact=Status.AWAITING_PAYMENT.value)

    @property
    def waiting_at(self) -> str:
        return addresses.people_of(self.bookable, status__exact=Status.WAITLISTED.value)


def bars(event: Event, now: datetime) -> list[Bar]:
    """Return a bar for the event and one for each workshop, counted in one statement."""
    confirmed, counts = Q(status=Status.CONFIRMED), Q(outside_capacity=False)
    rows = event.registrations.active().order_by().values_list("workshop")
    counted = rows.annotate(
        taken=Count("pk", filter=confirmed & counts),
        held=Count("pk", filter=uses_up_place_at(now) & ~confirmed),
        waiting=Count("pk", filter=Q(status=Status.WAITLISTED)),
        outside=Count("pk", filter=takes_place_at(now) & ~counts),
    )
    numbers = {workshop: found for workshop, *found in counted}
    return [Bar(one, *numbers.get(one.workshop_id, ())) for one in event.bookables()]
