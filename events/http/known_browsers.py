"""Browsers in which somebody signed in to an account before, told by a signed cookie.

Strangers who try passwords use up the tries of an account. A browser that is known to it has tries
of its own, so they cannot lock its person out. The cookie gives no access to anything.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from events.formatting import text

COOKIE = "known"
SALT = "events.http.known-browsers"
MAX_AGE = timedelta(days=365)
MOST_ACCOUNTS = 5  # of one browser


def ticket_for(request: HttpRequest, name: str) -> str:
    """Return what tells this browser from others that know the account; "" if it does not."""
    return _tickets(request).get(_label(name), "")


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Let the browser know the account from now on; it forgets the oldest one of too many."""
    tickets = _tickets(request)
    ticket = tickets.pop(_label(name), "") or secrets.token_urlsafe(12)
    newest = [*tickets.items(), (_label(name), ticket)][-MOST_ACCOUNTS:]
    response.set_cookie(
        _cookie_name(),
        signing.dumps(newest, salt=SALT),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _tickets(request: HttpRequest) -> dict[str, str]:
    try:
        cookie = request.COOKIES.get(_cookie_name(), "")
        return dict(signing.loads(cookie, salt=SALT, max_age=MAX_AGE))
    except signing.BadSignature:
        return {}


def _label(name: str) -> str:
    """Return a keyed hash, so that the next person at the computer cannot guess names from it."""
    return salted_hmac(SALT, text.account_key(name)).hexdigest()[:20]


def _cookie_name() -> str:
    """With the prefix, browsers accept it from this host only, like the session's cookie."""
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE
