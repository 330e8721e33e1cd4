"""Codes and tokens, kept in Django's cache until they are used or expire.

They are stored under their hash, so that the cache holds no usable secret and no visitor's input
becomes a cache key.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache
from django.utils.translation import gettext_noop as _

from neos_backend.sandbox.person import Person

CODE_LIFETIME = timedelta(minutes=5)
TOKEN_LIFETIME = timedelta(hours=1)

# Cannot be declined: without it the profile address has nothing to answer.
REQUIRED_SCOPE = "profile"
SCOPES = {
    REQUIRED_SCOPE: _("Your user name, id, picture and badges, and whether you are verified"),
    "email": _("Your e-mail address"),
    "patreon": _("Your support through Patreon"),
}


@dataclass(frozen=True)
class Consent:
    """A person, the scopes that the site asked for and those that the person granted."""

    person: Person
    requested: tuple[str, ...]
    granted: tuple[str, ...]


@dataclass(frozen=True)
class CodeGrant:
    """A consent and what its code is bound to (RFC 6749 §4.1.2, RFC 7636)."""

    client_id: str
    redirect_uri: str
    code_challenge: str | None
    consent: Consent


def cache_key(kind: str, secret: str) -> str:
    return f"neos-sandbox:{kind}:{hashlib.sha256(secret.encode()).hexdigest()}"


def save_code(code: str, grant: CodeGrant) -> None:
    cache.set(cache_key("code", code), grant, CODE_LIFETIME.total_seconds())


def find_code(code: str) -> CodeGrant | None:
    grant: CodeGrant | None = cache.get(cache_key("code", code))
    return grant


def claim_code(code: str) -> bool:
    """Use the code up. Of several callers at the same moment, one gets True."""
    return cache.delete(cache_key("code", code))


def save_token(token: str, consent: Consent) -> None:
    cache.set(cache_key("token", token), consent, TOKEN_LIFETIME.total_seconds())


def find_token(token: str) -> Consent | None:
    consent: Consent | None = cache.get(cache_key("token", token))
    return consent
