"""Say what somebody who is signed out would sign in for."""

from enum import StrEnum

from django.utils.translation import gettext


class Aim(StrEnum):
    PLACE = "place"
    WAITLIST = "waitlist"
    DRAW = "draw"
    OPENING = "opening"


def sign_in_sentence(aim: Aim, *, requires_neos: bool) -> str:
    return (_with_neos() if requires_neos else _with_any_account())[aim]


def _with_neos() -> dict[Aim, str]:
    return _with_any_account() | {
        Aim.PLACE: gettext("Sign in with your Neos account to take a place."),
        Aim.WAITLIST: gettext("Sign in with your Neos account to join the waitlist."),
        Aim.DRAW: gettext("Sign in with your Neos account to take part in the draw."),
    }


def _with_any_account() -> dict[Aim, str]:
    return {
        Aim.PLACE: gettext("Sign in to take a place."),
        Aim.WAITLIST: gettext("Sign in to join the waitlist."),
        Aim.DRAW: gettext("Sign in to take part in the draw."),
        Aim.OPENING: gettext("Sign in, and we can mail you when it opens."),
    }
