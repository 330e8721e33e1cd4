"""Lead the other names of this machine to the one of `SITE_URL`, in the demo.

The session's cookie and the way back from a sign-in belong to one host. In production a request for
another host is refused.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

#: They lead to the machine of the browser itself, so that nobody is sent away from another site.
NAMES = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - typed, not bound


class OtherNamesMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = _name(request)
        if asked in NAMES and asked != settings.SITE_HOST:
            return HttpResponseRedirect(f"{settings.SITE_URL}{request.get_full_path()}")
        return self.get_response(request)


def _name(request: HttpRequest) -> str:
    """Return the host that was asked for, before Django looks whether it is allowed."""
    try:
        return urlsplit(f"//{request.META.get('HTTP_HOST', '')}").hostname or ""
    except ValueError:
        return ""
