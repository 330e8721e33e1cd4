"""The way into the world: the session of an event, and from when people with a place see it."""

from dataclasses import dataclass
from datetime import datetime

from events.models import Registration
from events.models.session_address import is_world


@dataclass(frozen=True, slots=True)
class Entrance:
    """`address` is empty for everybody who may not come in now; `is_known` tells whether the
    organizers have given one.
    """

    address: str
    opens_at: datetime
    is_known: bool
    is_ahead: bool

    @property
    def is_world(self) -> bool:
        return is_world(self.address)


def entrance_of(registration: Registration, now: datetime) -> Entrance:
    event = registration.event
    return Entrance(
        address=session_address(registration, now),
        opens_at=registration.session_opens_at,
        is_known=bool(event.session_url),
        is_ahead=now < registration.session_opens_at,
    )


def session_address(registration: Registration | None, now: datetime) -> str:
    """Return the way in, for holders of a confirmed place at the event itself when it is time.

    A role may let its person in earlier than others.
    """
    if registration is None or registration.workshop_id is not None:
        return ""
    event = registration.event
    is_time = registration.session_opens_at <= now < event.ends_at and not event.is_cancelled
    is_in = registration.status == Registration.Status.CONFIRMED
    return event.session_url if is_time and is_in else ""
