"""Stripe: hosted Checkout, signed webhooks, refunds. The library is version 16.

All we send carries a key of ours (`metadata`, and the idempotency key), by which we find it again
after an interruption. Amounts and states come from signed notices or from Stripe's API, never from
the visitor. https://docs.stripe.com/api/checkout/sessions
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import stripe
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from events.models import Payment, Refund

from . import stripe_notices
from .base import Checkout, Limits, ProviderRefused, Told
from .stripe_amounts import NotChargeable, limits, to_stripe
from .stripe_errors import errors
from .stripe_notices import read_signed

SECONDS = 10
#: How far our clock may be ahead of Stripe's, or behind it.
SKEW = timedelta(minutes=5)
#: Stripe keeps a checkout open for 30 minutes to 24 hours, by its own clock. We stay a minute away
#: from both ends, and ask again with the same key for one minute (`ledger.RENEW_AFTER`). If the
#: hold ends before its checkout, we close that.
SHORTEST_CHECKOUT = timedelta(minutes=32) + SKEW
LONGEST_CHECKOUT = timedelta(hours=24) - timedelta(minutes=1) - SKEW
#: Delayed ways of paying, like bank debits, take longer than a place is held.
METHODS = ["card"]


class StripeProvider:
    name = "stripe"

    def __init__(self) -> None:
        self.client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_API_URL},
            max_network_retries=0,  # we ask again ourselves, with the same key
            http_client=stripe.RequestsClient(timeout=SECONDS),
        )

    def limits(self, currency: str) -> Limits | None:
        return limits(currency)

    # --- Checkouts -------------------------------------------------------------------------------

    def open_checkout(self, payment: Payment) -> Checkout:
        asked = self._checkout(payment)
        with errors():
            session = self.client.v1.checkout.sessions.create(
                asked,  # type: ignore[arg-type]  # its TypedDict wants every literal spelled out
                {"idempotency_key": f"checkout-{payment.key}"},
            )
            return Checkout(session.id, session.url or str(asked["cancel_url"]))

    def _checkout(self, payment: Payment) -> dict[str, object]:
        registration = payment.registration
        product = {"name": " ".join(registration.bookable.title.split())}
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": _chargeable(payment),
            "product_data": product,
        }
        return {
            "mode": "payment",
            "payment_method_types": METHODS,
            "client_reference_id": str(registration.code),
            "metadata": {"key": payment.key},
            "payment_intent_data": {"metadata": {"key": payment.key}},
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": f"{settings.SITE_URL}{reverse('events:paid', args=[registration.code])}",
            "cancel_url": settings.SITE_URL + reverse("events:registrations"),
            "expires_at": _expires_at(payment),
        }

    def reopen_checkout(self, payment: Payment) -> Checkout | Told:
        session = self._session(payment)
        if told := stripe_notices.session_told(session):
            return told
        return Checkout(session.id, session.url)

    def close_checkout(self, payment: Payment) -> Told:
        try:
            with errors():
                session: Any = self.client.v1.checkout.sessions.expire(payment.reference)
        except ProviderRefused:  # closed or paid already
            session = self._session(payment)
        told = stripe_notices.session_told(session)
        if told is None:
            raise ProviderRefused("still_open")
        return told

    def look_up(self, payment: Payment) -> Told | None:
        return stripe_notices.session_told(self._session(payment))

    def _session(self, payment: Payment) -> Any:
        with errors():
            return self.client.v1.checkout.sessions.retrieve(
                payment.reference, {"expand": ["payment_intent"]}
            )

    # --- Refunds ---------------------------------------------------------------------------------

    def refund(self, refund: Refund) -> Told:
        """Look for the refund first, because Stripe forgets keys after a day."""
        with errors():
            made = self._find_refund(refund) or self._new_refund(refund)
            return stripe_notices.refund_told(f"answer:{made.id}:{made.status}", made)

    def _find_refund(self, refund: Refund) -> Any:
        if refund.reference:
            return self.client.v1.refunds.retrieve(refund.reference)
        if refund.tries <= 1:
            return None
        made = self._refunds_of(refund.payment)
        return next((one for one in made if stripe_notices.key_of(one) == refund.key), None)

    def _new_refund(self, refund: Refund) -> Any:
        asked = {
            "payment_intent": refund.payment.intent,
            "amount": to_stripe(refund.amount, refund.currency),
            "metadata": {"key": refund.key},
        }
        spent = f"-{refund.spent_keys}" if refund.spent_keys else ""
        return self.client.v1.refunds.create(
            asked,  # type: ignore[arg-type]  # as above
            {"idempotency_key": refund.key + spent},
        )

    def refunds_of(self, payment: Payment) -> list[Told]:
        with errors():
            return [_looked_up_refund(one) for one in self._refunds_of(payment)]

    def _refunds_of(self, payment: Payment) -> list[Any]:
        asked: Any = {"payment_intent": payment.intent, "limit": 100}
        return list(self.client.v1.refunds.list(asked).auto_paging_iter())

    # --- What happened ---------------------------------------------------------------------------

    def look_back(self, since: datetime) -> Iterator[Told]:
        asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        with errors():
            for refund in self.client.v1.refunds.list(asked).auto_paging_iter():
                yield _looked_up_refund(refund)
            for dispute in self.client.v1.disputes.list(asked).auto_paging_iter():
                external_id = f"looked-up:{dispute.id}:{dispute.status}"
                yield stripe_notices.dispute_told(external_id, dispute, timezone.now())

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        signature = headers.get("Stripe-Signature", "")
        return read_signed(body, signature, settings.STRIPE_WEBHOOK_SECRET)


def _looked_up_refund(refund: Any) -> Told:
    return stripe_notices.refund_told(f"looked-up:{refund.id}:{refund.status}", refund)


def _chargeable(payment: Payment) -> int:
    """Convert the amount. Raises `ProviderRefused`, as Stripe would, without asking."""
    found = limits(payment.currency)
    if found is None:
        raise ProviderRefused("currency_not_chargeable")
    if payment.amount < found.smallest:
        raise ProviderRefused("amount_too_small")
    if payment.amount > found.largest:
        raise ProviderRefused("amount_too_large")
    try:
        return to_stripe(payment.amount, payment.currency)
    except NotChargeable as error:
        raise ProviderRefused("amount_not_chargeable") from error


def _expires_at(payment: Payment) -> int:
    """Return the end of the hold, or the nearest that Stripe accepts, in seconds since 1970.

    It depends only on the payment, so that a repeated request is the same request.
    """
    earliest = payment.created_at + SHORTEST_CHECKOUT
    latest = payment.created_at + LONGEST_CHECKOUT
    hold_until = payment.registration.hold_until or earliest
    return int(min(max(hold_until, earliest), latest).timestamp())
