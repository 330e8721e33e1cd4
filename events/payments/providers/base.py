"""The interface of a payment provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from events.models import Notice, Payment, Refund


class ProviderAway(Exception):
    """The outcome is unknown: ask again later, with the same key; `code` says what is known."""

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class ProviderBusy(ProviderAway):
    """As many threads as allowed wait for the provider; it was not asked."""


class ProviderRefused(Exception):
    """The provider certainly did not do it; `code` is its own code for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:80]


class ForeignNotice(Exception):
    """The request is not from the provider, or not complete."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The provider's page on which somebody pays: its id there, and its address."""

    reference: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """A fact from a provider, in our terms. Amounts are in our minor units.

    `external_id` is the provider's id of this message. `key` is that of our payment or refund, if
    the provider passes it on.
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

    def open_checkout(self, payment: Payment) -> Checkout:
        """Open a page to pay on; asking again with the same payment returns the same page."""

    def close_checkout(self, payment: Payment) -> None:
        """Close the page, so that nobody pays for a lost place; no error if it is closed."""

    def refund(self, refund: Refund) -> Told:
        """Give the money back, once for each key, and return what became of it."""

    def look_up(self, payment: Payment) -> Told | None:
        """Return what became of an open payment; None while it is open."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """Verify and read a notice; return None for event types we ignore.

        Raises `ForeignNotice`.
        """
