"""The rows of the site, their constraints and their sets; see `docs/design.md`."""

from .attendee import Attendee
from .block import Block
from .dispute import Dispute
from .door import DoorKey
from .event import Event, Workshop
from .notification import Notification
from .password_reset_request import PasswordResetRequest
from .payment import Payment
from .perk import PatronPerk
from .provider_event import Notice
from .refund import Refund
from .registration import Registration
from .waitlist_log import FillingPass

#: Anything with places, as a type for signatures.
Bookable = Event | Workshop

__all__ = [
    "Attendee",
    "Block",
    "Bookable",
    "Dispute",
    "DoorKey",
    "Event",
    "FillingPass",
    "Notice",
    "Notification",
    "PasswordResetRequest",
    "PatronPerk",
    "Payment",
    "Refund",
    "Registration",
    "Workshop",
]
