"""Send somebody to the provider's page on which they pay. Every step can be repeated safely."""

from events.models import Registration

from . import ledger
from .providers.base import Provider, ProviderRefused


def start(*, registration: Registration, provider: Provider) -> str:
    """Return the address at which to pay; it stays the same for one hold.

    Raises `NothingToPay`, `ProviderAway`, `ProviderRefused`.
    """
    payment = ledger.ask(registration=registration, provider=provider.name)
    try:
        checkout = provider.open_checkout(payment)
    except ProviderRefused:
        if not payment.reference:  # the next try is another payment, under another key
            ledger.fail(payment=payment)
        raise
    ledger.save_reference(payment, checkout.reference)
    return checkout.address
