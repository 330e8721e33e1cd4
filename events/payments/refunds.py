"""Refunds. Each row is one attempt; a cancellation stands even if its refund fails.

We write the attempt, ask the provider outside of transactions, then write the outcome. If that is
interrupted we ask again with the same key, so that money goes back exactly once.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from events.models import Event, Payment, Refund

from . import returns
from .providers.base import KeySpent, Provider, ProviderAway, ProviderRefused
from .refund_rows import NothingToRefund, finish, record_given_back, record_outcome, request
from .rounds import Round

__all__ = ["NothingToRefund", "finish", "record_given_back", "record_outcome", "request"]

logger = logging.getLogger(__name__)
Status = Refund.Status
#: Pauses after which we ask again about an attempt of unknown outcome; the last one repeats.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1_440))
#: How many attempts may fail before a person has to decide, and the pause between them.
ATTEMPTS = 3
ATTEMPT_PAUSE = timedelta(days=1)
#: Refusals that say something about this money, so that they are final even if an earlier request
#: was not answered.
ABOUT_THE_MONEY = frozenset(
    {"charge_already_refunded", "charge_disputed", "insufficient_funds", "balance_insufficient"}
)


def is_given_back(event: Event) -> bool:
    back = [Payment.Status.REFUND_DUE, Payment.Status.REFUNDED]
    q = Payment.objects.filter(registration__event=event, status__in=back)
    return q.filter(problem=Payment.Problem.EVENT_CANCELLED).exists()


@dataclass(frozen=True, slots=True)
class Given:
    """Count the refunds of one round by their end."""

    done: int = 0
    open: int = 0
    failed: int = 0

    def __add__(self, other: "Given") -> "Given":
        return Given(self.done + other.done, self.open + other.open, self.failed + other.failed)


# --- What housekeeping does ----------------------------------------------------------------------


def run(provider: Provider) -> Given:
    """Start the refunds that need no decision, and make all attempts that are due."""
    start_due(provider.name)
    asking = Round()
    due = _due(provider.name, timezone.now())
    outcomes = [status for _, status in asking.each(due, lambda refund: attempt(provider, refund))]
    counts = Given(*(outcomes.count(s) for s in (Status.DONE, Status.OPEN, Status.FAILED)))
    return counts + Given(open=asking.away)


def start_due(provider: str) -> list[Refund]:
    return [refund for _, refund in Round().each(_without_attempt(provider), _start) if refund]


def _start(payment: Payment) -> Refund | None:
    try:
        return request(payment=payment)
    except NothingToRefund:  # somebody else was quicker
        return None


def _without_attempt(provider: str) -> list[Payment]:
    """Return payments to give back by the rules. A bank that has asked about one comes first."""
    q = Payment.objects.to_refund().filter(provider=provider, problem__in=Payment.AUTOMATIC)
    q = q.select_related("registration").prefetch_related("refunds", "disputes").order_by("pk")
    return [payment for payment in q if not payment.is_disputed and _may_try(payment)]


def _may_try(payment: Payment) -> bool:
    """Three attempts, a day apart: most of what stands in the way is mended by a person."""
    attempts = [refund for refund in payment.refunds.all() if not refund.by_provider]
    long_ago = timezone.now() - ATTEMPT_PAUSE
    is_over = all(
        r.status == Status.FAILED and r.finished_at and r.finished_at <= long_ago for r in attempts
    )
    return is_over and len(attempts) < ATTEMPTS


def _due(provider: str, now: datetime) -> list[Refund]:
    q = Refund.objects.filter(Q(try_at=None) | Q(try_at__lte=now), status=Status.OPEN)
    q = q.filter(payment__provider=provider).exclude(payment__disputes__status="open")
    return list(q.select_related("payment__registration").order_by("try_at", "pk"))


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
    except KeySpent:
        Refund.objects.filter(pk=refund.pk).update(spent_keys=F("spent_keys") + 1)
        raise
    except ProviderRefused as refused:
        return _refused(provider, refund, refused)
    return record_outcome(refund, told)


def _refused(provider: Provider, refund: Refund, refused: ProviderRefused) -> Refund.Status:
    """Believe a refusal only if nothing can have been done before it, and look at the truth first:
    somebody may have given the money back at the provider.
    """
    logger.warning("Refund %s was refused: %s", refund.pk, refused.code)
    returns.book_all(provider, refund.payment)
    refund.refresh_from_db()
    if refund.status != Status.OPEN:
        return Status(refund.status)
    if refund.tries > 1 and refused.code not in ABOUT_THE_MONEY:
        raise ProviderAway from refused
    finish(refund, Status.FAILED, error=refused.code)
    return Status.FAILED


# --- Providers that are gone ---------------------------------------------------------------------


def hand_over(provider: str) -> int:
    """Give refunds to a person whose provider cannot be asked any more; return how many."""
    fresh = [p for p in _without_attempt(provider) if not p.refunds.all()]  # once, not every day
    for _ in Round().each(fresh, _start):
        continue
    q = Refund.objects.filter(payment__provider=provider, status=Status.OPEN)
    rows = list(q.select_related("payment__registration"))
    return sum(ended for _, ended in Round().each(rows, _end_stranded))


def _end_stranded(refund: Refund) -> bool:
    return finish(refund, Status.FAILED, error="provider_gone")


def stranded(known: Iterable[str]) -> list[str]:
    """Return the names of providers with money under way that are not among the known ones."""
    under_way = Q(status__in=[Payment.Status.OPEN, Payment.Status.REFUND_DUE])
    q = Payment.objects.filter(under_way).exclude(provider__in=[*known, Payment.BY_HAND])
    return sorted(set(q.order_by().values_list("provider", flat=True)))
