"""The rows of the second account: people, places, who has which, and what was paid for it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

WAITING, HELD, CONFIRMED = "waitlisted", "awaiting_payment", "confirmed"
CANCELLED, EXPIRED = "cancelled", "expired"
ACTIVE = (WAITING, HELD, CONFIRMED)


@dataclass
class Person:
    has_neos: bool = True
    is_patron: bool = False
    is_locked: bool = False
    is_blocked: bool = False
    is_closed: bool = False


@dataclass
class Place:
    """The event, or one of its workshops."""

    capacity: int | None
    price: int
    starts_at: datetime
    ends_at: datetime
    status: str = "published"
    refund_days: int | None = 0


@dataclass(eq=False)
class Attempt:
    """One attempt to give money back; `is_given`: the provider did it, known here or not.

    `is_ended_there`: the provider itself took it back. `is_elsewhere`: made at the provider.
    """

    status: str
    try_at: datetime
    amount: int
    tries: int = 0
    is_given: bool = False
    is_ended_there: bool = False
    is_elsewhere: bool = False
    ended_at: datetime | None = None


@dataclass(eq=False)
class Money:
    """One payment, as `tests.model_of_money` moves it. `dispute` is empty while there is none."""

    provider: str
    amount: int
    status: str = "open"
    problem: str = ""
    attempts: list[Attempt] = field(default_factory=list)
    dispute: str = ""
    disputed: int = 0
    is_decided: bool = False

    @property
    def back(self) -> int:
        """Return what went back, so far as anybody here knows."""
        return sum(attempt.amount for attempt in self.attempts if attempt.status == "done")

    @property
    def gone(self) -> int:
        return self.back + (self.disputed if self.dispute == "lost" else 0)

    @property
    def given(self) -> int:
        """Return what the provider gave back."""
        return sum(attempt.amount for attempt in self.attempts if attempt.is_given)


@dataclass(eq=False)
class Row:
    """One registration; `key` is what a draw sorts by."""

    person: str
    place: str
    status: str = WAITING
    amount: int = 0
    until: datetime | None = None
    refund_until: datetime | None = None
    refund_days: int | None = None
    taken_at: datetime | None = None
    hold: timedelta = timedelta(0)
    is_promoted: bool = False
    key: str = ""
    payments: list[Money] = field(default_factory=list)
