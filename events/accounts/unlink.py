"""Find what somebody has to end before they can unlink Neos."""

from dataclasses import dataclass
from datetime import datetime

from events.models import Attendee, Registration


@dataclass(frozen=True, slots=True)
class InTheWay:
    """`needs_password`: Neos is the only way in. `places` would be nobody's without Neos."""

    needs_password: bool
    places: tuple[Registration, ...]

    def __bool__(self) -> bool:
        return self.needs_password or bool(self.places)


def in_the_way(attendee: Attendee, now: datetime) -> InTheWay:
    """Read it from the rows. To decide by it, lock the attendee first."""
    needs_password = not attendee.user.has_usable_password()
    return InTheWay(needs_password, tuple(places_that_need_neos(attendee, now)))


def places_that_need_neos(attendee: Attendee, now: datetime) -> list[Registration]:
    held = attendee.registrations.active().select_related("event", "workshop__event")
    in_time = held.order_by("event__starts_at", "pk")
    return [registration for registration in in_time if registration.needs_neos(now)]
