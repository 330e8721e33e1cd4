"""The seam: what the site wants of whoever moves the money, whichever it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from events.models import Notice, Payment, Refund


class ProviderAway(Exception):
    """Nobody knows what became of it: ask again later, with the same key."""


class ProviderRefused(Exception):
    """The provider certainly did not do it; `code` is its own short word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:80]


class ForeignNotice(Exception):
    """What arrived is not from the provider, or not whole."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where somebody pays: the provider's name for it, and the address to send them to."""

    reference: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a provider says happened, in our words; amounts in our minor units.

    `key` is that of our payment or refund, where the provider passes it on.
    """

    external_id: str
    kind: Notice.Kind
    reference: str = ""
    intent: str = ""
    key: str = ""
    amount: int | None = None
    currency: str = ""


class Provider(Protocol):
    """Errors of all methods: `ProviderAway`, `ProviderRefused`."""

    name: str

    def checkout(self, payment: Payment) -> Checkout:
        """A place to pay for it; the same one when asked again with the same payment."""

    def give_up(self, payment: Payment) -> None:
        """Close the checkout, so that nobody pays for what is gone; no error if it is closed."""

    def refund(self, refund: Refund) -> Told:
        """Give the money back, once for each key; the answer says what became of it."""

    def look_up(self, payment: Payment) -> Told | None:
        """What became of an open payment; None while it is open."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """A notice, proved to be from the provider, or `ForeignNotice`; None if it is not about
        money of ours.
        """
