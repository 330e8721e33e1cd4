"""Actions of the sandbox's payment page: each sends the webhook what Stripe would send."""

import json
import uuid
from collections.abc import Mapping
from typing import Any

import stripe

from events.models import Notice, Payment

from . import webhooks
from .providers.sandbox import SandboxProvider, secret
from .providers.stripe_amounts import to_stripe
from .rounds import Round


def pay(payment: Payment, *, times: int = 1, more: int = 0, intent: str = "paid") -> None:
    """Pay `more` than was asked for, `times` times; if more than once, repeat the first notice."""
    event = _event(payment, "checkout.session.completed", more=more, intent=intent)
    for number in range(times):
        _deliver(event | {"id": f"{event['id']}-{number}"})
    if times > 1:
        _deliver(event | {"id": f"{event['id']}-0"})


def fail(payment: Payment) -> None:
    _deliver(_event(payment, "checkout.session.expired"))


def pay_late(payment: Payment) -> None:
    """Store the notice of the money without processing it, until the hold is over."""
    told = SandboxProvider().read(*_signed(_event(payment, "checkout.session.completed")))
    if told is not None:
        webhooks.write_down("sandbox", told)


def deliver_late() -> int:
    waiting = Notice.objects.filter(provider="sandbox", processed_at=None)
    late = [n for n in waiting if (p := webhooks.payment_of(n)) and not p.is_wanted]
    return len(list(Round().each(late, webhooks.process)))


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
    header = stripe.WebhookSignature.generate_signature_header(body, secret())
    return body.encode(), {"Stripe-Signature": header}


def _deliver(event: Mapping[str, Any]) -> None:
    webhooks.hear(SandboxProvider(), *_signed(event))
