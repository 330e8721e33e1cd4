"""Note who signed in, by the id of the account, and that somebody could not."""

from typing import Any

from django.contrib.auth.models import User

from events import happened


def signed_in(*, user: User, **_more: Any) -> None:
    """Hear from Django that somebody signed in, in whichever way."""
    happened.note(happened.Kind.SIGNED_IN, user=user.pk)


def password_failed(**_more: Any) -> None:
    """Hear from Django that a password was wrong. What was typed may be one, so it is left out."""
    happened.note_at_once(happened.Kind.SIGN_IN_FAILED, way="password")


def platform_failed(code: str) -> None:
    happened.note_at_once(happened.Kind.SIGN_IN_FAILED, way=f"platform:{code}")
