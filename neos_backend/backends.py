"""Sign-in with Neos for python-social-auth: OAuth 2.0, authorization code with PKCE.

wiki.neosvr.com/OAuth describes the provider. Its addresses are settings, because the wiki and the
known clients differ, and because Resonite speaks the same protocol.
"""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from social_core.exceptions import (
    AuthInputError,
    AuthProviderError,
    AuthResponseError,
    AuthSessionError,
    ErrorStage,
    SocialAuthBaseException,
)
from social_core.utils import user_agent

from neos_backend.attempts import NEXT, AttemptsOAuth2, person_id
from neos_backend.http import Deadline, fetch
from neos_backend.outside import Bound, TooManyWait
from neos_backend.profile import InvalidProfile, parse_profile

# Visible ASCII (RFC 6749 appendix A.12, without the space). Other characters break the header.
ACCESS_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
#: The host that the wiki names. The holder of that name now gets codes and the client secret.
DOUBTFUL_HOST = "cloudx-account.azurewebsites.net"
#: Settings of PKCE there. What is sent is then worth nothing to somebody else without the session.
ALWAYS_PROVED = {"USE_PKCE": True, "PKCE_CODE_CHALLENGE_METHOD": "S256"}
#: Code of the refusal if as many sign-ins as allowed wait for the provider.
BUSY = "busy"

SIGN_INS = Bound()


def is_doubtful(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return host.rstrip(".") == DOUBTFUL_HOST


class NeosOAuth2(AttemptsOAuth2):
    """The backend `neos`.

    Settings, as `SOCIAL_AUTH_NEOS_…`: KEY, SECRET, SCOPE (a list), AUTHORIZATION_URL,
    ACCESS_TOKEN_URL, PROFILE_URL, USE_PKCE, CALLS_AT_ONCE and REDIRECT_URI. The provider compares
    REDIRECT_URI as an exact string, so do not derive it from a request. CALLS_AT_ONCE is how many
    sign-ins of one process may wait for the provider at the same time.

    The pipeline gets `response = {"id", "username", "email", "neos_profile"}` with a NeosProfile in
    it. A NeosProfile cannot be saved as JSON, so no step may pause the pipeline. Raw profile and
    tokens stay in this class and are never stored.
    """

    name = "neos"
    title = "Neos"
    ID_KEY = "id"
    REQUIRES_USER_ID = True
    AUTHORIZATION_URL = "https://auth.neos.com/connect/authorize"
    ACCESS_TOKEN_URL = "https://cloudx-account.azurewebsites.net/connect/token"  # noqa: S105 - an address
    PROFILE_URL = "https://auth.neos.com/api/user/profiles"
    DEFAULT_SCOPE = ["profile"]
    SCOPE_SEPARATOR = " "
    REDIRECT_STATE = False  # its extra parameter would change the redirect URI
    LOGIN_SECONDS = 10.0  # for the token and the profile together
    CALLS_AT_ONCE = 3

    _deadline: Deadline | None = None
    _waiting: ExitStack  # counts this sign-in until the provider has answered

    def get_scope(self) -> list[str]:
        return list(dict.fromkeys(self.setting("SCOPE") or self.DEFAULT_SCOPE))

    def get_redirect_uri(self, state: str | None = None) -> str:
        uri: str = self.setting("REDIRECT_URI") or super().get_redirect_uri(state)
        return uri

    def setting(self, name: str, default: Any = None) -> Any:
        """Return a setting of the backend. PKCE is never off, or weak, at the doubtful host."""
        if name in ALWAYS_PROVED and is_doubtful(self.access_token_url()):
            return ALWAYS_PROVED[name]
        return super().setting(name, default)

    def auth_complete(self, *args: Any, **kwargs: Any) -> Any:
        self.destination = self.attempt().get(NEXT, "")
        self.strategy.session_pop(NEXT)
        self._person = person_id(kwargs.get("user"))
        self.require_get()
        if self.data.get("error") or "denied" in self.data:
            self.claim_state_of_refusal()
        elif not self.data.get("code"):
            raise AuthInputError(self, code="missing_parameter", parameter="code", stage="callback")
        with ExitStack() as self._waiting:
            self.count_as_waiting()
            self._deadline = Deadline(self.LOGIN_SECONDS)
            found = super().auth_complete(*args, **kwargs)
        if self.destination:  # the library reads it from there
            self.strategy.session_set(NEXT, self.destination)
        return found

    def count_as_waiting(self) -> None:
        """Raise AuthProviderError if too many wait. The state stays good for another try."""
        try:
            at_most = self.setting("CALLS_AT_ONCE", self.CALLS_AT_ONCE)
            self._waiting.enter_context(SIGN_INS.enter(at_most))
        except TooManyWait as error:
            raise AuthProviderError(
                self,
                code=BUSY,
                source="provider_response",
                recovery="retry_later",
                stage="token_exchange",
            ) from error

    def require_get(self) -> None:
        """Refuse other methods: the library would finish a login on the HEAD of a link scanner."""
        request = getattr(self.strategy, "request", None)
        if request is not None and request.method != "GET":
            raise AuthInputError(
                self, code="invalid_parameter", parameter="method", stage="callback"
            )

    def claim_state_of_refusal(self) -> None:
        """Use up the state of a declined consent, so that it cannot log in later.

        The library handles `error` before the state and leaves the state valid.
        """
        try:
            self.validate_state()
        except AuthInputError as error:
            raise AuthSessionError(self, "state", stage="callback") from error

    def get_access_token(self, response: dict[str, Any]) -> str:
        """Return a bearer token (RFC 6750) that fits into a header. Raises AuthResponseError."""
        token: str = super().get_access_token(response)
        if not ACCESS_TOKEN.fullmatch(token):
            raise self.invalid_claim("access_token", "token_exchange")
        if str(response.get("token_type") or "bearer").lower() != "bearer":
            raise self.invalid_claim("token_type", "token_exchange")
        return token

    def invalid_claim(self, claim: str, stage: ErrorStage) -> AuthResponseError:
        return AuthResponseError(self, code="invalid_claim", claim=claim, stage=stage)

    def do_auth(self, access_token: str, *args: Any, **kwargs: Any) -> Any:
        response = self.user_data(access_token, *args, **kwargs)
        self._waiting.close()  # what follows waits for the database only
        kwargs.update(response=response, backend=self)
        return self.strategy.authenticate(*args, **kwargs)

    def user_data(self, access_token: str, *_args: Any, **kwargs: Any) -> dict[str, Any]:
        scopes = self.granted_scopes(kwargs.get("response"))
        try:
            profile = parse_profile(self.request_profile(access_token), scopes=scopes)
        except InvalidProfile as error:
            raise self.invalid_claim(error.claim, "user_info") from error
        return {
            "id": profile.id,
            "username": profile.username,
            "email": profile.email,
            "neos_profile": profile,
        }

    def granted_scopes(self, response: Any) -> frozenset[str]:
        # RFC 6749 §5.1: an answer without a scope grants all that was asked for.
        scope = response.get("scope") if isinstance(response, dict) else None
        return frozenset(scope.split() if isinstance(scope, str) else self.get_scope())

    def request_profile(self, access_token: str) -> object:
        """Return the decoded JSON of any type.

        The wiki has the address in the plural, all known clients in the singular: try both.
        """
        address: str = self.setting("PROFILE_URL", self.PROFILE_URL)
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        try:
            return self.get_json(address, headers=headers)
        except SocialAuthBaseException as error:
            if error.status_code != 404 or not address.endswith("/profiles"):
                raise
        return self.get_json(address.removesuffix("s"), headers=headers)

    def get_user_details(self, response: dict[str, Any]) -> dict[str, Any]:
        return {"username": response.get("username"), "email": response.get("email")}

    def extra_data(self, *_args: Any, **_kwargs: Any) -> dict[str, Any]:
        """Store nothing: the access token is used once."""
        return {}

    def request(
        self,
        url: str,
        *,
        method: Literal["GET", "POST", "DELETE"] = "GET",
        headers: Mapping[str, str | bytes] | None = None,
        data: dict[str, Any] | None = None,
        json: dict[str, Any] | None = None,
        auth: tuple[str, str] | AuthBase | None = None,
        params: dict[str, Any] | None = None,
        timeout: float | None = None,
        stage: ErrorStage = "user_info",
    ) -> requests.Response:
        """Replace the library's request by `fetch`, within the deadline of this login.

        `timeout`, in seconds, replaces the deadline; there is always one of the two.
        """
        defaults = {"User-Agent": user_agent(), "Accept-Encoding": "identity"}
        request = requests.Request(
            method,
            url,
            headers={**defaults, **(headers or {})},
            data=data,
            json=json,
            auth=auth,
            params=params,
        )
        deadline = self._deadline if timeout is None else None
        return fetch(
            self, request, deadline or Deadline(timeout or self.LOGIN_SECONDS), stage=stage
        )


class ResoniteOAuth2(NeosOAuth2):
    """The backend `resonite`, with the same settings as `SOCIAL_AUTH_RESONITE_…`."""

    name = "resonite"
    title = "Resonite"
    AUTHORIZATION_URL = "https://account.resonite.com/connect/authorize"
    ACCESS_TOKEN_URL = "https://account.resonite.com/connect/token"  # noqa: S105 - an address
    PROFILE_URL = "https://account.resonite.com/api/user/profile"
