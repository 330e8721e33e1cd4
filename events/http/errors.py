"""Error pages: what happened and what to do next.

What is answered on purpose is one warning in the log: no traceback, and no mail to ADMINS.
"""

import logging
import sys
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import add_never_cache_headers
from django.utils.log import log_response
from django.views.decorators.csrf import requires_csrf_token

from events.formatting.contact import site_contact
from events.http.requests import safe_referrer
from neos_backend.outside import clean_code

from . import language, theme
from .limits import CacheAway
from .request_ids import current_id

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 60


def log_expected(
    to: logging.Logger, request: HttpRequest, response: HttpResponse, text: str, *args: object
) -> None:
    """Write the one line about this response; Django then writes none of its own.

    `text` is completed by the path and the status.
    """
    log_response(
        f"{text} status=%s path=%s",
        *args,
        response.status_code,
        request.path,
        response=response,
        request=request,
        logger=to,
        level="warning",
    )


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Render without the request: its host or its session may be what is wrong."""
    return render(None, "400.html", status=HTTPStatus.BAD_REQUEST)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    language.use_of_account(request)
    return render(request, "403.html", status=HTTPStatus.FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Lead back to the page with the form, which has a good token once it is loaded again."""
    language.use_of_account(request)
    context = {"back": safe_referrer(request)}
    return render(request, "403_csrf.html", context, status=HTTPStatus.FORBIDDEN)


def organizers_only(request: HttpRequest) -> HttpResponse:
    response = render(request, "403_admin.html", status=HTTPStatus.FORBIDDEN)
    add_never_cache_headers(response)
    return response


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    language.use_of_account(request)
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """Render without the request, so that what broke cannot break this page too.

    Django calls this while it handles the exception.
    """
    error = sys.exception()
    if error is not None and is_database_away(error):
        response = unavailable()
        replace_broken_connections()
        log_expected(logger, request, response, "Database unavailable: code=%s", code_of(error))
        return response
    if isinstance(error, CacheAway):
        response = unavailable()
        log_expected(logger, request, response, "Cache unavailable: code=%s", code_of(error))
        return response
    return render(None, "500.html", _bare(), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def is_database_away(error: BaseException) -> bool:
    """Return whether the database is away, busy or full. The transaction was rolled back."""
    return isinstance(error, OperationalError | InterfaceError) and not _is_wrong_sql(error)


def code_of(error: BaseException) -> str:
    """Return the code of PostgreSQL (SQLSTATE), SQLite's name of it, or the kind of error."""
    cause = error.__cause__
    code = getattr(cause, "sqlstate", None) or getattr(cause, "sqlite_errorname", None)
    return clean_code(code or type(cause or error).__name__)


def _is_wrong_sql(error: BaseException) -> bool:
    """SQLite calls a missing table an operational error; PostgreSQL does not, and it is a bug."""
    return code_of(error) == "SQLITE_ERROR"


def replace_broken_connections() -> None:
    """Check every idle connection now: after a restart of PostgreSQL they are all broken.

    The pool would find them one by one, and pause for seconds in between while people wait.
    """
    if pool := getattr(connection, "pool", None):
        pool.check()


def unavailable() -> HttpResponse:
    """Answer 503: the database is away, busy or full, or the cache is away. Nothing was done."""
    response = render(None, "503.html", _bare(), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    add_never_cache_headers(response)
    return response


def _bare() -> dict[str, object]:
    """Return what a page needs that is made without the request: no rows, and no session."""
    return {
        "contact": site_contact(),
        "site_name": settings.SITE_NAME,
        "sheets": _sheets(),
        "request_id": current_id(),
    }


def _sheets() -> list[str]:
    """Return the style sheets; none if they were not collected: the page is plain then."""
    try:
        return [static("css/site.css"), theme.address()]
    except ValueError:
        return []


def conflict(request: HttpRequest, sentence: str) -> HttpResponse:
    return render(request, "409.html", {"sentence": sentence}, status=HTTPStatus.CONFLICT)


def too_many_requests(request: HttpRequest, seconds: int) -> HttpResponse:
    context = {"minutes": -(-seconds // 60)}
    response = render(request, "429.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(seconds)
    add_never_cache_headers(response)
    return response
