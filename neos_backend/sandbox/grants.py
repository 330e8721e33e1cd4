"""What was granted, kept in Django's cache until it is used or runs out.

Codes and tokens are stored under their hash: the cache never holds a secret that works, and a
visitor's input never becomes a cache key.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext_noop as _

from neos_backend.sandbox.person import Person

# OpenIddict's defaults; the hour is also what Neos's successor is known to use.
CODE_LIFETIME = timedelta(minutes=5)
TOKEN_LIFETIME = timedelta(hours=1)

# Without this one there is nothing to answer at the profile address, so it cannot be declined.
REQUIRED_SCOPE = "profile"
SCOPES = {
    REQUIRED_SCOPE: _("Your user name, id, picture and badges, and whether you are verified"),
    "email": _("Your e-mail address"),
    "patreon": _("Your support through Patreon"),
}


@dataclass(frozen=True)
class Consent:
    """Who agreed to what: the person, the scopes asked for and those granted."""

    person: Person
    requested: tuple[str, ...]
    granted: tuple[str, ...]


@dataclass(frozen=True)
class CodeGrant:
    """A consent and everything its authorization code is bound to (RFC 6749 §4.1.2, RFC 7636)."""

    client_id: str
    redirect_uri: str
    code_challenge: str | None
    consent: Consent


def cache_key(kind: str, secret: str) -> str:
    return f"neos-sandbox:{kind}:{hashlib.sha256(secret.encode()).hexdigest()}"


def save_code(code: str, grant: CodeGrant) -> None:
    cache.set(cache_key("code", code), grant, CODE_LIFETIME.total_seconds())


def find_code(code: str) -> CodeGrant | None:
    """What the code stands for; None when it is unknown, used or over five minutes old."""
    grant: CodeGrant | None = cache.get(cache_key("code", code))
    return grant


def claim_code(code: str) -> bool:
    """Use the code up. True for exactly one caller, however many try at the same moment."""
    return cache.delete(cache_key("code", code))


def save_token(token: str, consent: Consent) -> None:
    cache.set(cache_key("token", token), consent, TOKEN_LIFETIME.total_seconds())


def find_token(token: str) -> Consent | None:
    """What the bearer token opens; None when it is unknown or over an hour old."""
    consent: Consent | None = cache.get(cache_key("token", token))
    return consent
