"""The way into the world: the session of an event, and from when people with a place see it.

Whom no door lets in sees no link either: people who are blocked, and at a gated event those whom
Neos has banned or locked.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from events.models import Attendee, Bookable, Registration
from events.models.attendee import is_kept_out
from events.models.session_address import is_world

from .door import Guest, of_person


@dataclass(frozen=True, slots=True)
class Entrance:
    """`address` is empty for everybody who may not come in now; `is_known` tells whether the
    organizers have given one. `is_shut`: it is open for others, and not for this person.
    """

    address: str
    opens_at: datetime
    is_known: bool
    is_ahead: bool
    is_shut: bool = False

    @property
    def is_world(self) -> bool:
        return is_world(self.address)


def entrance_of(registration: Registration, now: datetime) -> Entrance:
    event = registration.event
    address = session_address(registration, now)
    return Entrance(
        address=address,
        opens_at=registration.session_opens_at,
        is_known=bool(event.session_url),
        is_ahead=now < registration.session_opens_at,
        is_shut=bool(not address and _address_of_place(registration, now)),
    )


def session_address(registration: Registration | None, now: datetime) -> str:
    """Return the way in, for holders of a confirmed place at the event itself when it is time.

    A role may let its person in earlier than others.
    """
    address = _address_of_place(registration, now)
    return "" if registration is None or not address or is_shut_out(registration, now) else address


def _address_of_place(registration: Registration | None, now: datetime) -> str:
    """Return the way in with this place, without asking who the person is."""
    if registration is None or registration.workshop_id is not None:
        return ""
    event = registration.event
    is_time = registration.session_opens_at <= now < event.ends_at and not event.is_cancelled
    is_in = registration.status == Registration.Status.CONFIRMED
    return event.session_url if is_time and is_in else ""


def is_shut_out(registration: Registration, now: datetime) -> bool:
    """Return whether every door of the event turns this person away."""
    attendee = registration.attendee
    guest = Guest(
        neos_id=attendee.neos_id or "",
        status=registration.status,
        is_blocked=_is_blocked(registration),
        is_locked=attendee.neos_locked,
        banned_until=attendee.neos_banned_until,
    )
    return of_person(registration.bookable, guest, now) is not None


def shut_out(bookable: Bookable, now: datetime) -> Q:
    """Return `is_shut_out` as a condition on registrations of this bookable."""
    found = Q(is_kept_out(bookable.event, person="attendee__"))
    if bookable.requires_neos:
        found |= Q(attendee__neos_locked=True) | Q(attendee__neos_banned_until__gt=now)
    return found


def _is_blocked(registration: Registration) -> bool:
    """Ask for rows that were loaded without it, like that of a mail, and remember the answer."""
    if not hasattr(registration, "is_kept_out"):
        out = Attendee.objects.kept_out_of(registration.event)
        registration.is_kept_out = out.filter(pk=registration.attendee_id).exists()
    return registration.is_kept_out
