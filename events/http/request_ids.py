"""Give each request an id: in the lines of its log, in a header of its answer, on error pages.

This module imports nothing of the site's rows: the log reads the id before they are loaded.
"""

import re
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
#: What is taken from a proxy: nothing that could forge a line of the log.
SHAPE = re.compile(r"[A-Za-z0-9_-]{8,64}")

#: Where the id is kept in `request.META`, for lines that are written after the answer.
KEPT = "eventsite.request_id"

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_id() -> str:
    """Return the id of the request that this thread works on, or ""."""
    return _current.get()


class RequestIdMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META[KEPT] = _new_or_sent(request)
        token = _current.set(id_of(request))
        try:
            response = self.get_response(request)
            response[HEADER] = current_id()
        finally:
            _current.reset(token)
        return response


def id_of(request: object) -> str:
    """Return the id that the request was given, or "". Lines of `runserver` have a socket here."""
    kept = request.META.get(KEPT) if isinstance(request, HttpRequest) else None
    return str(kept or "")


def _new_or_sent(request: HttpRequest) -> str:
    """Return the id that a proxy of ours gave, or a new one: visitors could send any."""
    sent = request.headers.get(HEADER, "") if settings.TRUSTED_PROXY_HOPS else ""
    return sent if SHAPE.fullmatch(sent) else uuid.uuid4().hex
