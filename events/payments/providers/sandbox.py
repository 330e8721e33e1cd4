"""A stand-in for Stripe, for development and the demo: a page on which to pay, or not.

What it says takes the same way as Stripe's notices: events of the same shape, signed, read and
acted on by the same code.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from events.models import Notice, Payment, Refund
from events.payments import webhooks

from .base import Checkout, ProviderRefused, Told
from .stripe import read_signed
from .stripe_amounts import to_stripe

#: An intent that refuses to give the money back, to see what the site does then.
STUBBORN = "stubborn"


class SandboxProvider:
    name = "sandbox"

    def checkout(self, payment: Payment) -> Checkout:
        reference = f"sandbox-{payment.key}"
        address = settings.SITE_URL + reverse("events:sandbox-pay", args=[reference])
        return Checkout(reference, address)

    def give_up(self, payment: Payment) -> None:
        """Nothing has to be closed: the page looks at what is open."""

    def refund(self, refund: Refund) -> Told:
        if refund.payment.intent.startswith(STUBBORN):
            raise ProviderRefused("insufficient_funds")
        return Told(f"answer:{refund.key}", Notice.Kind.REFUNDED, reference=f"re-{refund.key}")

    def look_up(self, payment: Payment) -> Told | None:  # noqa: ARG002 - the seam
        """It knows of nothing that it has not told."""
        return None

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        return read_signed(body, headers.get("Stripe-Signature", ""), _secret())


def _secret() -> str:
    return salted_hmac("events.payments.sandbox", "webhook").hexdigest()


# --- What can be done on its page ----------------------------------------------------------------


def pay(payment: Payment, *, times: int = 1, more: int = 0, intent: str = "paid") -> None:
    """The money comes, `more` than asked for; told `times` times, the first of them twice."""
    event = _event(payment, "checkout.session.completed", more=more, intent=intent)
    for number in range(times):
        _deliver(event | {"id": f"{event['id']}-{number}"})
    if times > 1:
        _deliver(event | {"id": f"{event['id']}-0"})


def fail(payment: Payment) -> None:
    _deliver(_event(payment, "checkout.session.expired"))


def pay_late(payment: Payment) -> None:
    """The money comes, but nobody hears of it before the hold is over."""
    told = SandboxProvider().read(*_signed(_event(payment, "checkout.session.completed")))
    if told is not None:
        webhooks.write_down("sandbox", told)


def deliver_late() -> int:
    """Act on what was held back until the place was lost; how many notices."""
    waiting = Notice.objects.filter(provider="sandbox", processed_at=None)
    late = [n for n in waiting if (p := webhooks.payment_of(n)) and not p.is_wanted]
    for notice in late:
        webhooks.process(notice)
    return len(late)


def _event(payment: Payment, kind: str, *, more: int = 0, intent: str = "paid") -> dict[str, Any]:
    amount = to_stripe(payment.amount, payment.currency) + more
    session = {
        "id": payment.reference,
        "object": "checkout.session",
        "amount_total": amount,
        "currency": payment.currency.lower(),
        "metadata": {"key": payment.key},
        "payment_intent": f"{intent}-{payment.key}",
        "payment_status": "paid" if kind.endswith("completed") else "unpaid",
    }
    return {
        "id": f"evt-{uuid.uuid4()}",
        "object": "event",
        "type": kind,
        "data": {"object": session},
    }


def _signed(event: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(event)
    header = stripe.WebhookSignature.generate_signature_header(body, _secret())
    return body.encode(), {"Stripe-Signature": header}


def _deliver(event: Mapping[str, Any]) -> None:
    webhooks.hear(SandboxProvider(), *_signed(event))
