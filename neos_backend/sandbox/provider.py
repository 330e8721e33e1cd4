"""The sandbox's OAuth server: oauthlib's code grant (RFC 6749) with PKCE (RFC 7636)."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from oauthlib.common import Request
from oauthlib.oauth2 import AuthorizationEndpoint, BearerToken, ResourceEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256

from neos_backend.sandbox import grants
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.platforms import REQUIRED_SCOPE, Sandbox
from neos_backend.sandbox.validator import SandboxRequestValidator, consent_of


class CodeGrantWithPKCE(AuthorizationCodeGrant):
    """oauthlib's grant without refresh tokens and without the `plain` challenge method."""

    request_validator: SandboxRequestValidator
    refresh_token = False
    _code_challenge_methods = {"S256": code_challenge_method_s256}

    def validate_token_request(self, request: Request) -> None:
        super().validate_token_request(request)
        # Last, so that a request with a mistake in it leaves the code usable.
        if not self.request_validator.grants.claim_code(request.code or ""):
            raise errors.InvalidGrantError("The authorization code was used a moment ago.")


class Server(AuthorizationEndpoint, TokenEndpoint, ResourceEndpoint):
    """The three endpoints, with the one grant that the platforms offer."""

    def __init__(self, sandbox: Sandbox) -> None:
        validator = SandboxRequestValidator(sandbox)
        grant = CodeGrantWithPKCE(validator)
        bearer: Any = BearerToken(validator, expires_in=int(grants.TOKEN_LIFETIME.total_seconds()))
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": grant})
        TokenEndpoint.__init__(self, "authorization_code", bearer, {"authorization_code": grant})
        ResourceEndpoint.__init__(self, "Bearer", {"Bearer": bearer})


@cache
def server(sandbox: Sandbox) -> Server:
    return Server(sandbox)


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that passed every check: its query string and the scopes that it asks for."""

    sandbox: Sandbox
    query: str
    scopes: tuple[str, ...]
    parsed: Request


def without_empty(form: str) -> str:
    # RFC 6749 §3.1: a parameter without a value counts as absent.
    return urlencode(parse_qsl(form))


def read_authorization_request(sandbox: Sandbox, query: str) -> AuthorizationRequest:
    """Check a form-encoded query string.

    Raises oauthlib's `FatalClientError` for a wrong client or address, where nobody may be
    redirected, and another `OAuth2Error` for what to tell the client at its `redirect_uri`.
    """
    query = without_empty(query)
    scopes, details = server(sandbox).validate_authorization_request(f"?{query}")
    asked = tuple(dict.fromkeys(scope for scope in scopes if scope))
    return AuthorizationRequest(sandbox, query, asked, details["request"])


def allow(asked: AuthorizationRequest, *, person: Person, ticked: Collection[str]) -> str:
    """Return the address to go back to, with a new code for the scopes that the person ticked."""
    granted = tuple(scope for scope in asked.scopes if scope == REQUIRED_SCOPE or scope in ticked)
    consent = grants.Consent(person, asked.scopes, granted)
    headers, _, _ = server(asked.sandbox).create_authorization_response(
        f"?{asked.query}", credentials={"user": consent}
    )
    location: str = headers["Location"]
    return location


def decline(asked: AuthorizationRequest) -> errors.AccessDeniedError:
    # RFC 6749 §4.1.2.1
    return errors.AccessDeniedError("The person declined.", request=asked.parsed)


def exchange(sandbox: Sandbox, body: str) -> tuple[dict[str, str], str, int]:
    """Turn the code in a form-encoded body into a token: headers, JSON and status of the answer."""
    headers, answer, status = server(sandbox).create_token_response("", "POST", without_empty(body))
    return headers, answer, status


def consent_of_bearer(sandbox: Sandbox, authorization: str) -> grants.Consent:
    """Return what the token in the `Authorization` header opens at the profile address.

    Raises `InvalidTokenError` (401), or `InsufficientScopeError` (403) without the `profile` scope.
    """
    _, request = server(sandbox).verify_request(
        "", headers={"Authorization": authorization}, scopes=[REQUIRED_SCOPE]
    )
    return consent_of(request)


def bearer_challenge(error: errors.OAuth2Error) -> str:
    # RFC 6750 §3
    parts = ", ".join(f'{name}="{value}"' for name, value in error.twotuples)
    return f"Bearer {parts}"
