"""Verify, store and process what providers tell us, once for each notice.

Notices come twice, late and out of order. One that could not be processed stays stored, and is
processed when the provider repeats it or by `manage.py payments replay`.
"""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from events.models import Notice, Payment, Refund

from . import ledger, refunds
from .providers.base import Provider, Told

Kind = Notice.Kind
REFUND_KINDS = (Kind.REFUNDED, Kind.REFUND_PENDING, Kind.REFUND_FAILED)
#: Outcome of a notice about money that we never asked for; staff have to look at it.
UNMATCHED = "unmatched"


def hear(provider: Provider, body: bytes, headers: Mapping[str, str]) -> Notice | None:
    """Verify, store and process a webhook. Return None for event types we ignore.

    Raises `ForeignNotice`, and writes nothing, if it is not from the provider.
    """
    told = provider.read(body, headers)
    return take(provider=provider.name, told=told) if told else None


def take(*, provider: str, told: Told) -> Notice:
    notice = write_down(provider, told)
    return notice if notice.processed_at else process(notice)


def write_down(provider: str, told: Told) -> Notice:
    try:
        with transaction.atomic():
            return Notice.objects.create(
                provider=provider,
                external_id=told.external_id[:255],
                kind=told.kind,
                reference=told.reference[:255],
                intent=told.intent[:255],
                key=told.key[:80],
                amount=told.amount,
                currency=told.currency[:3],
                received_at=timezone.now(),
            )
    except IntegrityError:
        return Notice.objects.get(provider=provider, external_id=told.external_id[:255])


def process(notice: Notice) -> Notice:
    """Act on a notice. A second call changes nothing, because the ledger checks what it has."""
    act = _act_on_refund if notice.kind in REFUND_KINDS else _act_on_payment
    notice.outcome = act(notice)
    notice.processed_at = timezone.now()
    notice.save(update_fields=["outcome", "processed_at"])
    return notice


def _act_on_payment(notice: Notice) -> str:
    payment = payment_of(notice)
    if payment is None:
        return UNMATCHED
    if notice.reference and not payment.reference:
        ledger.save_reference(payment, notice.reference)
    if notice.kind == Kind.FAILED:
        ledger.fail(payment=payment)
        return Payment.Status.FAILED
    received = ledger.receive(
        payment=payment,
        amount=notice.amount or 0,
        currency=notice.currency,
        intent=notice.intent,
        at=notice.received_at,
    )
    return f"{received.status} {received.problem}".strip()


def payment_of(notice: Notice) -> Payment | None:
    q = Payment.objects.filter(provider=notice.provider).select_related(
        "registration__event", "registration__workshop"
    )
    by_key = q.filter(key=notice.key).first() if notice.key else None
    return by_key or (q.filter(reference=notice.reference).first() if notice.reference else None)


def _act_on_refund(notice: Notice) -> str:
    q = Refund.objects.filter(payment__provider=notice.provider)
    q = q.select_related("payment__registration")
    refund = q.filter(key=notice.key).first() if notice.key else None
    refund = refund or q.filter(reference=notice.reference).exclude(reference="").first()
    if refund is None:
        return UNMATCHED
    told = Told(notice.external_id, Kind(notice.kind), reference=notice.reference)
    return refunds.record_outcome(refund, told)
