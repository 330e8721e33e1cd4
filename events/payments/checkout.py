"""Send somebody to the provider's page on which they pay. Every step can be repeated safely."""

from events.models import Notice, Payment, Registration

from . import ledger, webhooks
from .providers.base import Checkout, KeySpent, Provider, ProviderRefused


class MoneyOnItsWay(ledger.NothingToPay):
    """Somebody has paid, and the money has not arrived yet."""


def start(*, registration: Registration, provider: Provider) -> str:
    """Return the address at which to pay; it stays the same for one hold.

    Raises `NothingToPay`, `ProviderAway`, `ProviderRefused`. After an error without a page the next
    try is another payment, under another key.
    """
    payment = ledger.ask(registration=registration, provider=provider.name)
    if payment.reference:
        if checkout := _reopen(provider, payment):
            return checkout.address
        payment = ledger.ask(registration=registration, provider=provider.name)
    return _open(provider, payment).address


def _open(provider: Provider, payment: Payment) -> Checkout:
    try:
        checkout = provider.open_checkout(payment)
    except ProviderRefused as refused:
        ledger.fail(payment=payment, error=refused.code)
        raise
    except KeySpent:  # nobody knows the address of a page that may have been made under this key
        ledger.fail(payment=payment, error="no_answer")
        raise
    ledger.save_reference(payment, checkout.reference)
    return checkout


def _reopen(provider: Provider, payment: Payment) -> Checkout | None:
    """Return the page that is there, or None after recording what became of it."""
    try:
        found = provider.reopen_checkout(payment)
    except ProviderRefused as refused:  # of another account of the provider, for instance
        ledger.fail(payment=payment, error=refused.code)
        return None
    if isinstance(found, Checkout):
        return found
    if found.kind == Notice.Kind.PENDING:
        raise MoneyOnItsWay
    webhooks.take(provider=provider.name, told=found)
    ledger.fail(payment=payment)
    return None
