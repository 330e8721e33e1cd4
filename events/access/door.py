"""May this person come into the world now? Asked by doors, of people with a place and others.

Facts in, one code out. Organizers decide about people who have a place and would not get it now,
like those who verified long ago: the desk names them, and the door lets them in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from events.models import Bookable, Registration, Role

Status = Registration.Status


class Denial(StrEnum):
    """Reasons of a door. `BANNED` does not say by whom: the organizers or Neos."""

    EVENT_CANCELLED = "event-cancelled"
    EVENT_DRAFT = "event-draft"
    EVENT_OVER = "event-over"
    BANNED = "banned"
    NEOS_LOCKED = "neos-locked"
    NOT_REGISTERED = "not-registered"
    WAITLISTED = "waitlisted"
    PAYMENT_DUE = "payment-due"
    TOO_EARLY = "too-early"


@dataclass(frozen=True, slots=True)
class Guest:
    """A registration as a door sees it. `role` is the person's highest one there."""

    neos_id: str
    status: str
    hold_until: datetime | None = None
    early_minutes: int = 0
    role: str = Role.Kind.GUEST
    is_blocked: bool = False
    is_locked: bool = False
    banned_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a door: `denial` is None for who is let in, as `role`; `wait` is in seconds."""

    denial: Denial | None
    role: str = Role.Kind.GUEST
    wait: int = 0

    @property
    def is_let_in(self) -> bool:
        return self.denial is None

    @property
    def is_expected(self) -> bool:
        """The person is on the list of the door: let in now or, at the earliest, soon."""
        return self.denial in (None, Denial.TOO_EARLY)


def answer_at_door(bookable: Bookable, guest: Guest | None, now: datetime) -> Answer:
    """Return the first reason against the person, or their role. None is somebody without a place,
    or of whom the site knows nothing.
    """
    denial = _of_event(bookable, now) or of_person(bookable, guest, now) or _of_place(guest, now)
    if denial is not None or guest is None:
        return Answer(denial or Denial.NOT_REGISTERED)
    return answer_from(door_opens_at(bookable, guest.early_minutes), guest.role, now)


def answer_from(opens_at: datetime, role: str, now: datetime) -> Answer:
    """Return the answer for somebody with a place, who may come in from `opens_at` on."""
    if now < opens_at:
        return Answer(Denial.TOO_EARLY, role, _seconds(opens_at - now))
    return Answer(None, role)


def door_opens_at(bookable: Bookable, early_minutes: int = 0) -> datetime:
    """Return from when somebody may come in: as long before the start as the session is shown."""
    minutes = bookable.event.session_opens_minutes + early_minutes
    return bookable.starts_at - timedelta(minutes=minutes)


def _of_event(bookable: Bookable, now: datetime) -> Denial | None:
    if bookable.event.is_draft:
        return Denial.EVENT_DRAFT
    if bookable.event.is_cancelled:
        return Denial.EVENT_CANCELLED
    return Denial.EVENT_OVER if bookable.has_ended(now) else None


def of_person(bookable: Bookable, guest: Guest | None, now: datetime) -> Denial | None:
    """Return what is against the person, whatever they have: nobody lets them in."""
    if guest is None:
        return Denial.NOT_REGISTERED
    if guest.is_blocked:
        return Denial.BANNED
    if not bookable.requires_neos:
        return None
    if guest.banned_until is not None and now < guest.banned_until:
        return Denial.BANNED
    return Denial.NEOS_LOCKED if guest.is_locked else None


def _of_place(guest: Guest | None, now: datetime) -> Denial | None:
    if guest is None or guest.status == Status.CONFIRMED:
        return None
    if guest.status == Status.WAITLISTED:
        return Denial.WAITLISTED
    is_held = guest.hold_until is not None and now < guest.hold_until
    is_unpaid = guest.status == Status.AWAITING_PAYMENT and is_held
    return Denial.PAYMENT_DUE if is_unpaid else Denial.NOT_REGISTERED


def _seconds(left: timedelta) -> int:
    """Round up: after so many seconds the answer is another one."""
    return -int(-left.total_seconds() // 1)
