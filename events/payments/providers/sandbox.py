"""A stand-in for Stripe, for development and the demo: a local page on which to pay, or not.

Its notices have the shape of Stripe's, are signed, and are read and processed by the same code.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from events.models import Notice, Payment, Refund

from .base import Checkout, Limits, ProviderRefused, Told
from .stripe_amounts import limits
from .stripe_notices import read_signed

#: Refunds of intents that begin like this are refused, to see what the site does then.
STUBBORN = "stubborn"


class SandboxProvider:
    name = "sandbox"

    def limits(self, currency: str) -> Limits | None:
        return limits(currency)

    def open_checkout(self, payment: Payment) -> Checkout:
        found = limits(payment.currency)
        if found is None or not found.allow(payment.amount):
            raise ProviderRefused("amount_not_chargeable")
        return _page(payment)

    def reopen_checkout(self, payment: Payment) -> Checkout | Told:
        return _page(payment)

    def close_checkout(self, payment: Payment) -> Told:
        """Do nothing: the page itself checks whether the payment is open."""
        return Told(f"closed:{payment.key}", Notice.Kind.FAILED, reference=payment.reference)

    def refund(self, refund: Refund) -> Told:
        if refund.payment.intent.startswith(STUBBORN):
            raise ProviderRefused("insufficient_funds")
        return Told(f"answer:{refund.key}", Notice.Kind.REFUNDED, reference=f"re-{refund.key}")

    def refunds_of(self, payment: Payment) -> list[Told]:  # noqa: ARG002 - the seam
        """Return nothing: there is no other way to give money back here."""
        return []

    def look_up(self, payment: Payment) -> Told | None:  # noqa: ARG002 - the seam
        """Return None: it has told us everything it knows."""
        return None

    def look_back(self, since: datetime) -> Iterator[Told]:  # noqa: ARG002 - the seam
        return iter(())

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        return read_signed(body, headers.get("Stripe-Signature", ""), secret())


def _page(payment: Payment) -> Checkout:
    reference = f"sandbox-{payment.key}"
    address = settings.SITE_URL + reverse("events:sandbox-pay", args=[reference])
    return Checkout(reference, address)


def secret() -> str:
    return salted_hmac("events.payments.sandbox", "webhook").hexdigest()
