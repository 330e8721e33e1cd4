"""Invariant 6: paid places have been paid for, and money goes back once."""

from collections import Counter
from collections.abc import Iterator

from events.models import Payment, Refund, Registration
from events.payments.totals import totals

from .books import Books, Mismatch

Status = Payment.Status
#: Statuses of payments whose money has come, even if it went back since.
RECEIVED = (Status.PAID, Status.REFUND_DUE, Status.REFUNDED)
#: An amount in minor units, and the currency's code.
Money = tuple[int, str]


def paid_means_paid(books: Books) -> Iterator[Mismatch]:
    """A confirmed place has exactly its amount in the ledger, until the event is cancelled and the
    money goes back. For other registrations money stays only by the frozen policy.
    """
    for r in books.registrations:
        payments = books.payments.get(r.pk, [])
        paid = [_money(p) for p in payments if p.status == Status.PAID]
        owed = [(r.amount, r.currency)] if r.amount and _stays_paid(r) else []
        if paid != owed and not (paid and _may_keep(r, paid)):
            yield books.mismatch(6, r, f"paid {paid or 'nothing'}, owed {owed or 'nothing'}")
        back = [_money(p) for p in payments if p.problem == Payment.Problem.EVENT_CANCELLED]
        if _goes_back(r) and (r.amount, r.currency) not in back:
            yield books.mismatch(6, r, "the event is cancelled, and its money does not go back")


def _stays_paid(r: Registration) -> bool:
    return r.status == Registration.Status.CONFIRMED and not r.event.is_cancelled


def _goes_back(r: Registration) -> bool:
    is_confirmed = r.status == Registration.Status.CONFIRMED
    return r.amount > 0 and is_confirmed and r.event.is_cancelled


def _may_keep(r: Registration, paid: list[Money]) -> bool:
    ended_at = r.ended_at
    if r.status != Registration.Status.CANCELLED or ended_at is None:
        return False
    return paid == [(r.amount, r.currency)] and not r.gets_money_back(ended_at)


def money_says_where_it_is_from(books: Books) -> Iterator[Mismatch]:
    for r in books.registrations:
        for p in books.payments.get(r.pk, []):
            if p.status not in RECEIVED:
                continue
            if p.provider == Payment.BY_HAND and p.recorded_by_id is None:
                yield books.mismatch(6, r, f"payment {p.pk} names nobody who recorded it")
            if p.provider != Payment.BY_HAND and not (p.reference or p.intent):
                yield books.mismatch(6, r, f"payment {p.pk} has no name at {p.provider}")


def goes_back_once(books: Books) -> Iterator[Mismatch]:
    for r in books.registrations:
        for p in books.payments.get(r.pk, []):
            wrong = _wrong(p, books.refunds.get(p.pk, []))
            yield from (books.mismatch(6, r, f"payment {p.pk} {text}") for text in wrong)


def _wrong(payment: Payment, refunds: list[Refund]) -> Iterator[str]:
    done = [_money(refund) for refund in refunds if refund.status == Refund.Status.DONE]
    came = [_money(payment)] if payment.status == Status.REFUNDED else []
    if done != came:
        yield f"is {payment.status}, and {done or 'nothing'} went back"
    if sum(amount for amount, _currency in done) > payment.amount:
        yield f"of {payment.amount} gave more back than came"
    is_open = any(refund.status == Refund.Status.OPEN for refund in refunds)
    if is_open and payment.status != Status.REFUND_DUE:
        yield f"is {payment.status}, and is being given back"
    if refunds and payment.status not in RECEIVED:
        yield f"is {payment.status}, and has refunds"


def sums_agree(books: Books) -> Iterator[Mismatch]:
    counted = Counter[str]()
    for p in (p for payments in books.payments.values() for p in payments):
        if p.status in RECEIVED:
            counted[p.currency] += p.amount
    for refund in (refund for refunds in books.refunds.values() for refund in refunds):
        if refund.status == Refund.Status.DONE:
            counted[refund.currency] -= refund.amount
    held = Counter({total.currency: total.held for total in totals(books.event)})
    for currency in sorted({*counted, *held}):
        if counted[currency] != held[currency]:
            text = f"holds {counted[currency]} {currency}, the totals say {held[currency]}"
            yield books.mismatch(6, books.event, text)


def _money(row: Payment | Refund) -> Money:
    return row.amount, row.currency
