"""Make the status of a payment follow what has gone back of it."""

from django.utils import timezone

from events import places
from events.models import Event, Payment, Refund, Registration

Problem = Payment.Problem
Status = Payment.Status


def recount(payment_id: int) -> Payment:
    """Compare what came with what has gone back, and store the status that follows.

    The caller holds the event's lock.
    """
    payment = Payment.objects.select_related("registration__event").get(pk=payment_id)
    if payment.status in (Status.PAID, Status.REFUND_DUE) and _is_gone(payment):
        _set(payment, Status.REFUNDED, payment.problem or _why_gone(payment))
        _end_attempts(payment)
    elif payment.status == Status.REFUNDED and payment.left:
        _come_back(payment)
    return payment


def _is_gone(payment: Payment) -> bool:
    went = any(refund.status == Refund.Status.DONE for refund in payment.refunds.all())
    return not payment.left and (went or payment.lost > 0)


def _end_attempts(payment: Payment) -> None:
    """The provider will refuse what is still under way: nothing is left to give back."""
    payment.refunds.filter(status=Refund.Status.OPEN).update(
        status=Refund.Status.FAILED,
        error="superseded",
        finished_at=timezone.now(),
        try_at=None,
    )


def _why_gone(payment: Payment) -> str:
    return Problem.DISPUTED if payment.lost else Problem.RETURNED


def _come_back(payment: Payment) -> None:
    """A refund bounced, or a dispute was won after all. The money stays only if the place is still
    there for it; otherwise it has to go back.
    """
    if payment.problem not in Payment.BEHIND_OUR_BACK:
        _set(payment, Status.REFUND_DUE, payment.problem)
    elif payment.registration.event.status == Event.Status.CANCELLED:
        _set(payment, Status.REFUND_DUE, Problem.EVENT_CANCELLED)
    elif _pays_for_a_place(payment):
        _set(payment, Status.PAID, "")
    else:
        _set(payment, Status.REFUND_DUE, payment.problem)


def _pays_for_a_place(payment: Payment) -> bool:
    event = payment.registration.event
    held = places.current(payment.registration, event)
    others = held.payments.paid().exclude(pk=payment.pk)
    return held.status == Registration.Status.CONFIRMED and not others.exists()


def _set(payment: Payment, status: Payment.Status, problem: str) -> None:
    payment.status, payment.problem = status, problem
    payment.decided_by, payment.decision = None, ""
    payment.save(update_fields=["status", "problem", "decided_by", "decision"])
