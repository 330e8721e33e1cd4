"""A provider without a network, which does what the test has in mind."""

from collections.abc import Mapping

from events.models import Notice, Payment, Refund
from events.payments.providers.base import Checkout, ProviderAway, ProviderRefused, Told


class MemoryProvider:
    """`mood` is one of `tests.model_of_money.MOODS`; `given` is what went back, by the key."""

    name = "memory"

    def __init__(self) -> None:
        self.mood = "done"
        self.given: dict[str, tuple[int, int]] = {}

    def open_checkout(self, payment: Payment) -> Checkout:
        return Checkout(f"checkout-{payment.key}", "https://pay.example.org/")

    def close_checkout(self, payment: Payment) -> None:
        """Money may come all the same."""

    def refund(self, refund: Refund) -> Told:
        if refund.key not in self.given:
            if self.mood == "away":
                raise ProviderAway
            if self.mood == "refuse":
                raise ProviderRefused("insufficient_funds")
            self.given[refund.key] = (refund.payment_id, refund.amount)
            if self.mood == "lost":
                raise ProviderAway
        return Told(f"answer:{refund.key}", Notice.Kind.REFUNDED, reference=f"re-{refund.key}")

    def look_up(self, payment: Payment) -> Told | None:
        return None

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        return None
