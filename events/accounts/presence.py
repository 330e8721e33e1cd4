"""Proof that the person is there, and not somebody at a browser that was left open.

Accounts with a password ask for it. The others ask for a sign-in with Neos in this browser within
the last minutes; its time is kept in the session.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from social_core.strategy import BaseStrategy

from events.http.requests import SignedInRequest
from events.models import Attendee

FRESH = timedelta(minutes=10)
SIGNED_IN = "neos_signed_in"
TYPED = "typed_profile"
PROVED_FOR_LINK = "proved_for_link"


def note_neos_sign_in(
    *_args: object, strategy: BaseStrategy[Any], user: User, **_kwargs: object
) -> None:
    """Note who has just come back from Neos: the last step of the sign-in's pipeline.

    A password that was typed for it has done its work.
    """
    strategy.session_set(SIGNED_IN, [user.pk, timezone.now().timestamp()])
    strategy.session_pop(PROVED_FOR_LINK)


def is_proved_by_neos(request: SignedInRequest) -> bool:
    pk, at = request.session.get(SIGNED_IN, (None, 0))
    return pk == request.user.pk and _is_fresh(at)


def keep_typed(request: SignedInRequest, typed: dict[str, str]) -> None:
    """Keep what was typed in the profile, while the person signs in with Neos again."""
    request.session[TYPED] = [typed, timezone.now().timestamp()]


def typed_before(request: SignedInRequest) -> dict[str, Any]:
    """Return what was typed before the way to Neos, once; nothing without a new sign-in."""
    if not is_proved_by_neos(request):
        return {}
    typed, at = request.session.pop(TYPED, ({}, 0))
    return typed if _is_fresh(at) else {}


# --- Linking a Neos account ----------------------------------------------------------------------


def is_asked_before_link(attendee: Attendee) -> bool:
    """Tell whether a link asks for the password: it would be one more way in, and it lasts."""
    return attendee.neos_id is None and attendee.user.has_usable_password()


def prove_for_link(request: SignedInRequest) -> None:
    """Note that the password was right, until the person is back from Neos."""
    request.session[PROVED_FOR_LINK] = [request.user.pk, timezone.now().timestamp()]


def judge_link(*_args: object, strategy: Any, **_kwargs: object) -> dict[str, object]:
    """Tell `enroll` whether it may link a Neos account: a step of the sign-in's pipeline.

    Judged on the way back, because the account may have been unlinked since the person left.
    """
    request = strategy.request
    if request is None or not request.user.is_authenticated:
        return {"may_link": True}
    pk, at = request.session.get(PROVED_FOR_LINK, (None, 0))
    is_proved = pk == request.user.pk and _is_fresh(at)
    return {"may_link": is_proved or not request.user.has_usable_password()}


def _is_fresh(timestamp: float) -> bool:
    age = timezone.now().timestamp() - timestamp
    return timedelta() <= timedelta(seconds=age) <= FRESH
