"""System checks of settings that are right each, and do not fit together or say too little."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import checks

from events.doctor.placeholders import NEW_KEY, is_placeholder, is_weak_key
from eventsite import environment
from eventsite.platforms import PLATFORMS, Platform

STRIPE = "https://api.stripe.com"


@checks.register("eventsite")
def check_checkout_origin(**_options: Any) -> list[checks.CheckMessage]:
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


@checks.register("eventsite")
def check_second_factor(**_options: Any) -> list[checks.CheckMessage]:
    """Refuse a word that a settings module of one's own may have brought: it would ask nobody."""
    known = ("offered", "required", "off")
    if settings.STAFF_SECOND_FACTOR in known:
        return []
    text = f"STAFF_SECOND_FACTOR must be one of: {', '.join(known)}."
    return [checks.Error(text, id="eventsite.E001")]


@checks.register("eventsite")
def check_variables(**_options: Any) -> Iterator[checks.CheckMessage]:
    """Ask whether PLATFORM is right if variables of another platform are set, which nobody reads.

    It is an error where the client of this one is missing, and stands beside that error.
    """
    own = settings.PLATFORM
    has_client = settings.NEOS_SANDBOX or (settings.SOCIAL_AUTH_KEY and settings.SOCIAL_AUTH_SECRET)
    for other in PLATFORMS.values():
        if other.key != own.key and (names := variables_of(other, with_sandbox=not has_client)):
            text = f"PLATFORM={own.key}, but there is {' and '.join(names)} in the environment."
            hint = f"Did you mean PLATFORM={other.key}? A site of {own.name} reads none of it."
            kind, number = (checks.Warning, "W003") if has_client else (checks.Error, "E002")
            yield kind(text, hint=hint, id=f"eventsite.{number}")


def variables_of(platform: Platform, *, with_sandbox: bool) -> list[str]:
    """Return which variables of a client, or of the sandbox, the environment has."""
    names = [f"{platform.prefix}{part}" for part in ("CLIENT_ID", "CLIENT_SECRET")]
    found = [name for name in names if environment.text(name)]
    sandbox = f"{platform.prefix}SANDBOX"
    is_on = environment.SWITCH.get(environment.text(sandbox).lower(), False)
    return [*found, sandbox] if with_sandbox and is_on else found


@checks.register(deploy=True)
def check_contact(**_options: Any) -> list[checks.CheckMessage]:
    """Warn of a site that has its visitors write to the sender of its mails."""
    if settings.SITE_CONTACT:
        return []
    text = "SITE_CONTACT is not set: visitors are told to write to the sender of the site's mails."
    hint = "Set it to an e-mail address that somebody reads, or to an https link."
    return [checks.Warning(text, hint=hint, id="eventsite.W002")]


@checks.register("eventsite")
def check_secret_key(**_options: Any) -> list[checks.CheckMessage]:
    """Refuse a `SECRET_KEY` of an example, or a short one: who knows it can be anybody here."""
    if settings.DEBUG or not is_weak_key(settings.SECRET_KEY):
        return []
    text = "SECRET_KEY can be guessed: it is short, or one of an example."
    return [checks.Error(text, hint=f"{NEW_KEY} prints a new one.", id="eventsite.E003")]


@checks.register("eventsite")
def check_other_secrets(**_options: Any) -> Iterator[checks.CheckMessage]:
    """Refuse a secret of an example where it is all that somebody has to know.

    With that of the webhook they say that a place was paid for; with the token they read figures.
    """
    steps = {
        "STRIPE_WEBHOOK_SECRET": "Stripe shows it beside the webhook at /payments/stripe/.",
        "METRICS_TOKEN": f"{NEW_KEY} prints a new one.",
    }
    for name, hint in steps.items():
        if not settings.DEBUG and is_placeholder(getattr(settings, name)):
            yield checks.Error(f"{name} is one of an example.", hint=hint, id="eventsite.E004")
