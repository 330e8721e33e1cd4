"""Finding out what no notice told us, and acting again on notices that could not be acted on."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from events.models import Notice, Payment, Refund

from . import refunds, webhooks
from .providers.base import Provider, ProviderRefused, Told

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the provider knows and we did not, and what became of it."""

    about: str
    told: Told
    outcome: str = ""


def unprocessed() -> list[Notice]:
    """Notices that were written down and not acted on, oldest first."""
    return list(Notice.objects.filter(processed_at=None).order_by("received_at", "pk"))


def open_payments(provider: Provider) -> list[Payment]:
    """Checkouts of which no end is known."""
    q = Payment.objects.filter(provider=provider.name, status=Payment.Status.OPEN)
    q = q.exclude(reference="").select_related("registration__event", "registration__workshop")
    return list(q.order_by("pk"))


def look_up(provider: Provider, payments: Iterable[Payment]) -> Iterator[Finding]:
    """What the provider says about each of them, without acting on it."""
    for payment in payments:
        try:
            told = provider.look_up(payment)
        except ProviderRefused as refused:  # of another account, say; the others go on
            logger.error("Payment %s could not be looked up: %s", payment.pk, refused.code)
            continue
        if told:
            yield Finding(payment.reference, told)


def settle(provider: Provider, finding: Finding) -> Finding:
    """Act on what was found, in the same way as on a notice."""
    notice = webhooks.take(provider=provider.name, told=finding.told)
    return Finding(finding.about, finding.told, notice.outcome)


def open_refunds(provider: Provider) -> list[Refund]:
    """Refunds of which no end is known."""
    q = Refund.objects.filter(status=Refund.Status.OPEN, payment__provider=provider.name)
    return list(q.select_related("payment__registration__event").order_by("pk"))


def ask_again(provider: Provider, refund: Refund) -> Refund.Status:
    """With the key of the first time, so that it happens once."""
    return refunds.attempt(provider, refund)
