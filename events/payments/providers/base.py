"""The interface of a payment provider."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from events.models import Notice, Payment, Refund


class ProviderAway(Exception):
    """The outcome is unknown, or we were not let in: ask again later, with the same key.

    `code` says what is known.
    """

    def __init__(self, code: str = "") -> None:
        super().__init__(code)
        self.code = code


class ProviderBusy(ProviderAway):
    """As many threads as allowed wait for the provider; it was not asked."""


class KeySpent(ProviderAway):
    """The outcome is unknown, and the provider will only repeat its error under this key."""


class ProviderRefused(Exception):
    """The provider did not do it; `code` is its own code for why."""

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
    the provider passes it on. `at` is the provider's time of the fact.
    """

    external_id: str
    kind: Notice.Kind
    reference: str = ""
    intent: str = ""
    key: str = ""
    amount: int | None = None
    currency: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """The sums that a provider charges in one currency, in minor units: multiples of `step`."""

    smallest: int
    largest: int
    step: int = 1

    def allow(self, amount: int) -> bool:
        return self.smallest <= amount <= self.largest and amount % self.step == 0


class Provider(Protocol):
    """Errors of the methods that ask the provider: `ProviderAway`, `ProviderRefused`."""

    name: str

    def limits(self, currency: str) -> Limits | None:
        """Return what can be charged, without asking; None if the currency cannot be charged."""

    def open_checkout(self, payment: Payment) -> Checkout:
        """Open a page to pay on; asking again with the same payment returns the same page.

        Raises `KeySpent` if it never will.
        """

    def reopen_checkout(self, payment: Payment) -> Checkout | Told:
        """Return the page that was opened before, or what became of it."""

    def close_checkout(self, payment: Payment) -> Told:
        """Close the page, so that nobody pays for a lost place; return what became of it. `PENDING`
        means that money may still come.
        """

    def refund(self, refund: Refund) -> Told:
        """Give the money back, once for each key, and return what became of it."""

    def refunds_of(self, payment: Payment) -> list[Told]:
        """Return all refunds of a payment, also those that somebody made at the provider."""

    def look_up(self, payment: Payment) -> Told | None:
        """Return what became of an open payment; None while it can be paid."""

    def look_back(self, since: datetime) -> Iterator[Told]:
        """Yield all refunds and disputes that began since then, of other sites as well."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        """Verify and read a notice; return None for event types we ignore.

        Raises `ForeignNotice`.
        """
