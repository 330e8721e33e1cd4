"""How this site looks: its colours, its logo, the pictures that are drawn, and those of people."""

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.cache import patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import condition, require_safe

from events import artwork
from events.http import theme
from events.http.language import for_everybody
from events.models import Picture

DAY = 24 * 60 * 60
YEAR = 365 * DAY
LOGO_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
#: Raised when pictures are drawn differently, so that browsers fetch them again.
DRAWN_AS = "1"


def theme_etag(*_request: object) -> str:
    return quote_etag(theme.version())


@for_everybody
@require_safe
@condition(theme_etag)
def theme_sheet(request: HttpRequest) -> HttpResponse:
    return _kept(HttpResponse(theme.sheet(), content_type="text/css; charset=utf-8"))


@for_everybody
@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    if not settings.SITE_LOGO:
        raise Http404
    file = Path(settings.SITE_LOGO)
    try:
        content = file.read_bytes()
    except OSError as error:  # it was there when the site started
        raise Http404 from error
    return _kept(HttpResponse(content, content_type=LOGO_TYPES[file.suffix.lower()]))


def drawing_etag(_request: HttpRequest, **_address: str) -> str:
    return quote_etag(DRAWN_AS)


@for_everybody
@require_safe
@condition(drawing_etag)
def event_art(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """Draw any address: nothing is looked up, so that nobody learns which events there are."""
    if kind not in artwork.KINDS:
        raise Http404
    return _drawing(artwork.draw(slug, kind))


@for_everybody
@require_safe
@condition(drawing_etag)
def face(request: HttpRequest, seed: str) -> HttpResponse:
    return _drawing(artwork.draw_face(seed))


@for_everybody
@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve a picture of somebody. Its address is its hash, so what it shows never changes."""
    found = get_object_or_404(Picture, digest=digest)
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    return response


def _drawing(svg: str) -> HttpResponse:
    return _kept(HttpResponse(svg, content_type="image/svg+xml"), DAY)


def _kept(response: HttpResponse, seconds: int = 60 * 60) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=seconds)
    return response
