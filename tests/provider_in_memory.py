"""A provider without a network, which does what the test has in mind."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from events.models import Notice, Payment, Refund
from events.payments.providers.base import Checkout, Limits, ProviderAway, ProviderRefused, Told


class MemoryProvider:
    """`mood` is one of `tests.model_of_money.MOODS`; `given` is what went back, by the key."""

    name = "memory"

    def __init__(self) -> None:
        self.mood = "done"
        self.given: dict[str, tuple[int, int]] = {}

    def open_checkout(self, payment: Payment) -> Checkout:
        return Checkout(f"checkout-{payment.key}", "https://pay.example.org/")

    def limits(self, currency: str) -> Limits | None:
        return Limits(1, 2**31)

    def reopen_checkout(self, payment: Payment) -> Checkout | Told:
        return self.open_checkout(payment)

    def close_checkout(self, payment: Payment) -> Told:
        """Money may come all the same."""
        return Told(f"closed:{payment.key}", Notice.Kind.FAILED, reference=payment.reference)

    def refund(self, refund: Refund) -> Told:
        if refund.key not in self.given:
            if self.mood == "away":
                raise ProviderAway
            if self.mood == "refuse":
                raise ProviderRefused("insufficient_funds")
            given = sum(a for pk, a in self.given.values() if pk == refund.payment_id)
            if given + refund.amount > refund.payment.amount:
                raise ProviderRefused("charge_already_refunded")
            self.given[refund.key] = (refund.payment_id, refund.amount)
            if self.mood == "lost":
                raise ProviderAway
        return Told(f"answer:{refund.key}", Notice.Kind.REFUNDED, reference=f"re-{refund.key}")

    def refunds_of(self, payment: Payment) -> list[Told]:
        return []

    def look_back(self, since: datetime) -> Iterator[Told]:
        return iter(())

    def look_up(self, payment: Payment) -> Told | None:
        return None

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        return None
