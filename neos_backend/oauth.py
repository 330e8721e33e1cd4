"""The protocol that both platforms speak: OAuth 2.0, authorization code with PKCE.

`backends` has a class for each platform. wiki.neosvr.com/OAuth describes the provider. Its
addresses are settings, because the wiki and the known clients differ.
"""

import re
from collections.abc import Collection, Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

import requests
from requests.auth import AuthBase
from social_core.backends.base import BaseAuth
from social_core.exceptions import (
    AuthInputError,
    AuthProviderError,
    AuthResponseError,
    AuthSessionError,
    ErrorStage,
)
from social_core.utils import user_agent

from neos_backend.attempts import NEXT, person_id
from neos_backend.http import Deadline, fetch
from neos_backend.members import InvalidProfile, members
from neos_backend.outside import Bound, TooManyWait
from neos_backend.pauses import PausesOAuth2
from neos_backend.profile import Profile

# Visible ASCII (RFC 6749 appendix A.12, without the space). Other characters break the header.
ACCESS_TOKEN = re.compile(r"[\x21-\x7e]{1,8192}")
#: Code of the refusal if as many sign-ins as allowed wait for the provider.
BUSY = "busy"

SIGN_INS = Bound()


def scopes_in(setting: Any) -> list[str]:
    """Return the scopes of a setting: a list, or a text with spaces between them."""
    return setting.split() if isinstance(setting, str) else list(setting or [])


class ParseProfile(Protocol):
    """Read the provider's JSON of any type. Raises InvalidProfile, and nothing else."""

    def __call__(
        self, data: object, *, scopes: Collection[str], now: datetime | None = None
    ) -> Profile: ...


class PlatformOAuth2(PausesOAuth2):
    """The part that the backends of both platforms share.

    Settings, as `SOCIAL_AUTH_<NAME>_…`: those of the library (KEY, SECRET, SCOPE, EXTRA_DATA,
    AUTHORIZATION_URL, ACCESS_TOKEN_URL, USE_PKCE and so on), and PROFILE_URL, CALLS_AT_ONCE and
    REDIRECT_URI. The provider compares REDIRECT_URI as an exact string, so do not derive it from a
    request. CALLS_AT_ONCE is how many sign-ins of one process may wait for the provider at the same
    time.

    The pipeline gets `response = {"id", "username", "email", "profile"}`, which JSON can hold, so
    that any step may pause the pipeline. "profile" is `Profile.as_json()`; `Profile.from_json`
    reads it. Raw profile and tokens stay in this class and are never stored.
    """

    title: str
    #: Those that are known of the platform, for the checks.
    KNOWN_SCOPES: frozenset[str] = frozenset()
    ID_KEY = "id"
    REQUIRES_USER_ID = True
    PROFILE_URL = ""
    DEFAULT_SCOPE = ["profile"]
    SCOPE_SEPARATOR = " "
    REDIRECT_STATE = False  # its extra parameter would change the redirect URI
    LOGIN_SECONDS = 10.0  # for the token and the profile together
    CALLS_AT_ONCE = 3

    #: Each platform has its own.
    parse_profile: ClassVar[ParseProfile]

    _deadline: Deadline | None = None
    _waiting: ExitStack | None = None  # counts this sign-in until the provider has answered

    def get_scope(self) -> list[str]:
        """Return each scope once: those of SCOPE, and the default unless IGNORE_DEFAULT_SCOPE."""
        default = [] if self.setting("IGNORE_DEFAULT_SCOPE") else self.DEFAULT_SCOPE
        return list(dict.fromkeys([*scopes_in(self.setting("SCOPE")), *scopes_in(default)]))

    def get_redirect_uri(self, state: str | None = None) -> str:
        uri: str = self.setting("REDIRECT_URI") or super().get_redirect_uri(state)
        return uri

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
            self.count_as_waiting(self._waiting)
            self._deadline = Deadline(self.LOGIN_SECONDS)
            found = super().auth_complete(*args, **kwargs)
        if self.destination:  # the library reads it from there
            self.strategy.session_set(NEXT, self.destination)
        return found

    def count_as_waiting(self, until_answered: ExitStack) -> None:
        """Raise AuthProviderError if too many wait. The state stays good for another try."""
        try:
            at_most = self.setting("CALLS_AT_ONCE", self.CALLS_AT_ONCE)
            until_answered.enter_context(SIGN_INS.enter(at_most))
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
        if self._waiting is not None:
            self._waiting.close()  # what follows waits for the database only
        kwargs.update(response=response, backend=self)
        kwargs[self.begun_by] = person_id(kwargs.get("user"))
        return self.strategy.authenticate(*args, **kwargs)

    def user_data(self, access_token: str, *_args: Any, **kwargs: Any) -> dict[str, Any]:
        scopes = self.granted_scopes(kwargs.get("response"))
        try:
            profile = self.parse_profile(self.request_profile(access_token), scopes=scopes)
        except InvalidProfile as error:
            raise self.invalid_claim(error.claim, "user_info") from error
        return {
            "id": profile.id,
            "username": profile.username,
            "email": profile.email,
            "profile": profile.as_json(),
        }

    def granted_scopes(self, response: Any) -> frozenset[str]:
        # RFC 6749 §5.1: an answer without a scope grants all that was asked for.
        scope = response.get("scope") if isinstance(response, dict) else None
        return frozenset(scope.split() if isinstance(scope, str) else self.get_scope())

    def request_profile(self, access_token: str) -> object:
        """Return the decoded JSON of any type."""
        return self.get_profile(self.profile_url(), access_token)

    def profile_url(self) -> str:
        address: str = self.setting("PROFILE_URL", self.PROFILE_URL)
        return address

    def get_profile(self, address: str, access_token: str) -> object:
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        return self.get_json(address, headers=headers)

    def get_user_details(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return the library's usual keys.

        No platform asks for real names. They are None and not empty, because the library would
        write an empty one over what a person has typed in.
        """
        return {
            "username": response.get("username"),
            "email": response.get("email"),
            "fullname": None,
            "first_name": None,
            "last_name": None,
        }

    def extra_data(
        self,
        user: Any,
        uid: str,
        response: dict[str, Any],
        details: dict[str, Any],
        pipeline_kwargs: dict[str, Any],
    ) -> dict[str, Any]:
        """Store nothing unless a project asks for it, and never a token: each is used once.

        EXTRA_DATA may name the members of the response, of the profile in it and of the details.
        GET_ALL_EXTRA_DATA stores the response. Either adds `auth_time`, as the library does.
        """
        if self.GET_ALL_EXTRA_DATA or self.setting("GET_ALL_EXTRA_DATA"):
            known = response
        elif self.EXTRA_DATA or self.setting("EXTRA_DATA"):
            known = {**members(response.get("profile")), **response}
        else:
            return {}
        return BaseAuth.extra_data(self, user, uid, known, details, pipeline_kwargs)

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
