"""Read whom a world lets in now or soon, for lists that it looks at later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from events.access.door import answer_at_door, door_opens_at
from events.models import Bookable

from .guests import guests_at


@dataclass(frozen=True, slots=True)
class Listed:
    """A person of a list: no name, mail address, price or pledge goes with them.

    `is_in_any_letters`: nobody else at this door has the id in other large and small letters,
    whether they are on the list or not.
    """

    neos_id: str
    role: str
    opens_at: datetime
    is_in_any_letters: bool = True

    @property
    def fits_a_line(self) -> bool:
        """Neos gives no id with a line break or a sign that is not seen; rows can be edited."""
        return self.neos_id != "" and self.neos_id.isprintable()


def listed_at(bookable: Bookable, now: datetime) -> Iterator[Listed]:
    """Yield people by Neos id, in one query and without keeping them in memory."""
    for guest, is_in_any_letters in guests_at(bookable):
        if answer_at_door(bookable, guest, now).is_expected:
            opens_at = door_opens_at(bookable, guest.early_minutes)
            yield Listed(guest.neos_id, guest.role, opens_at, is_in_any_letters)
