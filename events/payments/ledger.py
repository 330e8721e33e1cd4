"""Ask for money, and record what came. Every change happens once, under the event's lock."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from events import happened, places
from events.messages import texts
from events.models import Payment, Registration
from events.models.payment import PaymentQuerySet

Problem = Payment.Problem
Status = Payment.Status
#: Statuses of payments for which money may still come.
UNPAID = (Status.OPEN, Status.FAILED)
#: Problems of money that staff may still accept, once the person may have a place.
ACCEPTABLE = (Problem.LATE, Problem.REFUSED)
#: How long an unanswered request for a page may be repeated as it was.
RENEW_AFTER = timedelta(minutes=1)


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
    """A held place has one open payment. After one that failed, that brought money which could not
    be kept, or that is not the price any more, it gets another.
    """
    mine = Payment.objects.filter(registration=held, provider=provider)
    _give_up_unanswered(mine)
    hold = f"{held.code}-{int(hold_until.timestamp())}"
    same = {"amount": held.amount, "currency": held.currency}
    payment = mine.filter(status=Status.OPEN, **same).first() or Payment.objects.create(
        registration=held,
        provider=provider,
        key=f"{hold}-{mine.filter(key__startswith=hold).count()}",
        status=Status.OPEN,
        created_at=timezone.now(),
        **same,
    )
    payment.registration = held
    return payment


def _give_up_unanswered(payments: PaymentQuerySet) -> None:
    """Fail a payment that has no page after a minute: the times that it asked for are over."""
    is_old = {"created_at__lt": timezone.now() - RENEW_AFTER}
    unanswered = payments.filter(status=Status.OPEN, reference="", **is_old)
    unanswered.update(status=Status.FAILED, error="no_answer")


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
        payment.error = ""
        payment.save(
            update_fields=[
                *("amount", "currency", "intent", "paid_at", "problem", "status", "error")
            ]
        )
        _tell(payment)
        _note_received(payment)
        return payment


def _tell(payment: Payment) -> None:
    """Send the receipt, or the reason why the money goes back: not only once it is back."""
    registration = places.current(payment.registration, payment.registration.event)
    say = texts.money_goes_back if payment.problem else texts.paid
    say(registration, payment)


def _note_received(payment: Payment) -> None:
    if payment.problem:
        happened.note_payment(happened.Kind.REFUND_DUE, payment, problem=payment.problem)
    else:
        happened.note_payment(happened.Kind.PAID, payment)


def _problem(payment: Payment, amount: int, currency: str) -> Payment.Problem | None:
    is_as_asked = (amount, currency) == (payment.amount, payment.currency)
    if not (is_as_asked and payment.is_the_price):
        return Problem.AMOUNT
    return places.confirm_paid(registration=payment.registration)


def fail(*, payment: Payment, error: str = "") -> None:
    """Record that nothing came, and why; `receive` still takes money that comes later."""
    unpaid = Payment.objects.filter(pk=payment.pk, status=Status.OPEN)
    if unpaid.update(status=Status.FAILED, error=error[:80]):
        happened.note(happened.Kind.PAYMENT_FAILED, payment=payment.pk, error=error[:80])


class ReferenceUsed(Exception):
    """Another payment of the event has this reference, and the same money must not count twice."""


def record(
    *,
    registration: Registration,
    provider: str,
    by: User,
    amount: int | None = None,
    reference: str = "",
    note: str = "",
) -> Payment:
    """Record money that came outside of any checkout (by default the agreed amount).

    Raises `ReferenceUsed`.
    """
    with places.locked_event(registration.event_id, by=by) as event:
        if reference and _is_used(reference, registration.event_id, provider):
            raise ReferenceUsed
        agreed = places.current(registration, event)
        payment = Payment.objects.create(
            registration=agreed,
            provider=provider,
            amount=agreed.amount,
            currency=agreed.currency,
            status=Status.OPEN,
            created_at=timezone.now(),
            recorded_by=by,
            reference=reference,
            note=note,
        )
        came = agreed.amount if amount is None else amount
        return receive(payment=payment, amount=came, currency=agreed.currency)


def _is_used(reference: str, event_id: int, provider: str) -> bool:
    """Look at this event only: what other organizers noted is none of one's business."""
    same = Payment.objects.filter(registration__event=event_id, provider=provider)
    return same.filter(reference=reference).exclude(status=Status.MISTAKEN).exists()


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
        texts.paid(payment.registration, payment)
        happened.note_payment(happened.Kind.PAID, payment)
        return True


def _may_be_accepted(payment: Payment) -> bool:
    if payment.status != Status.REFUND_DUE or payment.problem not in ACCEPTABLE:
        return False
    if payment.refunds.filter(status__in=["open", "done"]).exists() or payment.disputes.exists():
        return False
    return payment.is_the_price  # money noted while they only waited came before there was one


# --- What an organizer decides -------------------------------------------------------------------


class NotTakenBack(Exception):
    """The payment did not come by hand, or the place depends on it; `why` is a `places.Tie`."""

    def __init__(self, why: places.Tie) -> None:
        super().__init__(why)
        self.why = why


def take_back(*, payment: Payment, by: User, reason: str) -> Payment:
    """Record that money noted by hand never came. The place has to be paid for again.

    Raises `NotTakenBack`, and changes nothing then.
    """
    with places.locked_event(payment.registration.event_id, by=by) as event:
        payment = Payment.objects.select_related("registration").get(pk=payment.pk)
        if payment.provider != Payment.BY_HAND or not _may_be_taken_back(payment):
            raise NotTakenBack(places.Tie.MONEY)
        paid_for_it = _paid_for_the_place(payment)
        _decide(payment, by, reason, status=Status.MISTAKEN)
        registration = places.current(payment.registration, event)
        if paid_for_it and (tie := places.ask_to_pay_again(registration=registration)):
            raise NotTakenBack(tie)
        texts.payment_mistaken(places.current(registration, event), payment)
        kind = happened.Kind.PAYMENT_MISTAKEN
        happened.note(kind, payment=payment.pk, registration=payment.registration_id)
        return payment


def _may_be_taken_back(payment: Payment) -> bool:
    if payment.status == Status.PAID:
        return True
    went_back = payment.refunds.filter(status__in=["open", "done"]).exists()
    return payment.status == Status.REFUND_DUE and not went_back


def _paid_for_the_place(payment: Payment) -> bool:
    """Return whether the place depends on this money. At a cancelled event it goes back, and the
    place is there again if the event is.
    """
    if payment.status == Status.PAID:
        return True
    goes_back = [Status.REFUND_DUE, Status.REFUNDED]
    for_the_event = {"problem": Problem.EVENT_CANCELLED, "status__in": goes_back}
    others = Payment.objects.filter(registration=payment.registration, **for_the_event)
    is_for_the_event = payment.problem == Problem.EVENT_CANCELLED
    return is_for_the_event and not others.exclude(pk=payment.pk).exists()


def leave_place(*, payment: Payment, by: User, reason: str) -> bool:
    """Record that somebody keeps the place, though its money went back without us."""
    with places.locked_event(payment.registration.event_id, by=by):
        gone = Payment.objects.undecided().filter(pk=payment.pk, status=Status.REFUNDED)
        if not gone.exists():
            return False
        _decide(payment, by, reason)
        return True


def _decide(payment: Payment, by: User, reason: str, **values: object) -> None:
    Payment.objects.filter(pk=payment.pk).update(decided_by=by, decision=reason[:300], **values)
