"""Book what went back without our asking: refunds made at the provider, and disputes of banks."""

from datetime import datetime

from django.utils import timezone

from events import places
from events.models import Dispute, Notice, Payment, Refund

from . import balance, refund_rows
from .providers.base import Provider, ProviderAway, ProviderRefused, Told

Kind = Notice.Kind
RECEIVED = (Payment.Status.PAID, Payment.Status.REFUND_DUE, Payment.Status.REFUNDED)
REFUND_KINDS = (Kind.REFUNDED, Kind.REFUND_PENDING, Kind.REFUND_FAILED)
DISPUTES = {
    Kind.DISPUTE_ASKED: Dispute.Status.ASKED,
    Kind.DISPUTED: Dispute.Status.OPEN,
    Kind.DISPUTE_WON: Dispute.Status.WON,
    Kind.DISPUTE_LOST: Dispute.Status.LOST,
}


def book(provider: str, told: Told) -> str | None:
    """Book what a provider tells about money that came, and return the outcome.

    Return None if it is not about money of ours: intent, currency and amount have to fit.
    """
    payment = _payment_of(provider, told)
    if payment is None:
        return None
    if told.kind in DISPUTES:
        return _book_dispute(payment, told)
    if told.amount is None or told.amount > payment.amount:
        return None
    if told.kind == Kind.REFUND_TOTAL:
        return _book_total(payment, told)
    return _book_refund(payment, told)


def is_known(provider: str, told: Told) -> bool:
    """Return whether booking this would change nothing, because it is booked or not ours."""
    payment = _payment_of(provider, told)
    if payment is None:
        return True
    if told.kind in DISPUTES:
        same = payment.disputes.filter(reference=told.reference, status=DISPUTES[told.kind])
        return same.exists()
    refund = _own_or_known(payment, told)
    expected = {Kind.REFUNDED: "done", Kind.REFUND_PENDING: "open"}.get(told.kind, "failed")
    return refund.status == expected if refund else told.kind == Kind.REFUND_FAILED


def book_all(provider: Provider, payment: Payment) -> None:
    """Ask for all refunds of a payment and book them. If that fails too, nothing is booked."""
    try:
        for told in provider.refunds_of(payment):
            book(provider.name, told)
    except (ProviderRefused, ProviderAway):
        return


def _payment_of(provider: str, told: Told) -> Payment | None:
    if not told.intent:
        return None
    q = Payment.objects.filter(provider=provider, intent=told.intent, currency=told.currency)
    return q.filter(status__in=RECEIVED).select_related("registration").first()


# --- Refunds -------------------------------------------------------------------------------------


def _book_refund(payment: Payment, told: Told) -> str | None:
    with places.locked_event(payment.registration.event_id):
        refund = _own_or_known(payment, told)
        if refund is None and told.kind == Kind.REFUND_FAILED:
            return Refund.Status.FAILED
        if refund is not None and refund.amount != told.amount:
            return None
        return refund_rows.record_outcome(refund or _new(payment, told), told)


def _own_or_known(payment: Payment, told: Told) -> Refund | None:
    """Find the refund by our key, or by the provider's own id."""
    own = payment.refunds.filter(key=told.key).first() if told.key else None
    known = payment.refunds.filter(reference=told.reference).exclude(reference="")
    return own or known.first()


def _new(payment: Payment, told: Told) -> Refund:
    """Make a row for a refund that we did not ask for. It may be counted in a total already."""
    _take_out_of_total(payment, told.amount or 0)
    return _create(payment, told.amount or 0, reference=told.reference)


def _create(payment: Payment, amount: int, *, reference: str = "") -> Refund:
    return Refund.objects.create(
        payment=payment,
        key=refund_rows.new_key(),
        amount=amount,
        currency=payment.currency,
        status=Refund.Status.OPEN,
        reference=reference,
        by_provider=True,
        created_at=timezone.now(),
    )


def _take_out_of_total(payment: Payment, amount: int) -> None:
    nameless = payment.refunds.filter(by_provider=True, reference="", status=Refund.Status.DONE)
    for row in nameless:
        taken = min(amount, row.amount)
        amount -= taken
        if taken == row.amount:
            row.delete()
        elif taken:
            row.amount -= taken
            row.save(update_fields=["amount"])


def _book_total(payment: Payment, told: Told) -> str:
    """A charge says only how much has gone back of it altogether: book what we have not heard of.

    It may be an attempt of ours whose answer has not come.
    """
    with places.locked_event(payment.registration.event_id):
        rows = list(payment.refunds.exclude(status=Refund.Status.FAILED))
        unheard = [r for r in rows if r.status == Refund.Status.OPEN and not r.reference]
        more = (told.amount or 0) - sum(r.amount for r in rows if r not in unheard)
        if more > 0:
            own = next((r for r in unheard if r.amount == more), None)
            row = own or _create(payment, more)
            named = Told(told.external_id, Kind.REFUNDED)
            refund_rows.record_outcome(row, named)
        return balance.recount(payment.pk).status


# --- Disputes ------------------------------------------------------------------------------------


def _book_dispute(payment: Payment, told: Told) -> str:
    with places.locked_event(payment.registration.event_id):
        at = told.at or timezone.now()
        found = payment.disputes.filter(reference=told.reference).first()
        dispute = found or Dispute(
            payment=payment, reference=told.reference, created_at=timezone.now()
        )
        if found is None or _is_news(dispute, at):
            dispute.status, dispute.told_at = DISPUTES[Kind(told.kind)], at
            dispute.amount = min(told.amount or 0, max(payment.amount - payment.given_back, 0))
            dispute.currency = told.currency
            dispute.save()
        balance.recount(payment.pk)
        return f"dispute {dispute.status}"


def _is_news(dispute: Dispute, at: datetime) -> bool:
    """Messages come in any order. Of two at the same second the one that ends it is the later."""
    if at == dispute.told_at:
        return dispute.is_undecided
    return at > dispute.told_at
