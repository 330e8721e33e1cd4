"""Refunds. Each row is one attempt; a cancellation stands even if its refund fails.

We write the attempt, ask the provider outside of transactions, then write the outcome. If that is
interrupted we ask again with the same key, so that money goes back exactly once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from events import places
from events.messages import texts
from events.models import Event, Notice, Payment, Refund

from .providers.base import Provider, ProviderAway, ProviderRefused, Told

logger = logging.getLogger(__name__)
Status = Refund.Status
#: Pauses after which we ask again about an attempt of unknown outcome; the last one repeats.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1_440))
#: How many attempts may fail before a person has to decide.
ATTEMPTS = 3


def is_given_back(event: Event) -> bool:
    back = [Payment.Status.REFUND_DUE, Payment.Status.REFUNDED]
    q = Payment.objects.filter(registration__event=event, status__in=back)
    return q.filter(problem=Payment.Problem.EVENT_CANCELLED).exists()


class NothingToRefund(Exception):
    """The money need not go back, or is on its way already."""


@dataclass(frozen=True, slots=True)
class Given:
    """How many refunds of one round ended how."""

    done: int = 0
    open: int = 0
    failed: int = 0


def request(*, payment: Payment, by: User | None = None, note: str = "") -> Refund:
    """Write one more attempt to give the money back, which `run` makes later.

    Raises `NothingToRefund`.
    """
    with places.locked_event(payment.registration.event_id):
        due = Payment.objects.get(pk=payment.pk)
        if due.status != Payment.Status.REFUND_DUE:
            raise NothingToRefund
        number = due.refunds.count() + 1
        try:
            with transaction.atomic():
                return Refund.objects.create(
                    payment=due,
                    key=f"refund-{due.pk}-{number}",
                    amount=due.amount,
                    currency=due.currency,
                    status=Status.OPEN,
                    requested_by=by,
                    note=note,
                    try_at=timezone.now(),
                    created_at=timezone.now(),
                )
        except IntegrityError as error:
            raise NothingToRefund from error


def record_given_back(*, payment: Payment, by: User, reference: str = "", note: str = "") -> Refund:
    """Record that somebody gave the money back by hand. Raises `NothingToRefund`."""
    with transaction.atomic():
        refund = request(payment=payment, by=by, note=note)
        finish(refund, Status.DONE, reference=reference)
        return refund


def finish(refund: Refund, status: Refund.Status, *, reference: str = "", error: str = "") -> bool:
    """End an attempt, and with it the payment. Return False if it has ended before."""
    with places.locked_event(refund.payment.registration.event_id):
        unfinished = Refund.objects.filter(pk=refund.pk, status=Status.OPEN)
        outcome = {"status": status, "error": error, "finished_at": timezone.now(), "try_at": None}
        if reference:
            outcome["reference"] = reference
        if not unfinished.update(**outcome):
            return False
        if status == Status.DONE:
            due = Payment.objects.filter(pk=refund.payment_id, status=Payment.Status.REFUND_DUE)
            due.update(status=Payment.Status.REFUNDED)
            _tell(refund)
        return True


def _tell(refund: Refund) -> None:
    texts.refunded(refund.payment.registration, refund)


# --- What housekeeping does ----------------------------------------------------------------------


def run(provider: Provider) -> Given:
    """Start the refunds that need no decision, and make all attempts that are due."""
    for payment in _without_attempt(provider.name):
        try:
            request(payment=payment)
        except NothingToRefund:
            continue  # somebody else was quicker
    outcomes = []
    for refund in list(_due(provider.name, timezone.now())):
        try:
            outcomes.append(attempt(provider, refund))
        except ProviderAway:
            outcomes.append(Status.OPEN)
            break  # each of the others would only wait as long
    return Given(*(outcomes.count(s) for s in (Status.DONE, Status.OPEN, Status.FAILED)))


def _without_attempt(provider: str) -> Iterator[Payment]:
    q = Payment.objects.to_refund().filter(provider=provider, problem__in=Payment.AUTOMATIC)
    for payment in q.select_related("registration").prefetch_related("refunds").order_by("pk"):
        attempts = list(payment.refunds.all())
        if len(attempts) < ATTEMPTS and all(r.status == Status.FAILED for r in attempts):
            yield payment


def _due(provider: str, now: datetime) -> Iterator[Refund]:
    q = Refund.objects.filter(Q(try_at=None) | Q(try_at__lte=now), status=Status.OPEN)
    q = q.filter(payment__provider=provider).order_by("pk")
    yield from q.select_related("payment__registration")


def attempt(provider: Provider, refund: Refund) -> Refund.Status:
    """Ask the provider without holding a lock, then write what it says.

    Raises `ProviderAway`: then the outcome is unknown, and the attempt stays open.
    """
    pause = PAUSES[min(refund.tries, len(PAUSES) - 1)]
    claimed = Refund.objects.filter(pk=refund.pk, status=Status.OPEN, tries=refund.tries)
    if not claimed.update(tries=F("tries") + 1, try_at=timezone.now() + pause):
        return Status.OPEN  # another process is asking
    refund.tries += 1
    try:
        told = provider.refund(refund)
    except ProviderRefused as refused:
        logger.error("Refund %s was refused: %s", refund.pk, refused.code)
        finish(refund, Status.FAILED, error=refused.code)
        return Status.FAILED
    return record_outcome(refund, told)


def record_outcome(refund: Refund, told: Told) -> Refund.Status:
    """Write what the provider says about an attempt; it may revoke what it said before."""
    if told.kind == Notice.Kind.REFUNDED:
        finish(refund, Status.DONE, reference=told.reference)
        return Status.DONE
    if told.kind == Notice.Kind.REFUND_FAILED:
        if not finish(refund, Status.FAILED, reference=told.reference, error="failed"):
            _bounce(refund)
        return Status.FAILED
    Refund.objects.filter(pk=refund.pk, status=Status.OPEN).update(reference=told.reference)
    return Status.OPEN


def _bounce(refund: Refund) -> None:
    """The money went back and returned, as from a closed bank account: it is due again."""
    with places.locked_event(refund.payment.registration.event_id):
        done = Refund.objects.filter(pk=refund.pk, status=Status.DONE)
        if done.update(status=Status.FAILED, error="bounced", finished_at=timezone.now()):
            given = Payment.objects.filter(pk=refund.payment_id, status=Payment.Status.REFUNDED)
            given.update(status=Payment.Status.REFUND_DUE)
