"""The time zone and the language that somebody chooses, stored with the account."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest

from events.http import chosen
from events.models import Attendee


def choose_zone(viewer: Attendee | None, name: str) -> None:
    """Store the name of a zone on offer, or "" for none; nothing without an account."""
    _store(viewer, time_zone=name)


def choose_language(viewer: Attendee | None, code: str) -> None:
    _store(viewer, language=code)


def _store(viewer: Attendee | None, **fields: str) -> None:
    if viewer is not None:
        Attendee.objects.filter(pk=viewer.pk, erased_at=None).update(**fields)


def signed_in(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Take over what was chosen in this browser, as far as the account has chosen nothing."""
    zone = chosen.zone_of_browser(request)
    language = chosen.language_of_browser(request) if request else ""
    here = Attendee.objects.filter(user=user, erased_at=None)
    if zone:
        here.filter(time_zone="").update(time_zone=zone)
    if language:
        here.filter(language="").update(language=language)
