# ruff: noqa: ARG002 - the signatures are those that oauthlib calls
"""The decisions of the stand-in that oauthlib leaves to a provider.

Where Neos's server (OpenIddict 3) is stricter than oauthlib, an error is raised here with
OpenIddict's id instead of answering False.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote_plus

from django.conf import settings
from django.utils.crypto import constant_time_compare
from oauthlib.common import Request
from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749 import errors

from neos_backend.sandbox import grants

ERROR_PAGES = "https://documentation.openiddict.com/errors/"

# RFC 7636 §4.2: the base64url form of a SHA-256 hash. Anything else could never be met.
CODE_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Client:
    """The one site that may ask: oauthlib wants an object with this attribute."""

    client_id: str


def error_page(error_id: str) -> str:
    """Where OpenIddict's errors point: the page about the error of this number."""
    return ERROR_PAGES + error_id


def consent_of(request: Request) -> grants.Consent:
    """What oauthlib calls the user: who agreed, and to what."""
    return cast("grants.Consent", request.user)


def decode_basic(encoded: str) -> tuple[str, str]:
    """Client id and secret from a Basic header, each form-encoded first (RFC 6749 §2.3.1)."""
    try:
        client_id, colon, secret = (
            base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
        )
    except (binascii.Error, UnicodeError):
        colon = ""
    if not colon:
        raise errors.InvalidRequestError(
            "The Basic credentials cannot be read.", error_page("ID2055")
        )
    return unquote_plus(client_id), unquote_plus(secret)


def read_credentials(request: Request) -> tuple[str, str]:
    """Client id and secret, from the form or from a Basic header but never from both."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.client_id or "", request.client_secret or ""
    if request.client_secret:
        raise errors.InvalidRequestError(
            "Send the client's credentials once, in the form or in the header.",
            error_page("ID2087"),
        )
    return decode_basic(encoded.strip())


def known_code(code: str) -> grants.CodeGrant:
    """What the code stands for, or `invalid_grant` (ID2001) when it is used, expired or unknown."""
    grant = grants.find_code(code)
    if grant is None:
        raise errors.InvalidGrantError(
            "The authorization code is unknown, used or expired.", error_page("ID2001")
        )
    return grant


def check_challenge(request: Request) -> None:
    """A challenge must look like a SHA-256 hash: no verifier would ever fit another one."""
    challenge = request.code_challenge
    if challenge is not None and not CODE_CHALLENGE.fullmatch(challenge):
        raise errors.InvalidRequestError(
            "The code_challenge is not a SHA-256 hash.", error_page("ID2052"), request=request
        )


def check_verifier_presence(grant: grants.CodeGrant, verifier: str | None) -> None:
    """A verifier must come exactly when a challenge was sent; its value is oauthlib's business."""
    if verifier and not grant.code_challenge:
        raise errors.InvalidRequestError(
            "A code_verifier was sent, but the authorization request had no code_challenge.",
            error_page("ID2073"),
        )
    if grant.code_challenge and not verifier:
        raise errors.InvalidRequestError("The code_verifier is missing.", error_page("ID2029"))


class NeosRequestValidator(RequestValidator):
    """One confidential client, one redirect address, both from the settings of the site."""

    # --- Authorization request ---

    def validate_client_id(self, client_id: str, request: Request) -> bool:
        request.client = Client(client_id)
        return constant_time_compare(client_id, settings.SOCIAL_AUTH_NEOS_KEY)

    def get_default_redirect_uri(self, client_id: str, request: Request) -> str:
        """None: Neos wants the address spelled out, at both ends of the exchange."""
        return ""

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Request) -> bool:
        registered: str = settings.SOCIAL_AUTH_NEOS_REDIRECT_URI
        return redirect_uri == registered

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Request
    ) -> bool:
        if response_type != "code":
            raise errors.UnsupportedResponseTypeError(request=request)
        return True

    def get_default_scopes(self, client_id: str, request: Request) -> list[str]:
        return []

    def validate_scopes(
        self, client_id: str, scopes: Iterable[str], client: Any, request: Request
    ) -> bool:
        return set(scopes) - {""} <= grants.SCOPES.keys()

    def save_authorization_code(self, client_id: str, code: Any, request: Request) -> None:
        grant = grants.CodeGrant(
            client_id, request.redirect_uri or "", request.code_challenge, consent_of(request)
        )
        grants.save_code(code["code"], grant)

    # --- Token request ---

    def authenticate_client(self, request: Request) -> bool:
        """`invalid_client` with 401 when the id or the secret is wrong (RFC 6749 §5.2)."""
        client_id, secret = read_credentials(request)
        if not client_id:
            raise errors.InvalidRequestError("The client_id is missing.", error_page("ID2029"))
        if not self.validate_client_id(client_id, request):
            raise errors.InvalidClientError("The client is unknown.", error_page("ID2052"))
        if not secret:
            raise errors.InvalidClientError("The client_secret is missing.", error_page("ID2054"))
        if not constant_time_compare(secret, settings.SOCIAL_AUTH_NEOS_SECRET):
            raise errors.InvalidClientError(
                "The client's credentials are wrong.", error_page("ID2055")
            )
        request.client_id = client_id
        return True

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request
    ) -> bool:
        if grant_type != "authorization_code":
            raise errors.UnsupportedGrantTypeError
        return True

    def validate_code(self, client_id: str, code: str, client: Any, request: Request) -> bool:
        grant = known_code(code)
        if grant.client_id != client_id:
            raise errors.InvalidGrantError(
                "The authorization code belongs to another client.", error_page("ID2069")
            )
        check_verifier_presence(grant, request.code_verifier)
        request.user = grant.consent
        request.scopes = list(grant.consent.granted)
        return True

    # The stub forgets that there may be none.
    def get_code_challenge(self, code: str, request: Request) -> str | None:  # type: ignore[override]
        return known_code(code).code_challenge

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        return "S256"

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Request
    ) -> bool:
        if redirect_uri != known_code(code).redirect_uri:
            raise errors.InvalidGrantError(
                "The redirect_uri is not the one of the authorization request.",
                error_page("ID2072"),
            )
        return True

    def invalidate_authorization_code(self, client_id: str, code: str, request: Request) -> None:
        """Nothing left to do: the code was claimed before the token was made."""

    def save_bearer_token(self, token: Any, request: Request) -> None:
        consent = consent_of(request)
        grants.save_token(token["access_token"], consent)
        # RFC 6749 §5.1: the scope is told only when it is not the one asked for.
        if set(consent.granted) == set(consent.requested):
            del token["scope"]

    # --- Profile request ---

    def validate_bearer_token(self, token: str | None, scopes: list[str], request: Request) -> bool:
        consent = grants.find_token(token) if token else None
        if consent is None:
            raise errors.InvalidTokenError(
                "The access token is missing, unknown or expired.", error_page("ID2004")
            )
        if not set(scopes) <= set(consent.granted):
            raise errors.InsufficientScopeError(
                "The access token does not cover this.", error_page("ID2095")
            )
        request.user = consent
        return True
