"""Stripe: hosted Checkout, signed webhooks, refunds. The library is version 16.

All we send carries a key of ours (`metadata`, and the idempotency key), by which we find it again
after an interruption. Amounts and states come from signed notices or from Stripe's API, never from
the visitor. https://docs.stripe.com/api/checkout/sessions
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import stripe
from django.conf import settings
from django.urls import reverse

from events.models import Notice, Payment, Refund
from neos_backend.outside import Bound, TooManyWait

from .base import Checkout, ForeignNotice, ProviderAway, ProviderBusy, ProviderRefused, Told
from .stripe_amounts import NotChargeable, from_stripe, to_stripe

Kind = Notice.Kind
SECONDS = 10
CALLS = Bound()
#: How old a signed notice may be, and how far our clock may be behind.
TOLERANCE = 300
#: Stripe accepts no checkout that closes earlier than this. If the hold ends before, we close it.
SHORTEST_CHECKOUT = timedelta(minutes=31)
#: What Stripe says about a checkout or a refund, by the type of its event.
CHECKOUT_KINDS = {
    "checkout.session.completed": Kind.PAID,
    "checkout.session.async_payment_succeeded": Kind.PAID,
    "checkout.session.async_payment_failed": Kind.FAILED,
    "checkout.session.expired": Kind.FAILED,
}
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})
REFUND_KINDS = {
    "succeeded": Kind.REFUNDED,
    "failed": Kind.REFUND_FAILED,
    "canceled": Kind.REFUND_FAILED,
}


class StripeProvider:
    name = "stripe"

    def __init__(self) -> None:
        self.client = stripe.StripeClient(
            settings.STRIPE_SECRET_KEY,
            base_addresses={"api": settings.STRIPE_API_URL},
            max_network_retries=0,  # we ask again ourselves, with the same key
            http_client=stripe.RequestsClient(timeout=SECONDS),
        )

    def open_checkout(self, payment: Payment) -> Checkout:
        if payment.reference:
            with _errors():
                session = self.client.v1.checkout.sessions.retrieve(payment.reference)
            if session.url:
                return Checkout(session.id, session.url)
        return self._new_checkout(payment)

    def _new_checkout(self, payment: Payment) -> Checkout:
        registration = payment.registration
        mine = settings.SITE_URL + reverse("events:registrations")
        try:
            amount = to_stripe(payment.amount, payment.currency)
        except NotChargeable as error:
            raise ProviderRefused("amount_not_chargeable") from error
        product = {"name": " ".join(registration.bookable.title.split())}
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": amount,
            "product_data": product,
        }
        asked = {
            "mode": "payment",
            "client_reference_id": str(registration.code),
            "metadata": {"key": payment.key},
            "payment_intent_data": {"metadata": {"key": payment.key}},
            "line_items": [{"quantity": 1, "price_data": price}],
            "success_url": f"{settings.SITE_URL}{reverse('events:paid', args=[registration.code])}",
            "cancel_url": mine,
            "expires_at": _expires_at(payment),
        }
        with _errors():
            session = self.client.v1.checkout.sessions.create(
                asked,  # type: ignore[arg-type]  # its TypedDict wants every literal spelled out
                {"idempotency_key": f"checkout-{payment.key}"},
            )
            return Checkout(session.id, session.url or mine)

    def close_checkout(self, payment: Payment) -> None:
        try:
            with _errors():
                self.client.v1.checkout.sessions.expire(payment.reference)
        except ProviderRefused:
            return  # closed or paid already, and a notice says which

    def refund(self, refund: Refund) -> Told:
        """Look for the refund first, because Stripe forgets keys after a day."""
        with _errors():
            made = self._find_refund(refund) or self._new_refund(refund)
            return _refund_told(f"answer:{made.id}:{made.status}", made)

    def _find_refund(self, refund: Refund) -> Any:
        refunds = self.client.v1.refunds
        if refund.reference:
            return refunds.retrieve(refund.reference)
        if refund.tries <= 1:
            return None
        made = refunds.list({"payment_intent": refund.payment.intent, "limit": 100})
        return next((one for one in made.data if _key(one) == refund.key), None)

    def _new_refund(self, refund: Refund) -> Any:
        asked = {
            "payment_intent": refund.payment.intent,
            "amount": to_stripe(refund.amount, refund.currency),
            "metadata": {"key": refund.key},
        }
        return self.client.v1.refunds.create(
            asked,  # type: ignore[arg-type]  # as above
            {"idempotency_key": refund.key},
        )

    def look_up(self, payment: Payment) -> Told | None:
        with _errors():
            session = self.client.v1.checkout.sessions.retrieve(payment.reference)
        if session.payment_status == "paid":
            return _checkout_told(f"looked-up:{session.id}:paid", Kind.PAID, session)
        if session.status == "expired":
            return _checkout_told(f"looked-up:{session.id}:expired", Kind.FAILED, session)
        return None

    def read(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        signature = headers.get("Stripe-Signature", "")
        return read_signed(body, signature, settings.STRIPE_WEBHOOK_SECRET)


def read_signed(body: bytes, signature: str, secret: str) -> Told | None:
    """Verify and read an event; return None if it is about something else than our money.

    Raises `ForeignNotice` if it is not Stripe's, too old, or not an event at all.
    """
    try:
        event = stripe.Webhook.construct_event(body, signature, secret, TOLERANCE)
        return _event_told(event)
    except stripe.SignatureVerificationError as error:
        raise ForeignNotice from error
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ForeignNotice from error


def _event_told(event: Any) -> Told | None:
    about = event.data.object
    if event.type in CHECKOUT_KINDS:
        kind = CHECKOUT_KINDS[event.type]
        if event.type == "checkout.session.completed" and about.payment_status != "paid":
            return None  # another notice follows when the money is here
        return _checkout_told(event.id, kind, about)
    return _refund_told(event.id, about) if event.type in REFUND_EVENTS else None


def _checkout_told(external_id: str, kind: Notice.Kind, session: Any) -> Told:
    currency = (session.currency or "").upper()
    return Told(
        external_id=external_id,
        kind=kind,
        reference=session.id,
        intent=_id(session.payment_intent),
        key=_key(session),
        amount=from_stripe(session.amount_total or 0, currency),
        currency=currency,
    )


def _refund_told(external_id: str, refund: Any) -> Told:
    currency = refund.currency.upper()
    return Told(
        external_id=external_id,
        kind=REFUND_KINDS.get(refund.status, Kind.REFUND_PENDING),
        reference=refund.id,
        intent=_id(refund.payment_intent),
        key=_key(refund),
        amount=from_stripe(refund.amount, currency),
        currency=currency,
    )


def _id(related: Any) -> str:
    return related if isinstance(related, str) else str(getattr(related, "id", "") or "")


def _key(about: Any) -> str:
    metadata = about.metadata
    return str(metadata["key"])[:80] if metadata and "key" in metadata else ""


def _expires_at(payment: Payment) -> int:
    """Return the end of the hold, or the earliest that Stripe accepts, in seconds since 1970.

    It depends only on the payment, so that a repeated request is the same request.
    """
    hold_until = payment.registration.hold_until or payment.created_at
    return int(max(hold_until, payment.created_at + SHORTEST_CHECKOUT).timestamp())


@contextmanager
def _errors() -> Iterator[None]:
    """Raise `ProviderAway` if the outcome is unknown, `ProviderRefused` if nothing happened.

    Of one process, only a few threads wait for Stripe at the same time; others hear so at once.
    """
    try:
        with CALLS.enter(settings.OUTSIDE_CALLS):
            yield
    except TooManyWait as error:
        raise ProviderBusy("busy") from error
    except (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError) as error:
        raise ProviderAway(_code(error)) from error
    except stripe.StripeError as error:
        raise ProviderRefused(_code(error)) from error


def _code(error: stripe.StripeError) -> str:
    """Return Stripe's code. The library does not pass it on for every kind of error."""
    return error.code or getattr(error.error, "code", None) or type(error).__name__
