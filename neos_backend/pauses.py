"""Let a sign-in that a step of the pipeline has paused go on for the person who began it only.

The library keeps the token of the pause in the session, where the next person at the same browser
has it too. It looks at the token before it looks at anything else: it would go on with the pause
of one person when the platform has just answered for another.
"""

from typing import TYPE_CHECKING, Any

from social_core.exceptions import AuthSessionError
from social_core.utils import PARTIAL_TOKEN_SESSION_NAME

from neos_backend.attempts import NEXT, AttemptsOAuth2, person_id

if TYPE_CHECKING:
    from social_core.storage import PartialMixin


class PausesOAuth2(AttemptsOAuth2):
    """Binds a pause to the person who was signed in, or to nobody, when the platform answered."""

    _is_answered = False  # the request that found the pause brings an answer of the platform
    _visitor: Any = None  # the user of that request

    @property
    def begun_by(self) -> str:
        """The name in the pipeline's arguments, and so in each pause, of that person's id."""
        return f"{self.name}_begun_by"

    def prepare_auth(self, user: Any = None) -> None:
        """Begin anew: what was paused in this session is given up."""
        super().prepare_auth(user)
        if token := self.strategy.session_get(PARTIAL_TOKEN_SESSION_NAME):
            self.strategy.clean_partial_pipeline(token)

    def validate_partial_pipeline(self, partial: "PartialMixin", user: Any = None) -> None:
        """Raise AuthSessionError if another person has begun. The pause stays for that person.

        The library asks this of each request that finds a pause, and goes on with it afterwards.
        """
        super().validate_partial_pipeline(partial, user)
        self._is_answered, self._visitor = self.is_answer(), user
        if not self._is_answered and self.who_began(partial) != person_id(user):
            raise AuthSessionError(self, code="user_mismatch", stage="callback")

    def continue_pipeline(self, partial: "PartialMixin") -> Any:
        """Go on with the pause, or with the platform's answer if the request brings one.

        The library gives the pause up after that. An answer that is refused leaves it as it was.
        """
        if not self._is_answered:
            return super().continue_pipeline(partial)
        redirect_name = partial.kwargs.get("redirect_name", NEXT)
        return self.complete(user=self._visitor, redirect_name=redirect_name)

    def is_answer(self) -> bool:
        """Return whether the request is what RFC 6749 §4.1.2 sends back from the platform."""
        sent = self.strategy.get_request_data()
        return "state" in sent and ("code" in sent or "error" in sent)

    def who_began(self, partial: "PartialMixin") -> str | None:
        """Return the id of that person, "" for nobody, None if the pause does not tell."""
        if partial.pipeline_type == "disconnect":  # only for people who are signed in
            return person_id(partial.kwargs.get("user"))
        person: str | None = partial.kwargs.get(self.begun_by)
        return person
