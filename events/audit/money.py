"""Invariant 6: paid places have been paid for, and money goes back once."""

from collections import Counter
from collections.abc import Iterator

from events.models import Dispute, Payment, Refund, Registration
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
        if _stays_paid(r) and (gone := _gone(r, payments)):
            if gone.decided_by_id is None:
                text = f"its money is gone ({gone.problem}), and nobody has decided about the place"
                yield books.mismatch(6, r, text)
            continue
        paid = [_money(p) for p in payments if p.status == Status.PAID]
        owed = [(r.amount, r.currency)] if r.amount and _stays_paid(r) else []
        if paid != owed and not (paid and _may_keep(r, paid)):
            yield books.mismatch(6, r, f"paid {paid or 'nothing'}, owed {owed or 'nothing'}")
        back = [_money(p) for p in payments if _went_for_the_event(p)]
        if _goes_back(r) and (r.amount, r.currency) not in back:
            yield books.mismatch(6, r, "the event is cancelled, and its money does not go back")


def _gone(r: Registration, payments: list[Payment]) -> Payment | None:
    """Return the payment of a place whose money went back behind our back."""
    if any(p.status == Status.PAID for p in payments):
        return None
    gone = (p for p in payments if p.status == Status.REFUNDED and _money(p) == _price(r))
    return next((p for p in gone if p.problem in Payment.BEHIND_OUR_BACK), None)


def _price(r: Registration) -> Money:
    return r.amount, r.currency


def _went_for_the_event(p: Payment) -> bool:
    return p.problem == Payment.Problem.EVENT_CANCELLED or p.status == Status.REFUNDED


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
            wrong = _wrong(p, books.refunds.get(p.pk, []), books.disputes.get(p.pk, []))
            yield from (books.mismatch(6, r, f"payment {p.pk} {text}") for text in wrong)


def _wrong(payment: Payment, refunds: list[Refund], disputes: list[Dispute]) -> Iterator[str]:
    done = [_money(refund) for refund in refunds if refund.status == Refund.Status.DONE]
    lost = [_money(one) for one in disputes if one.status == Dispute.Status.LOST]
    gone = sum(amount for amount, currency in done + lost if currency == payment.currency)
    is_refunded = payment.status == Status.REFUNDED
    is_foreign = any(currency != payment.currency for _amount, currency in done + lost)
    is_too_much = not is_refunded and 0 < payment.amount <= gone
    if (is_refunded and gone != payment.amount) or is_too_much or is_foreign:
        yield f"is {payment.status}, and {done + lost or 'nothing'} went back"
    if sum(amount for amount, _currency in done + lost) > payment.amount:
        yield f"of {payment.amount} gave more back than came"
    is_open = any(r.status == Refund.Status.OPEN and not r.by_provider for r in refunds)
    if is_open and payment.status != Status.REFUND_DUE:
        yield f"is {payment.status}, and is being given back"
    if (refunds or lost) and payment.status not in RECEIVED:
        yield f"is {payment.status}, and has refunds"


def sums_agree(books: Books) -> Iterator[Mismatch]:
    counted = Counter[str]()
    for p in (p for payments in books.payments.values() for p in payments):
        gone = (books.refunds.get(p.pk, []), books.disputes.get(p.pk, []))
        for amount, currency in _moved(p, *gone):
            counted[currency] += amount
    held = Counter({total.currency: total.held for total in totals(books.event)})
    for currency in sorted({*counted, *held}):
        if counted[currency] != held[currency]:
            text = f"holds {counted[currency]} {currency}, the totals say {held[currency]}"
            yield books.mismatch(6, books.event, text)


def _moved(p: Payment, refunds: list[Refund], disputes: list[Dispute]) -> Iterator[Money]:
    """Yield what came (positive), and what went back or was taken by a bank (negative)."""
    if p.status in RECEIVED:
        yield p.amount, p.currency
    done = [_money(refund) for refund in refunds if refund.status == Refund.Status.DONE]
    done += [_money(dispute) for dispute in disputes if dispute.status == Dispute.Status.LOST]
    yield from ((-amount, currency) for amount, currency in done)
    left = max(p.amount - sum(amount for amount, _currency in done), 0)
    for dispute in disputes:
        if dispute.status == Dispute.Status.OPEN:
            taken = min(dispute.amount, left)
            left -= taken
            yield -taken, dispute.currency


def _money(row: Payment | Refund | Dispute) -> Money:
    return row.amount, row.currency
