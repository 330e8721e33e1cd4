"""System checks of settings that are right each, and do not fit together."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, register

STRIPE = "https://api.stripe.com"


@register("eventsite")
def check_checkout_origin(**_options: Any) -> list[CheckMessage]:
    """Warn if the checkout is likely to be on an origin that browsers may not go to."""
    is_elsewhere = settings.STRIPE_API_URL != STRIPE
    if settings.PAYMENT_PROVIDER != "stripe" or not is_elsewhere or settings.FORM_ACTION_ORIGINS:
        return []
    return [
        checks.Warning(
            "STRIPE_API_URL is not Stripe's own, and FORM_ACTION_ORIGINS is empty.",
            hint="Its checkout is probably on another origin than checkout.stripe.com. Browsers "
            "stop there, without a word, until that origin is in FORM_ACTION_ORIGINS.",
            id="eventsite.W001",
        )
    ]
