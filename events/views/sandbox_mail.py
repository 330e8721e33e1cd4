"""The mails of the demo, which nobody else gets."""

from datetime import UTC
from zoneinfo import ZoneInfo

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from events.access import viewers
from events.messages import kept

MAILS_PER_PAGE = 25
#: A mail may have styles of its own, and loads and runs nothing. Its links leave the frame.
LEAVES_BY_CLICK = "allow-top-navigation-by-user-activation"
MAIL_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    f"form-action 'none'; frame-ancestors 'self'; sandbox {LEAVES_BY_CLICK}",
    "X-Frame-Options": "SAMEORIGIN",
}


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    _require_demo()
    page = Paginator(kept.names(), MAILS_PER_PAGE).get_page(request.GET.get("page"))
    context = _context(request) | {"page": page, "mails": [kept.read(name) for name in page]}
    return render(request, "events/sandbox_mails.html", context)


@never_cache
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its type knows no arguments
def mail(request: HttpRequest, name: str) -> HttpResponse:
    found = _read(name)
    shows_text = request.GET.get("as") == "text" or not found.html
    context = _context(request) | {"mail": found, "shows_text": shows_text}
    return render(request, "events/sandbox_mail.html", context | {"sandbox": LEAVES_BY_CLICK})


@never_cache
@require_safe
def mail_as_html(_request: HttpRequest, name: str) -> HttpResponse:
    """Return the mail as a document of its own, for the frame."""
    html = _read(name).html
    framed = html.replace("<head>", '<head><base target="_top">', 1)
    return HttpResponse(framed, headers=MAIL_HEADERS)


@never_cache
@require_safe
def mail_file(_request: HttpRequest, name: str, file: str) -> HttpResponse:
    """Return what is attached to a mail, to be saved and never shown."""
    content = _read(name).files.get(file)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file)
    return response


def _require_demo() -> None:
    if not settings.SANDBOX_MAIL:
        raise Http404


def _read(name: str) -> kept.Kept:
    _require_demo()
    try:
        return kept.read(name)
    except FileNotFoundError:
        raise Http404 from None


def _context(request: HttpRequest) -> dict[str, object]:
    return {"viewer": viewers.viewer_of(request.user), "zone": ZoneInfo(str(UTC))}
