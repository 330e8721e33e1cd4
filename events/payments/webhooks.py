"""Verify, store and process what providers tell us, once for each notice.

Notices come twice, late and out of order. One that could not be processed stays stored, and is
processed when the provider repeats it or by `manage.py payments replay`.
"""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from events import happened
from events.models import Notice, Payment

from . import ledger, returns
from .providers.base import Provider, Told

Kind = Notice.Kind
#: What is told about money that has come already.
AFTERWARDS = (*returns.REFUND_KINDS, Kind.REFUND_TOTAL, *returns.DISPUTES)
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
                told_at=told.at,
                received_at=timezone.now(),
            )
    except IntegrityError:
        return Notice.objects.get(provider=provider, external_id=told.external_id[:255])


def process(notice: Notice) -> Notice:
    """Act on a notice. A second call changes nothing, because the ledger checks what it has."""
    act = _act_afterwards if notice.kind in AFTERWARDS else _act_on_payment
    notice.outcome = act(notice)
    notice.processed_at = timezone.now()
    notice.save(update_fields=["outcome", "processed_at"])
    happened.note(
        happened.Kind.NOTICE,
        notice=notice.pk,
        provider=notice.provider,
        about=notice.kind,
        outcome=notice.outcome,
    )
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
    if notice.kind == Kind.PENDING:
        return Kind.PENDING
    received = ledger.receive(
        payment=payment,
        amount=notice.amount or 0,
        currency=notice.currency,
        intent=notice.intent,
        at=notice.received_at,
    )
    _process_early(notice)
    return f"{received.status} {received.problem}".strip()


def _process_early(paid: Notice) -> None:
    """Act on what was told about this money before it was told that it came."""
    q = Notice.objects.filter(provider=paid.provider, outcome=UNMATCHED, kind__in=AFTERWARDS)
    for notice in q.filter(intent=paid.intent).exclude(intent="").order_by("received_at", "pk"):
        process(notice)


def payment_of(notice: Notice) -> Payment | None:
    """Find our payment by the key that we sent along, or by the checkout.

    Another checkout with our key, or one about another sum, is not ours: a copy of this site may
    use the same account.
    """
    q = Payment.objects.filter(provider=notice.provider).select_related(
        "registration__event", "registration__workshop"
    )
    by_key = q.filter(key=notice.key).first() if notice.key else None
    if by_key and _fits(by_key, notice):
        return by_key
    return q.filter(reference=notice.reference).first() if notice.reference else None


def _fits(payment: Payment, notice: Notice) -> bool:
    if payment.reference:
        return payment.reference == notice.reference
    told = (notice.amount, notice.currency)
    return notice.kind == Kind.FAILED or told == (payment.amount, payment.currency)


def _act_afterwards(notice: Notice) -> str:
    told = Told(
        notice.external_id,
        Kind(notice.kind),
        reference=notice.reference,
        intent=notice.intent,
        key=notice.key,
        amount=notice.amount,
        currency=notice.currency,
        at=notice.told_at or notice.received_at,
    )
    return returns.book(notice.provider, told) or UNMATCHED
