"""Look at the settings: what they are, whether they are real, whether they fit together."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks

from neos_backend.checks import LOCAL_HOSTS

from .finding import Asked, Finding, ok, problem, warning
from .placeholders import (
    NEW_KEY,
    is_placeholder,
    is_weak_client_secret,
    is_weak_key,
)

SETTINGS, SECRETS, REDIRECT = "settings", "secrets", "redirect address"
#: `check_secrets` says the same with more words.
SAID_ELSEWHERE = frozenset({"security.W009", "eventsite.E003", "eventsite.E004"})
OF_AN_EXAMPLE = "looks like one of an example."


def check_settings(asked: Asked) -> Iterator[Finding]:
    """Run the checks of `manage.py check --deploy`, unless this is a demo.

    What `SILENCED_SYSTEM_CHECKS` names is passed over, as that command does.
    """
    made = checks.run_checks(include_deployment_checks=not settings.DEBUG)
    found = sorted(made, key=lambda one: one.id or "")  # Django keeps checks in a set
    told = [one for one in found if one.id not in SAID_ELSEWHERE and not one.is_silenced()]
    for message in told:
        say = problem if message.level >= checks.ERROR else warning
        yield say(SETTINGS, f"{message.msg} ({message.id})", message.hint or "See README.md.")
    if settings.DEBUG:
        say = problem if asked.is_deployed else warning
        yield say(
            SETTINGS,
            "DEBUG is on: this is a demo or a development site.",
            "Set DEBUG=0 where other people come.",
        )
    if not told:
        yield ok(SETTINGS, f"The settings of {settings.SITE_URL} fit together.")


def check_secrets(asked: Asked) -> Iterator[Finding]:
    """Find secrets that stand in an example. In a demo, they may."""
    found = [*_weak_key(), *_weak_client(), *_weak_money(), *_weak_token()]
    for name, sentence, step in found:
        say = warning if settings.DEBUG and not asked.is_deployed else problem
        yield say(SECRETS, f"{name} {sentence}", step)
    if not found:
        yield ok(SECRETS, "No secret is one of an example.")


def _weak_key() -> Iterator[tuple[str, str, str]]:
    if is_weak_key(settings.SECRET_KEY):
        sentence = "can be guessed: it is short, or one of an example."
        yield "SECRET_KEY", sentence, f"{NEW_KEY} prints a new one."


def _weak_client() -> Iterator[tuple[str, str, str]]:
    secret = settings.SOCIAL_AUTH_SECRET
    if secret and not settings.NEOS_SANDBOX and is_weak_client_secret(secret):
        step = f"Set it to what {settings.PLATFORM.name} gave you with the client id."
        yield f"{settings.PLATFORM.prefix}CLIENT_SECRET", OF_AN_EXAMPLE, step


def _weak_money() -> Iterator[tuple[str, str, str]]:
    if settings.PAYMENT_PROVIDER == "stripe" and "_test_" in settings.STRIPE_SECRET_KEY:
        step = "Set the live key, sk_live_…, once real money is to come."
        yield "STRIPE_SECRET_KEY", "is a test key: no real money comes.", step
    elif is_placeholder(settings.STRIPE_SECRET_KEY):
        yield "STRIPE_SECRET_KEY", OF_AN_EXAMPLE, "Set it to the key that Stripe shows, sk_live_…."
    if is_placeholder(settings.STRIPE_WEBHOOK_SECRET):
        step = "Set it to what Stripe shows beside the webhook at /payments/stripe/."
        sentence = "is one of an example: who knows it can say that a place was paid for."
        yield "STRIPE_WEBHOOK_SECRET", sentence, step


def _weak_token() -> Iterator[tuple[str, str, str]]:
    if is_placeholder(settings.METRICS_TOKEN):
        sentence = "is one of an example: who knows it can read figures of the site."
        yield "METRICS_TOKEN", sentence, f"{NEW_KEY} prints a new one."


def check_redirect_address(_asked: Asked) -> Iterator[Finding]:
    """Say the address that the platform has to know, letter by letter."""
    address = settings.SOCIAL_AUTH_REDIRECT_URI
    expected = f"{settings.SITE_URL}{settings.PLATFORM.callback_path}"
    if address != expected:
        step = f"It has to be {expected}, in the settings and at {settings.PLATFORM.name}."
        yield problem(REDIRECT, f"{address} is not where this site finishes a sign-in.", step)
        return
    name = settings.PLATFORM.name
    yield ok(REDIRECT, f"{address} is what {name} has to know, exactly like this.")
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
        step = "Set SITE_URL to the https address of the site."
        yield warning(REDIRECT, "It has no https: sign-in codes could be read on the way.", step)
