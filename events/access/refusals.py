"""The vocabulary of "no": a stable code, a sentence, and the next step.

The same codes appear on the page, in the admin, on the command line and at the door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext


class Code(StrEnum):
    EVENT_CANCELLED = "event-cancelled"
    REGISTRATION_NOT_OPEN = "registration-not-open"
    REGISTRATION_CLOSED = "registration-closed"
    SIGN_IN_REQUIRED = "sign-in-required"
    ACCOUNT_CLOSED = "account-closed"
    EMAIL_UNCONFIRMED = "email-unconfirmed"
    NEOS_REQUIRED = "neos-required"
    NEOS_UNVERIFIED = "neos-unverified"
    NEOS_LOCKED = "neos-locked"
    NEOS_BANNED = "neos-banned"
    NEOS_STALE = "neos-stale"
    PATREON_UNKNOWN = "patreon-unknown"
    PATREON_REQUIRED = "patreon-required"
    BLOCKED = "blocked"
    EVENT_PLACE_REQUIRED = "event-place-required"
    TIME_CLASH = "time-clash"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next: the label of a link and where it leads."""

    label: str
    address: str


def other_events() -> Step:
    return Step(gettext("See other events"), reverse("events:list"))


def account_step(label: str, back: str) -> Step:
    return step(label, "events:account", back)


def step(label: str, view: str, back: str) -> Step:
    """A step that leads back to the address `back` once it is done."""
    return Step(label, f"{reverse(view)}?{urlencode({'next': back})}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against, in words for the person; `instant` is when it ends by itself."""

    code: Code
    sentence: str
    step: Step
    instant: datetime | None = None


class PlaceRefused(Exception):
    """The attendee may not do this; `refusals` says why and what to do next."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals


class TooLate(Exception):
    """The registration can no longer be given up: what it was for is over."""


class DrawNotDue(Exception):
    """The event has no lottery, or its draw comes later."""
