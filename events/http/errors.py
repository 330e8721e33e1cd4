"""Error pages: what happened and what to do next."""

import sys
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from events.formatting.contact import site_contact

RETRY_AFTER_SECONDS = 60


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render without the request: its host or its session may be what is wrong."""
    return render(None, "400.html", status=HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    context = {
        "sentence": _(
            "This form was open for too long, or your browser does not accept cookies. "
            "Go back, load the page again and send it once more."
        )
    }
    return render(request, "403.html", context, status=HTTPStatus.FORBIDDEN)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Render without the request, so that what broke cannot break this page too.

    Django calls this while it handles the exception.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return unavailable()
    return render(None, "500.html", _whom_to_tell(), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable() -> HttpResponse:
    """Answer 503: the database is away, busy or full. The transaction was rolled back."""
    response = render(None, "503.html", _whom_to_tell(), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    add_never_cache_headers(response)
    return response


def _whom_to_tell() -> dict[str, object]:
    return {"contact": site_contact()}


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "409.html", {"sentence": sentence}, status=HTTPStatus.CONFLICT)


def too_many_requests(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
