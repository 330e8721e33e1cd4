"""Codes and tokens, kept in Django's cache until they are used or expire.

They are stored under their hash, so that the cache holds no usable secret and no visitor's input
becomes a cache key. The platform is part of the key: what one has given out, no other knows.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.core.cache import cache

from neos_backend.sandbox.person import Person

CODE_LIFETIME = timedelta(minutes=5)
TOKEN_LIFETIME = timedelta(hours=1)


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


@dataclass(frozen=True)
class Grants:
    """The codes and tokens of one platform, named by the name of its backend."""

    platform: str

    def cache_key(self, kind: str, secret: str) -> str:
        digest = hashlib.sha256(secret.encode()).hexdigest()
        return f"{self.platform}-sandbox:{kind}:{digest}"

    def save_code(self, code: str, grant: CodeGrant) -> None:
        cache.set(self.cache_key("code", code), grant, CODE_LIFETIME.total_seconds())

    def find_code(self, code: str) -> CodeGrant | None:
        grant: CodeGrant | None = cache.get(self.cache_key("code", code))
        return grant

    def claim_code(self, code: str) -> bool:
        """Use the code up. Of several callers at the same moment, one gets True."""
        return cache.delete(self.cache_key("code", code))

    def save_token(self, token: str, consent: Consent) -> None:
        cache.set(self.cache_key("token", token), consent, TOKEN_LIFETIME.total_seconds())

    def find_token(self, token: str) -> Consent | None:
        consent: Consent | None = cache.get(self.cache_key("token", token))
        return consent
