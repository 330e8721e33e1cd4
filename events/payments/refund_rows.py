"""The rows of refunds: one for each attempt, ended once, and with it the payment."""

import uuid

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from events import happened, places
from events.messages import texts
from events.models import Notice, Payment, Refund

from . import balance
from .providers.base import Told

Status = Refund.Status


class NothingToRefund(Exception):
    """The money need not go back, is on its way already, or a bank has taken it."""


def request(*, payment: Payment, by: User | None = None, note: str = "") -> Refund:
    """Write one more attempt to give back what is left of the money, which `run` makes later.

    Raises `NothingToRefund`.
    """
    with places.locked_event(payment.registration.event_id, by=by):
        due = Payment.objects.get(pk=payment.pk)
        if due.status != Payment.Status.REFUND_DUE or due.disputed:
            raise NothingToRefund
        try:
            with transaction.atomic():
                return Refund.objects.create(
                    payment=due,
                    key=new_key(),
                    amount=due.left,
                    currency=due.currency,
                    status=Status.OPEN,
                    requested_by=by,
                    note=note,
                    try_at=timezone.now(),
                    created_at=timezone.now(),
                )
        except IntegrityError as error:
            raise NothingToRefund from error


def new_key() -> str:
    """Make a key that no other site with the same account of the provider can have."""
    return f"refund-{uuid.uuid4()}"


def record_given_back(*, payment: Payment, by: User, reference: str = "", note: str = "") -> Refund:
    """Record that somebody gave the money back by hand. Raises `NothingToRefund`."""
    with transaction.atomic():
        refund = request(payment=payment, by=by, note=note)
        finish(refund, Status.DONE, reference=reference)
        return refund


def finish(refund: Refund, status: Refund.Status, *, reference: str = "", error: str = "") -> bool:
    """End an attempt that is open, and with it the payment. Return False if it has ended before."""
    with places.locked_event(refund.payment.registration.event_id):
        if not Refund.objects.filter(pk=refund.pk, status=Status.OPEN).exists():
            return False
        _end(refund, status, reference=reference, error=error)
        return True


def _end(refund: Refund, status: Refund.Status, *, reference: str = "", error: str = "") -> None:
    outcome = {"status": status, "error": error, "finished_at": timezone.now(), "try_at": None}
    if reference:
        outcome["reference"] = reference
    Refund.objects.filter(pk=refund.pk).update(**outcome)
    balance.recount(refund.payment_id)
    if status == Status.DONE:
        texts.refunded(refund.payment.registration, refund)
        happened.note_refund(happened.Kind.REFUNDED, refund, reference)
    elif status == Status.FAILED:
        happened.note_refund(happened.Kind.REFUND_FAILED, refund, reference, error=error)


def record_outcome(refund: Refund, told: Told) -> Refund.Status:
    """Write what the provider says about an attempt; it may revoke what it said before."""
    with places.locked_event(refund.payment.registration.event_id):
        current = Refund.objects.select_related("payment__registration").get(pk=refund.pk)
        if told.kind == Notice.Kind.REFUNDED:
            _succeed(current, told.reference)
            return Status.DONE
        if told.kind == Notice.Kind.REFUND_FAILED:
            _fail(current, told.reference)
            return Status.FAILED
        Refund.objects.filter(pk=refund.pk, status=Status.OPEN).update(reference=told.reference)
        return Status.OPEN


def _succeed(refund: Refund, reference: str) -> None:
    """A success settles also an attempt that we had given up, but not one that the provider itself
    has ended: then it is an old message.
    """
    is_given_up = refund.status == Status.FAILED and refund.error not in Refund.ENDED_THERE
    if refund.status == Status.OPEN or is_given_up:
        if not refund.by_provider:
            _make_room(refund)
        _end(refund, Status.DONE, reference=reference)


def _make_room(refund: Refund) -> None:
    """End a later attempt of the same money: the provider will refuse it. What a person has given
    by hand since then stays, and this one is counted beside it.
    """
    others = refund.payment.refunds.filter(by_provider=False).exclude(pk=refund.pk)
    open_ones = others.filter(status=Status.OPEN)
    open_ones.update(
        status=Status.FAILED, error="superseded", finished_at=timezone.now(), try_at=None
    )
    if others.filter(status=Status.DONE).exists():
        Refund.objects.filter(pk=refund.pk).update(by_provider=True)


def _fail(refund: Refund, reference: str) -> None:
    """Mark it as failed, also after it was done: money may come back, as from a closed account."""
    if refund.status == Status.OPEN:
        _end(refund, Status.FAILED, reference=reference, error="failed")
    elif refund.status == Status.DONE:
        _end(refund, Status.FAILED, reference=reference, error="bounced")
