"""Answer `/livez`, `/readyz` and `/metrics`: for balancers and watchers, which read no page.

It is a middleware and no view: who asks does so by number and over http, and gets no redirect, no
session and no cookie.
"""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from events.doors.gate import counter_of
from events.http.limits import MINUTE, Limit

from . import metrics
from .reasons import Reason
from .watch import watch

TEXT = "text/plain; charset=utf-8"
#: Tries with a wrong token, of one network; a right one is never counted.
WRONG_TOKENS = Limit(30, MINUTE, counter_of, scope="token")

Page = Callable[[HttpRequest], HttpResponse | None]


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        page = PAGES.get(request.path_info.removesuffix("/"))
        if page is None:
            return self.get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return _words("wrong-method", HTTPStatus.METHOD_NOT_ALLOWED, Allow="GET, HEAD")
        return page(request) or self.get_response(request)


def _words(text: str, status: HTTPStatus = HTTPStatus.OK, **headers: str) -> HttpResponse:
    fixed = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(f"{text}\n", status=status, content_type=TEXT, headers=fixed | named)


def livez(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; look at nothing else."""
    return _words("alive")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 503 if pages cannot be served; with `?strict`, also if something is late.

    The reasons are for those who have the token.
    """
    if refusal := _refusal(request):
        return refusal
    reasons = watch.reasons()
    lines = [_word_of(reasons), *(reasons if _has_token(request) else ())]
    is_strict = "strict" in request.META.get("QUERY_STRING", "").split("&")
    is_away = any(reason.stops_pages or is_strict for reason in reasons)
    status = HTTPStatus.SERVICE_UNAVAILABLE if is_away else HTTPStatus.OK
    return _words("\n".join(lines), status)


def _word_of(reasons: tuple[Reason, ...]) -> str:
    if any(reason.stops_pages for reason in reasons):
        return "unready"
    return "late" if reasons else "ready"


def metrics_page(request: HttpRequest) -> HttpResponse | None:
    """Return the metrics; None without the setting, as if the address was not there."""
    if not settings.METRICS_TOKEN:
        return None
    if refusal := _refusal(request):
        return refusal
    if not _has_token(request):
        return _words("token-needed", HTTPStatus.UNAUTHORIZED, WWW_Authenticate="Bearer")
    response = HttpResponse(metrics.as_text(), content_type=metrics.CONTENT_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def _has_token(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "")
    return bool(token) and constant_time_compare(sent, f"Bearer {token}")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """Refuse a wrong token, and many of one network for a while.

    Without the cache none is counted: nobody guesses a token, and `/readyz` has to say so.
    """
    if "Authorization" not in request.headers or _has_token(request):
        return None
    try:
        seconds = WRONG_TOKENS.count("token", request)
    except Exception:  # noqa: BLE001 - a client of a cache may raise anything
        seconds = 0
    if seconds:
        return _words("too-many-tries", HTTPStatus.TOO_MANY_REQUESTS, Retry_After=str(seconds))
    return _words("wrong-token", HTTPStatus.UNAUTHORIZED, WWW_Authenticate="Bearer")


PAGES: dict[str, Page] = {"/livez": livez, "/readyz": readyz, "/metrics": metrics_page}
