"""Read what Stripe says: events of its webhook, and objects of its API, as facts in our terms."""

from datetime import UTC, datetime
from typing import Any

import stripe

from events.models import Notice

from .base import ForeignNotice, Told
from .stripe_amounts import from_stripe

Kind = Notice.Kind
#: How old a signed notice may be, and how far our clock may be behind.
TOLERANCE = 300
#: What Stripe says about a checkout, by the type of its event.
CHECKOUT_KINDS = {
    "checkout.session.completed": Kind.PAID,
    "checkout.session.async_payment_succeeded": Kind.PAID,
    "checkout.session.async_payment_failed": Kind.FAILED,
    "checkout.session.expired": Kind.FAILED,
}
REFUND_EVENTS = frozenset(
    {"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"}
)
REFUND_KINDS = {
    "succeeded": Kind.REFUNDED,
    "failed": Kind.REFUND_FAILED,
    "canceled": Kind.REFUND_FAILED,
}
#: While a bank only asks, the money stays. It takes the money when it opens a dispute.
DISPUTE_KINDS = {
    "warning_needs_response": Kind.DISPUTE_ASKED,
    "warning_under_review": Kind.DISPUTE_ASKED,
    "warning_closed": Kind.DISPUTE_WON,
    "prevented": Kind.DISPUTE_WON,
    "won": Kind.DISPUTE_WON,
    "lost": Kind.DISPUTE_LOST,
}
#: Statuses of the money behind a complete checkout from which no more will come.
OVER = frozenset({"canceled", "requires_payment_method"})


def read_signed(body: bytes, signature: str, secret: str) -> Told | None:
    """Verify and read an event; return None if it is about something else than our money.

    Raises `ForeignNotice` if it is not Stripe's, too old, or not an event at all.
    """
    try:
        event = stripe.Webhook.construct_event(body, signature, secret, TOLERANCE)
        return _event_told(event)
    except stripe.SignatureVerificationError as error:
        raise ForeignNotice from error
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError, OSError) as error:
        raise ForeignNotice from error


def _event_told(event: Any) -> Told | None:
    about, at = event.data.object, _instant(getattr(event, "created", None))
    if event.type in CHECKOUT_KINDS:
        kind = CHECKOUT_KINDS[event.type]
        if event.type == "checkout.session.completed" and about.payment_status != "paid":
            return None  # another notice follows when the money is here
        return checkout_told(event.id, kind, about, at)
    if event.type == "charge.refunded":
        return _charge_told(event.id, about, at)
    if event.type.startswith("charge.dispute."):
        return dispute_told(event.id, about, at)
    return refund_told(event.id, about, at) if event.type in REFUND_EVENTS else None


def session_told(session: Any) -> Told | None:
    """Return what became of a checkout that was looked up; None while it can be paid."""
    kind = _kind_of(session)
    if kind is None:
        return None
    return checkout_told(f"looked-up:{session.id}:{kind}", kind, session)


def _kind_of(session: Any) -> Kind | None:
    if session.payment_status == "paid":
        return Kind.PAID
    if session.status == "expired":
        return Kind.FAILED
    if session.status != "complete":
        return None
    intent_status = getattr(session.payment_intent, "status", "")
    return Kind.FAILED if intent_status in OVER else Kind.PENDING


def checkout_told(external_id: str, kind: Kind, session: Any, at: datetime | None = None) -> Told:
    currency = (session.currency or "").upper()
    return Told(
        external_id=external_id,
        kind=kind,
        reference=session.id,
        intent=_id(session.payment_intent),
        key=key_of(session),
        amount=from_stripe(session.amount_total or 0, currency),
        currency=currency,
        at=at,
    )


def refund_told(external_id: str, refund: Any, at: datetime | None = None) -> Told:
    currency = refund.currency.upper()
    return Told(
        external_id=external_id,
        kind=REFUND_KINDS.get(refund.status, Kind.REFUND_PENDING),
        reference=refund.id,
        intent=_id(refund.payment_intent),
        key=key_of(refund),
        amount=from_stripe(refund.amount, currency),
        currency=currency,
        at=at,
    )


def _charge_told(external_id: str, charge: Any, at: datetime | None) -> Told:
    currency = charge.currency.upper()
    return Told(
        external_id=external_id,
        kind=Kind.REFUND_TOTAL,
        reference=charge.id,
        intent=_id(charge.payment_intent),
        amount=from_stripe(charge.amount_refunded, currency),
        currency=currency,
        at=at,
    )


def dispute_told(external_id: str, dispute: Any, at: datetime | None) -> Told:
    currency = dispute.currency.upper()
    return Told(
        external_id=external_id,
        kind=DISPUTE_KINDS.get(dispute.status, Kind.DISPUTED),
        reference=dispute.id,
        intent=_id(dispute.payment_intent),
        amount=from_stripe(dispute.amount, currency),
        currency=currency,
        at=at,
    )


def _instant(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _id(related: Any) -> str:
    return related if isinstance(related, str) else str(getattr(related, "id", "") or "")


def key_of(about: Any) -> str:
    metadata = getattr(about, "metadata", None)
    return str(metadata["key"])[:80] if metadata and "key" in metadata else ""
