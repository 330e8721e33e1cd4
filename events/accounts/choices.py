"""The time zone and the language that somebody chooses, stored with the account."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.utils import translation

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


def agree(
    response: HttpResponse, request: HttpRequest, before: Attendee, *, zone: str, language: str
) -> None:
    """Let the browser keep what was saved in the account, "" for nothing chosen.

    `before` is the person as they were. If they never chose a zone, they are still asked for one.
    """
    if zone or chosen.own_zone(request, before):
        chosen.remember_zone(response, zone or chosen.NO_ZONE)
    if language:
        chosen.remember_language(response, language)
    else:
        chosen.forget_language(response)


def go_on_in(language: str, request: HttpRequest) -> None:
    """Use the language for the rest of this request; "" leaves it to the header."""
    translation.activate(language or chosen.language_of_header(request))


def signed_in(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Take over what was chosen in this browser, as far as the account has chosen nothing."""
    zone = chosen.zone_of_browser(request)
    language = chosen.language_of_browser(request) if request else ""
    here = Attendee.objects.filter(user=user, erased_at=None)
    if zone:
        here.filter(time_zone="").update(time_zone=zone)
    if language:
        here.filter(language="").update(language=language)
