"""Keep what belongs to one sign-in with its state: who started it, and where it leads afterwards.

The library keeps `next` under one key of the session, where two tabs share it and an attempt that
was given up leaves it behind. A visitor may have several attempts under way at the same time.
"""

import time
from typing import Any

from social_core.backends.oauth import BaseOAuth2PKCE
from social_core.exceptions import AuthSessionError
from social_core.utils import user_is_authenticated

NEXT = "next"  # the library's key in requests and in the session
MAX_STATE = 128  # characters; the library refuses longer ones too


def person_id(user: Any) -> str:
    return str(user.id) if user is not None and user_is_authenticated(user) else ""


class AttemptsOAuth2(BaseOAuth2PKCE[Any]):
    """Binds a state to the person who asked for it and to the address that they want to reach."""

    MAX_ATTEMPTS = 10  # in one session; the oldest are forgotten
    CLOCK_SKEW = 5  # seconds by which the clock of another web host may be ahead

    #: Where this attempt leads afterwards: an address that the library has checked, or empty.
    destination = ""
    _person = ""  # id of the site account that is signed in in this browser, or empty

    def prepare_auth(self, user: Any = None) -> None:
        super().prepare_auth(user)
        self._person = person_id(user)
        # Always taken out of the session: what an attempt without `next` finds is not its own.
        address = self.strategy.session_pop(NEXT)
        is_asked_for = bool(self.strategy.request_data(merge=False).get(NEXT))
        self.destination = address if is_asked_for and isinstance(address, str) else ""

    def get_or_create_state(self) -> str | None:
        """Make a state and save with it the person and the destination."""
        state: str | None = super().get_or_create_state()
        if state is not None:
            key = self.transaction_key(state)
            own = {"person": self._person, NEXT: self.destination}
            self.strategy.session_set(key, {**self.strategy.session_get(key), **own})
        return state

    def _prune_transactions(self, now: int, lifetime: int) -> dict[str, int]:
        """Forget attempts that are over, and the oldest if there are too many for one more.

        Both arguments are moved ahead, so that the clock of another host may be.
        """
        skew = self.CLOCK_SKEW
        active: dict[str, int] = super()._prune_transactions(now + skew, lifetime + skew)
        oldest_first = sorted(active, key=active.__getitem__)
        for state in oldest_first[: max(len(active) - self.MAX_ATTEMPTS + 1, 0)]:
            self.strategy.session_pop(self.transaction_key(state))
            del active[state]
        return active

    def validate_state(self) -> str | None:
        """Use up the state and return it. Raises AuthSessionError if another person started.

        Otherwise the platform account of one person could be linked to the site account of the next
        person who signs in at the same browser.
        """
        self._allow_for_fast_clock()
        state: str | None = super().validate_state()
        if (self._oauth2_transaction or {}).get("person") != self._person:
            raise AuthSessionError(self, code="user_mismatch", stage="callback")
        return state

    def attempt(self) -> dict[str, Any]:
        """Return what was saved for the state of this request, without using it up."""
        state = self.get_request_state()  # type: ignore[no-untyped-call]
        if not isinstance(state, str) or len(state) > MAX_STATE:
            return {}
        saved = self.strategy.session_get(self.transaction_key(state))
        return saved if isinstance(saved, dict) else {}

    def _allow_for_fast_clock(self) -> None:
        """Date an attempt back to now if another host, a little ahead, has started it.

        The library refuses every start in the future. The claim keeps the state good for once.
        """
        attempt, now = self.attempt(), int(time.time())
        started = attempt.get("timestamp")
        if type(started) is not int or not now < started <= now + self.CLOCK_SKEW:
            return
        state, nonce, scope = attempt["state"], self.strategy.storage.nonce, self._nonce_scope()
        if nonce.consume(scope, started, state):
            nonce.use(scope, now, state)
            self.strategy.session_set(self.transaction_key(state), {**attempt, "timestamp": now})
