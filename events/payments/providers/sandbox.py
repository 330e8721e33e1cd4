"""A stand-in for Stripe, for development and the demo: a local page on which to pay, or not.

Its notices have the shape of Stripe's, are signed, and are read and processed by the same code.
"""

from collections.abc import Mapping

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from events.models import Notice, Payment, Refund

from .base import Checkout, ProviderRefused, Told
from .stripe import read_signed

#: Refunds of intents that begin like this are refused, to see what the site does then.
STUBBORN = "stubborn"


class SandboxProvider:
    name = "sandbox"

    def open_checkout(self, payment: Payment) -> Checkout:
        reference = f"sandbox-{payment.key}"
        address = settings.SITE_URL + reverse("events:sandbox-pay", args=[reference])
        return Checkout(reference, address)

    def close_checkout(self, payment: Payment) -> None:
        """Do nothing: the page itself checks whether the payment is open."""

    def refund(self, refund: Refund) -> Told:
        if refund.payment.intent.startswith(STUBBORN):
            raise ProviderRefused("insufficient_funds")
        return Told(f"answer:{refund.key}", Notice.Kind.REFUNDED, reference=f"re-{refund.key}")

    def look_up(self, payment: Payment) -> Told | None:  # noqa: ARG002 - the seam
        """Return None: it has told us everything it knows."""
        return None

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        return read_signed(body, headers.get("Stripe-Signature", ""), secret())


def secret() -> str:
    return salted_hmac("events.payments.sandbox", "webhook").hexdigest()
