"""Ask for money, and record what came. Every change happens once, under the event's lock."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from events import places
from events.messages import texts
from events.models import Payment, Registration

Problem = Payment.Problem
Status = Payment.Status
#: Statuses of payments for which money may still come.
UNPAID = (Status.OPEN, Status.FAILED)
#: Problems of money that staff may still accept, once the person may have a place.
ACCEPTABLE = (Problem.LATE, Problem.REFUSED)


class NothingToPay(Exception):
    """The place is paid for, lost, or only waited for."""


def ask(*, registration: Registration, provider: str) -> Payment:
    """Return the open payment for a held place; asking again returns the same one.

    Raises `NothingToPay`.
    """
    with places.locked_event(registration.event_id) as event:
        held = places.current(registration, event)
        if not held.is_payable(timezone.now()) or held.hold_until is None:
            raise NothingToPay
        return _open_payment(held, held.hold_until, provider)


def _open_payment(held: Registration, hold_until: datetime, provider: str) -> Payment:
    """Each hold has one open payment. After one that failed, or that brought money which could not
    be kept, it gets another.
    """
    hold = f"{held.code}-{int(hold_until.timestamp())}"
    before = Payment.objects.filter(registration=held, provider=provider, key__startswith=hold)
    payment, _is_new = Payment.objects.get_or_create(
        provider=provider,
        key=f"{hold}-{before.exclude(status=Status.OPEN).count()}",
        defaults={
            "registration": held,
            "amount": held.amount,
            "currency": held.currency,
            "status": Status.OPEN,
            "created_at": timezone.now(),
        },
    )
    payment.registration = held
    return payment


def save_reference(payment: Payment, reference: str) -> None:
    Payment.objects.filter(pk=payment.pk).exclude(reference=reference).update(reference=reference)
    payment.reference = reference


def receive(
    *, payment: Payment, amount: int, currency: str, intent: str = "", at: datetime | None = None
) -> Payment:
    """Record that money came and confirm the place, or mark why it has to go back.

    A second call changes nothing.
    """
    with places.locked_event(payment.registration.event_id):
        payment = Payment.objects.select_related("registration").get(pk=payment.pk)
        if payment.status not in UNPAID:
            return payment
        problem = _problem(payment, amount, currency)
        payment.amount, payment.currency, payment.intent = amount, currency, intent
        payment.paid_at = at or timezone.now()
        payment.problem = problem or ""
        payment.status = Status.REFUND_DUE if problem else Status.PAID
        payment.save(update_fields=["amount", "currency", "intent", "paid_at", "problem", "status"])
        if problem:  # they hear of it at once, and not only when the money is back
            _tell(payment)
        return payment


def _tell(payment: Payment) -> None:
    registration = places.current(payment.registration, payment.registration.event)
    texts.money_goes_back(registration, payment)


def _problem(payment: Payment, amount: int, currency: str) -> Payment.Problem | None:
    if (amount, currency) != (payment.amount, payment.currency):
        return Problem.AMOUNT
    return places.confirm_paid(registration=payment.registration)


def fail(*, payment: Payment) -> None:
    """Record that nothing came; `receive` still takes money that comes later."""
    Payment.objects.filter(pk=payment.pk, status=Status.OPEN).update(status=Status.FAILED)


class ReferenceUsed(Exception):
    """Another payment has this reference, and the same money must not count twice."""


def record(
    *, registration: Registration, provider: str, amount: int | None = None, **said: object
) -> Payment:
    """Record money that came outside of any checkout (by default the agreed amount).

    `said` are fields of the payment. Raises `ReferenceUsed`.
    """
    try:
        with transaction.atomic(), places.locked_event(registration.event_id) as event:
            agreed = places.current(registration, event)
            payment = Payment.objects.create(
                registration=agreed,
                provider=provider,
                amount=agreed.amount,
                currency=agreed.currency,
                status=Status.OPEN,
                created_at=timezone.now(),
                **said,
            )
            came = agreed.amount if amount is None else amount
            return receive(payment=payment, amount=came, currency=agreed.currency)
    except IntegrityError as error:
        used = Payment.objects.filter(provider=provider, reference=said.get("reference") or None)
        if used.exists():
            raise ReferenceUsed from error
        raise


def accept(*, payment: Payment) -> bool:
    """Give the place after all, for money that came late or from somebody who was refused then.

    Return False if that is not possible now either.
    """
    with places.locked_event(payment.registration.event_id):
        payment = Payment.objects.select_related("registration").get(pk=payment.pk)
        if not _may_be_accepted(payment):
            return False
        if places.confirm_paid(registration=payment.registration) is not None:
            return False
        Payment.objects.filter(pk=payment.pk).update(status=Status.PAID, problem="")
        return True


def _may_be_accepted(payment: Payment) -> bool:
    if payment.status != Status.REFUND_DUE or payment.problem not in ACCEPTABLE:
        return False
    if payment.refunds.filter(status__in=["open", "done"]).exists():
        return False
    return _is_the_price(payment)


def _is_the_price(payment: Payment) -> bool:
    """Money noted while the person only waited came before the place had a price."""
    agreed = payment.registration
    return (payment.amount, payment.currency) == (agreed.amount, agreed.currency)
