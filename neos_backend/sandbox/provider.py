"""The stand-in's OAuth server: oauthlib's authorization code grant with the strictness of Neos.

Sources: RFC 6749, RFC 6750, RFC 7636, and the behaviour of OpenIddict 3, the server behind Neos.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from oauthlib.common import Request
from oauthlib.oauth2 import AuthorizationEndpoint, BearerToken, ResourceEndpoint, TokenEndpoint
from oauthlib.oauth2.rfc6749 import errors
from oauthlib.oauth2.rfc6749.grant_types import AuthorizationCodeGrant
from oauthlib.oauth2.rfc6749.grant_types.authorization_code import code_challenge_method_s256

from neos_backend.sandbox import grants
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.validator import (
    NeosRequestValidator,
    check_challenge,
    consent_of,
    error_page,
)

# What oauthlib itself refuses, by OpenIddict's number of it. OpenIddict reads a repeated parameter
# as a missing one.
ERROR_IDS: dict[type[errors.OAuth2Error], str] = {
    errors.InvalidRequestFatalError: "ID2029",
    errors.MissingClientIdError: "ID2029",
    errors.MissingRedirectURIError: "ID2029",
    errors.InvalidRedirectURIError: "ID2030",
    errors.MismatchingRedirectURIError: "ID2043",
    errors.MissingResponseTypeError: "ID2029",
    errors.UnsupportedResponseTypeError: "ID2032",
    errors.UnsupportedCodeChallengeMethodError: "ID2032",
    errors.UnsupportedGrantTypeError: "ID2032",
    errors.InvalidRequestError: "ID2029",
}
INVALID_PARAMETER = "ID2052"

# Where oauthlib leaves the sentence out.
DESCRIPTIONS: dict[type[errors.OAuth2Error], str] = {
    errors.UnsupportedResponseTypeError: "Only response_type=code is offered.",
    errors.UnsupportedGrantTypeError: "Only grant_type=authorization_code is offered.",
    errors.InvalidScopeError: "The scope names something that does not exist here.",
    errors.InvalidGrantError: "The code_verifier does not fit the code_challenge.",
}


@contextmanager
def explained() -> Iterator[None]:
    """Give every error that leaves the block OpenIddict's page about it and a sentence."""
    try:
        yield
    except errors.OAuth2Error as error:
        error.uri = error.uri or error_page(ERROR_IDS.get(type(error), INVALID_PARAMETER))
        error.description = error.description or DESCRIPTIONS.get(type(error), "")
        raise


class NeosCodeGrant(AuthorizationCodeGrant):
    """oauthlib's grant without refresh tokens and without the `plain` challenge method."""

    refresh_token = False
    _code_challenge_methods = {"S256": code_challenge_method_s256}

    def validate_authorization_request(self, request: Request) -> tuple[Any, dict[str, Any]]:
        with explained():
            checked: tuple[Any, dict[str, Any]] = super().validate_authorization_request(request)
            check_challenge(request)
        return checked

    def validate_token_request(self, request: Request) -> None:
        with explained():
            # RFC 6749 §5.2 wants another word for a missing type than for a foreign one.
            if not request.grant_type:
                raise errors.InvalidRequestError("The grant_type is missing.")
            super().validate_token_request(request)
            # Last, so that a request with a mistake in it leaves the code usable.
            if not grants.claim_code(request.code or ""):
                raise errors.InvalidGrantError(
                    "The authorization code was used a moment ago.", error_page("ID2010")
                )


class NeosServer(AuthorizationEndpoint, TokenEndpoint, ResourceEndpoint):
    """The three endpoints, with the one grant that Neos offers."""

    def __init__(self) -> None:
        validator = NeosRequestValidator()
        grant = NeosCodeGrant(validator)
        bearer: Any = BearerToken(validator, expires_in=int(grants.TOKEN_LIFETIME.total_seconds()))
        AuthorizationEndpoint.__init__(self, "code", bearer, {"code": grant})
        TokenEndpoint.__init__(self, "authorization_code", bearer, {"authorization_code": grant})
        ResourceEndpoint.__init__(self, "Bearer", {"Bearer": bearer})


SERVER = NeosServer()


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that passed every check: its query string and the scopes that it asks for."""

    query: str
    scopes: tuple[str, ...]
    parsed: Request


def without_empty(form: str) -> str:
    """The form without its valueless parameters, which count as absent (RFC 6749 §3.1)."""
    return urlencode(parse_qsl(form))


def read_authorization_request(query: str) -> AuthorizationRequest:
    """Check a form-encoded query string.

    Raises oauthlib's `FatalClientError` when nobody may be redirected (wrong client or address),
    and another `OAuth2Error` for what the client is to be told at its `redirect_uri`.
    """
    query = without_empty(query)
    scopes, details = SERVER.validate_authorization_request(f"?{query}")
    asked = tuple(dict.fromkeys(scope for scope in scopes if scope))
    return AuthorizationRequest(query, asked, details["request"])


def allow(asked: AuthorizationRequest, *, person: Person, ticked: Collection[str]) -> str:
    """The address to go back to, with a fresh code for what this person ticked."""
    granted = tuple(
        scope for scope in asked.scopes if scope == grants.REQUIRED_SCOPE or scope in ticked
    )
    consent = grants.Consent(person, asked.scopes, granted)
    headers, _, _ = SERVER.create_authorization_response(
        f"?{asked.query}", credentials={"user": consent}
    )
    location: str = headers["Location"]
    return location


def decline(asked: AuthorizationRequest) -> errors.AccessDeniedError:
    """The error to raise when the person says no (RFC 6749 §4.1.2.1)."""
    return errors.AccessDeniedError(
        "The person declined.", error_page("ID2015"), request=asked.parsed
    )


def exchange(body: str, authorization: str) -> tuple[dict[str, str], str, int]:
    """Turn a code into a token: headers, JSON and status of the answer.

    `body` is the form-encoded request, `authorization` the header of that name or "".
    """
    headers, answer, status = SERVER.create_token_response(
        "", "POST", without_empty(body), {"Authorization": authorization}
    )
    if status == 401:
        # oauthlib challenges for a bearer token; a client authenticates with Basic (RFC 6749 §5.2).
        headers["WWW-Authenticate"] = headers["WWW-Authenticate"].replace("Bearer", "Basic", 1)
    return headers, answer, status


def wrong_content_type(content_type: str | None) -> errors.InvalidRequestError:
    """The error for a token request that is no form (RFC 6749 §4.1.3)."""
    if not content_type:
        return errors.InvalidRequestError("The Content-Type is missing.", error_page("ID2081"))
    return errors.InvalidRequestError("The Content-Type is not a form's.", error_page("ID2082"))


def consent_of_bearer(authorization: str) -> grants.Consent:
    """What the token in the `Authorization` header opens at the profile address.

    Raises `InvalidTokenError` (401), or `InsufficientScopeError` (403) without the `profile` scope.
    """
    _, request = SERVER.verify_request(
        "", headers={"Authorization": authorization}, scopes=[grants.REQUIRED_SCOPE]
    )
    return consent_of(request)


def bearer_challenge(error: errors.OAuth2Error) -> str:
    """Value of `WWW-Authenticate` for a refused profile request (RFC 6750 §3)."""
    parts = ", ".join(f'{name}="{value}"' for name, value in error.twotuples)
    return f"Bearer {parts}"
