# ruff: noqa: ARG002 - the signatures are those that oauthlib calls
"""The answers that oauthlib asks from a provider: its client, its codes and its tokens."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.utils.crypto import constant_time_compare
from oauthlib.common import Request
from oauthlib.oauth2 import RequestValidator
from oauthlib.oauth2.rfc6749 import errors

from neos_backend.sandbox.grants import CodeGrant, Consent, Grants
from neos_backend.sandbox.platforms import Sandbox


@dataclass(frozen=True)
class Client:
    """The client as oauthlib wants it: an object with this attribute."""

    client_id: str


def consent_of(request: Request) -> Consent:
    # oauthlib calls it the user.
    return cast("Consent", request.user)


class SandboxRequestValidator(RequestValidator):
    """One confidential client with one redirect address, both from the settings of the site."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__()
        self.sandbox = sandbox
        self.grants = Grants(sandbox.key)

    def known_code(self, code: str) -> CodeGrant:
        """Return what the code stands for. Raises InvalidGrantError if used, old or unknown."""
        grant = self.grants.find_code(code)
        if grant is None:
            raise errors.InvalidGrantError("The authorization code is unknown, used or expired.")
        return grant

    # --- Authorization request ---

    def validate_client_id(self, client_id: str, request: Request) -> bool:
        request.client = Client(client_id)
        return constant_time_compare(client_id, self.sandbox.setting("KEY") or "")

    def get_default_redirect_uri(self, client_id: str, request: Request) -> str:
        # None: both platforms want the address in both requests.
        return ""

    def validate_redirect_uri(self, client_id: str, redirect_uri: str, request: Request) -> bool:
        registered: str | None = self.sandbox.setting("REDIRECT_URI")
        return redirect_uri == registered

    def validate_response_type(
        self, client_id: str, response_type: str, client: Any, request: Request
    ) -> bool:
        return response_type == "code"

    def get_default_scopes(self, client_id: str, request: Request) -> list[str]:
        return []

    def validate_scopes(
        self, client_id: str, scopes: Iterable[str], client: Any, request: Request
    ) -> bool:
        return set(scopes) - {""} <= self.sandbox.scopes.keys()

    def save_authorization_code(self, client_id: str, code: Any, request: Request) -> None:
        grant = CodeGrant(
            client_id, request.redirect_uri or "", request.code_challenge, consent_of(request)
        )
        self.grants.save_code(code["code"], grant)

    # --- Token request ---

    def authenticate_client(self, request: Request) -> bool:
        """Compare id and secret of the form; without a secret in the settings nobody gets in."""
        secret: str = self.sandbox.setting("SECRET") or ""
        is_secret = constant_time_compare(request.client_secret or "", secret)
        return (
            self.validate_client_id(request.client_id or "", request) and is_secret and secret != ""
        )

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Request
    ) -> bool:
        return grant_type == "authorization_code"

    def validate_code(self, client_id: str, code: str, client: Any, request: Request) -> bool:
        grant = self.known_code(code)
        # Refuse the downgrade of RFC 9700 §2.1.1: somebody took the challenge out of the request.
        if request.code_verifier and not grant.code_challenge:
            raise errors.InvalidRequestError("There is a code_verifier, but was no code_challenge.")
        request.user = grant.consent
        request.scopes = list(grant.consent.granted)
        return grant.client_id == client_id

    # The stub forgets that there may be none.
    def get_code_challenge(self, code: str, request: Request) -> str | None:  # type: ignore[override]
        return self.known_code(code).code_challenge

    def get_code_challenge_method(self, code: str, request: Request) -> str:
        return "S256"

    def confirm_redirect_uri(
        self, client_id: str, code: str, redirect_uri: str, client: Any, request: Request
    ) -> bool:
        return redirect_uri == self.known_code(code).redirect_uri

    def invalidate_authorization_code(self, client_id: str, code: str, request: Request) -> None:
        """Do nothing: the grant has claimed the code before it made the token."""

    def save_bearer_token(self, token: Any, request: Request) -> None:
        consent = consent_of(request)
        self.grants.save_token(token["access_token"], consent)
        # RFC 6749 §5.1: name the scope only if it differs from the one that was asked for.
        if set(consent.granted) == set(consent.requested):
            del token["scope"]

    # --- Profile request ---

    def validate_bearer_token(self, token: str | None, scopes: list[str], request: Request) -> bool:
        consent = self.grants.find_token(token) if token else None
        if consent is None:
            raise errors.InvalidTokenError("The access token is missing, unknown or expired.")
        if not set(scopes) <= set(consent.granted):
            raise errors.InsufficientScopeError("The access token does not cover this.")
        request.user = consent
        return True
