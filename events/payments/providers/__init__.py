"""Payment providers: the one that the settings choose for new payments, and all that can be asked.

A provider that was in use before still finishes what it began, while its keys are in the settings.
"""

from django.conf import settings

from .base import Limits, Provider
from .sandbox import SandboxProvider
from .stripe import StripeProvider

#: Largest and smallest sum of payments by hand: any.
BY_HAND = Limits(smallest=1, largest=2**31 - 1)


def configured() -> Provider | None:
    """Return the provider of new payments; None if people arrange them by hand."""
    return named(settings.PAYMENT_PROVIDER)


def named(name: str) -> Provider | None:
    return next((provider for provider in available() if provider.name == name), None)


def available() -> list[Provider]:
    """Return all providers whose keys we have."""
    found: list[Provider] = []
    if settings.STRIPE_SECRET_KEY and settings.STRIPE_WEBHOOK_SECRET:
        found.append(StripeProvider())
    if SandboxProvider.name == settings.PAYMENT_PROVIDER or settings.DEBUG:
        found.append(SandboxProvider())
    return found


def limits(currency: str) -> Limits | None:
    """Return what can be charged by the configured provider; None if nothing can."""
    provider = configured()
    return provider.limits(currency) if provider else BY_HAND
