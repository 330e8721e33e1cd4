"""Read and write the cookies of a browser for a time zone and a language, signed in or not.

The account's own choice counts before both. Django reads the cookie of the language itself.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from events.formatting import zones
from events.models import Attendee

MAX_AGE = timedelta(days=365)
#: Stored for "ask me no more": each event is shown in its own zone.
NO_ZONE = "none"


def zone_of_browser(request: HttpRequest | None) -> ZoneInfo | None:
    """Return the zone of the cookie; None without one, and for anything that is no zone on offer.

    Error pages may have no request.
    """
    name = request.COOKIES.get(_zone_cookie(), "") if request else ""
    return ZoneInfo(name) if name in zones.offered() else None


def own_zone(request: HttpRequest | None, viewer: Attendee | None) -> ZoneInfo | None:
    """Return the zone that was chosen: in the account, or else in this browser."""
    return (viewer.chosen_zone if viewer else None) or zone_of_browser(request)


def is_asked_for_zone(request: HttpRequest, viewer: Attendee | None) -> bool:
    """Return whether to propose a zone: nothing was chosen, and nobody said no here."""
    is_answered = request.COOKIES.get(_zone_cookie()) == NO_ZONE
    return not is_answered and own_zone(request, viewer) is None


def language_of_browser(request: HttpRequest) -> str:
    code = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return code if code in dict(settings.LANGUAGES) else ""


def language_of_header(request: HttpRequest) -> str:
    """Return the best language of the site for this browser; without a header, the site's own."""
    asked = HttpRequest()
    asked.META["HTTP_ACCEPT_LANGUAGE"] = request.headers.get("Accept-Language", "")
    return translation.get_language_from_request(asked)


def remember_zone(response: HttpResponse, name: str) -> None:
    """Let the browser keep a zone on offer, or `NO_ZONE`."""
    _remember(response, _zone_cookie(), name)


def remember_language(response: HttpResponse, code: str) -> None:
    _remember(response, settings.LANGUAGE_COOKIE_NAME, code)


def forget_language(response: HttpResponse) -> None:
    """Leave the language to the header of the browser again."""
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")


def _remember(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(
        cookie,
        value,
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _zone_cookie() -> str:
    """With the prefix, browsers accept it from this host only, like the session's cookie."""
    return "__Host-zone" if settings.SESSION_COOKIE_SECURE else "zone"
