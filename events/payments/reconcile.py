"""Ask the provider what no notice told us, and close the checkouts of places that are gone."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from events.models import Notice, Payment, Refund

from . import ledger, refunds, returns, webhooks
from .providers.base import Provider, ProviderRefused, Told
from .rounds import Round

logger = logging.getLogger(__name__)
Kind = Notice.Kind


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the provider knew and we did not; `outcome` is empty until we act on it."""

    about: str
    told: Told
    outcome: str = ""


def unprocessed() -> list[Notice]:
    return list(Notice.objects.filter(processed_at=None).order_by("received_at", "pk"))


def open_payments(provider: Provider) -> list[Payment]:
    """Return them in any order, so that some without an answer are not before others for ever."""
    q = Payment.objects.filter(provider=provider.name, status=Payment.Status.OPEN)
    q = q.exclude(reference="").select_related("registration__event", "registration__workshop")
    return list(q.order_by("?"))


def look_up(provider: Provider, payments: Iterable[Payment], asking: Round) -> Iterator[Finding]:
    """Ask about each payment, without acting on the answers. Money on its way is no news."""
    for payment, told in asking.each(payments, lambda one: _look_up(provider, one)):
        if told and told.kind != Kind.PENDING:
            yield Finding(payment.reference, told)


def _look_up(provider: Provider, payment: Payment) -> Told | None:
    try:
        return provider.look_up(payment)
    except ProviderRefused as refused:  # of another account of the provider, for instance
        logger.error("Payment %s could not be looked up: %s", payment.pk, refused.code)
        return None


def look_back(provider: Provider, since: datetime) -> Iterator[Finding]:
    """Find refunds and disputes of our money, of which we have not heard."""
    for told in provider.look_back(since):
        if not returns.is_known(provider.name, told):
            yield Finding(told.reference, told)


def act_on(provider: Provider, finding: Finding) -> Finding:
    notice = webhooks.take(provider=provider.name, told=finding.told)
    return Finding(finding.about, finding.told, notice.outcome)


def close_lost(provider: Provider) -> int:
    """Close the checkouts of places that are gone, so that nobody pays for them; return how many
    there were. About those without an answer, and money on its way, the next round asks again.
    """
    _give_up_unopened(provider.name)
    lost = [payment for payment in open_payments(provider) if not payment.is_wanted]
    for _ in Round().each(lost, lambda payment: _close(provider, payment)):
        continue
    return len(lost)


def _close(provider: Provider, payment: Payment) -> None:
    try:
        told = provider.close_checkout(payment)
    except ProviderRefused as refused:
        logger.error("Payment %s could not be closed: %s", payment.pk, refused.code)
        return
    if told.kind == Kind.PENDING:
        return
    webhooks.take(provider=provider.name, told=told)  # paid at the last moment, perhaps
    ledger.fail(payment=payment)


def _give_up_unopened(provider: str) -> None:
    """End payments of lost places that never had a page."""
    for payment in Payment.objects.filter(
        provider=provider, status=Payment.Status.OPEN, reference=""
    ).select_related("registration__event"):
        if not payment.is_wanted:
            ledger.fail(payment=payment, error="no_answer")


def close_stranded(provider: str) -> None:
    """End payments of lost places at a provider that cannot be asked any more."""
    q = Payment.objects.filter(provider=provider, status=Payment.Status.OPEN)
    for payment in q.select_related("registration__event"):
        if not payment.is_wanted:
            ledger.fail(payment=payment, error="provider_gone")


def open_refunds(provider: Provider) -> list[Refund]:
    q = Refund.objects.filter(status=Refund.Status.OPEN, payment__provider=provider.name)
    return list(q.select_related("payment__registration__event").order_by("pk"))


def ask_again(provider: Provider, refund: Refund) -> Refund.Status:
    """Ask with the same key as the first time, so that the money goes back once."""
    return refunds.attempt(provider, refund)
