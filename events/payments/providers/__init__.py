"""Payment providers, and the one that the settings choose."""

from django.conf import settings

from .base import Provider
from .sandbox import SandboxProvider
from .stripe import StripeProvider


def configured() -> Provider | None:
    found: dict[str, type[StripeProvider] | type[SandboxProvider]] = {
        "stripe": StripeProvider,
        "sandbox": SandboxProvider,
    }
    chosen = found.get(settings.PAYMENT_PROVIDER)
    return chosen() if chosen else None
