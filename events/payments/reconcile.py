"""Ask the provider what no notice told us, and close the checkouts of places that are gone."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from events.models import Notice, Payment, Refund

from . import ledger, refunds, webhooks
from .providers.base import Provider, ProviderAway, ProviderRefused, Told

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the provider knew and we did not; `outcome` is empty until we act on it."""

    about: str
    told: Told
    outcome: str = ""


def unprocessed() -> list[Notice]:
    return list(Notice.objects.filter(processed_at=None).order_by("received_at", "pk"))


def open_payments(provider: Provider) -> list[Payment]:
    q = Payment.objects.filter(provider=provider.name, status=Payment.Status.OPEN)
    q = q.exclude(reference="").select_related("registration__event", "registration__workshop")
    return list(q.order_by("pk"))


def look_up(provider: Provider, payments: Iterable[Payment]) -> Iterator[Finding]:
    """Ask about each payment, without acting on the answers. Raises `ProviderAway`."""
    for payment, told in _answers(provider, payments):
        if told:
            yield Finding(payment.reference, told)


def act_on(provider: Provider, finding: Finding) -> Finding:
    notice = webhooks.take(provider=provider.name, told=finding.told)
    return Finding(finding.about, finding.told, notice.outcome)


def close_lost(provider: Provider) -> int:
    """Close the checkouts of places that are gone, so that nobody pays for them; return how many
    there were. If the provider is away, the next round tries again.
    """
    lost = [payment for payment in open_payments(provider) if not payment.is_wanted]
    try:
        for payment, told in _answers(provider, lost, closing=True):
            if told:  # closed now, or paid at the last moment, of which no notice may ever come
                webhooks.take(provider=provider.name, told=told)
            ledger.fail(payment=payment)
    except ProviderAway:
        return 0
    return len(lost)


def _answers(
    provider: Provider, payments: Iterable[Payment], *, closing: bool = False
) -> Iterator[tuple[Payment, Told | None]]:
    """Yield what the provider says about each. One that it refuses to talk about, because it is of
    another account for instance, stays open and does not keep the others waiting.
    """
    for payment in payments:
        try:
            if closing:
                provider.close_checkout(payment)
            told = provider.look_up(payment)
        except ProviderRefused as refused:
            logger.error("Payment %s could not be looked up: %s", payment.pk, refused.code)
            continue
        yield payment, told


def open_refunds(provider: Provider) -> list[Refund]:
    q = Refund.objects.filter(status=Refund.Status.OPEN, payment__provider=provider.name)
    return list(q.select_related("payment__registration__event").order_by("pk"))


def ask_again(provider: Provider, refund: Refund) -> Refund.Status:
    """Ask with the same key as the first time, so that the money goes back once."""
    return refunds.attempt(provider, refund)
