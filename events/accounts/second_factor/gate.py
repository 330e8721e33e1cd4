"""Say who has to prove a second factor, and who has done so in this session.

A session is proved by `django_otp`: it notes the device that took the code. Signing out forgets it,
and so does the end of the device: its middleware looks for it at every request.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django_otp.plugins.otp_totp.models import TOTPDevice

from events.http.requests import with_next

OFFERED, REQUIRED, OFF = "offered", "required", "off"
View = Callable[..., Any]


def has_one(user: User) -> bool:
    """Tell whether the person has set up an app; recovery codes alone are no factor."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def may_set_up(user: User) -> bool:
    return user.is_staff and settings.STAFF_SECOND_FACTOR != OFF


def may_see(user: User) -> bool:
    """Let people who organize no more, or on a site that asks no more, remove what they have."""
    return may_set_up(user) or has_one(user)


def proved_by(request: HttpRequest) -> object:
    """Return the device whose code was typed in this session; None before that."""
    return getattr(request.user, "otp_device", None)


def is_proved(request: HttpRequest) -> bool:
    return proved_by(request) is not None


def is_missing(request: HttpRequest) -> bool:
    """Return whether this session has to prove a factor before it may organize.

    Called for people who may enter the admin. It costs a query for those who have proved none.
    """
    mode = settings.STAFF_SECOND_FACTOR
    if mode == OFF or is_proved(request):
        return False
    return mode == REQUIRED or has_one(_user(request))


def proved_first(view: View) -> View:
    """Lead to the page that asks for a code, and do nothing of what was asked for."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return _way(request) if is_missing(request) else view(request, *args, **kwargs)

    return asked


def _way(request: HttpRequest) -> HttpResponse:
    """A form that was sent is lost, so its page is opened again afterwards, and not sent."""
    response = redirect(with_next("events:second-factor", request.get_full_path()))
    add_never_cache_headers(response)  # scripts of the admin may be kept, the way to here may not
    return response


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - the admin has asked for it
    return request.user
