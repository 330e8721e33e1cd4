"""Sending somebody to where they pay. Written, then asked for, then noted: each can be repeated."""

import logging

from events.models import Payment, Registration

from . import ledger, webhooks
from .providers.base import Provider, ProviderAway, ProviderRefused

logger = logging.getLogger(__name__)


def start(*, registration: Registration, provider: Provider) -> str:
    """The address at which to pay; the same checkout however often somebody asks.

    Raises `NothingToPay`, `ProviderAway`, `ProviderRefused`.
    """
    payment = ledger.ask(registration=registration, provider=provider.name)
    try:
        checkout = provider.checkout(payment)
    except ProviderRefused:
        if not payment.reference:  # the next try is another payment, under another key
            ledger.fail(payment=payment)
        raise
    ledger.note_reference(payment, checkout.reference)
    return checkout.address


def close_lost(provider: Provider) -> int:
    """Close the checkouts of places that are gone, so that nobody pays for them; how many."""
    lost = [payment for payment in _open(provider) if not payment.is_wanted]
    for payment in lost:
        try:
            provider.give_up(payment)
            told = provider.look_up(payment)
        except ProviderAway:
            return 0  # the next round tries again
        except ProviderRefused as refused:  # it stays open: nobody knows what became of it
            logger.error("Payment %s could not be looked up: %s", payment.pk, refused.code)
            continue
        if told:  # closed now, or paid in the last moment, of which no notice may ever come
            webhooks.take(provider=provider.name, told=told)
        ledger.fail(payment=payment)
    return len(lost)


def _open(provider: Provider) -> list[Payment]:
    q = Payment.objects.filter(provider=provider.name, status=Payment.Status.OPEN)
    return list(
        q.exclude(reference="").select_related("registration__event", "registration__workshop")
    )
