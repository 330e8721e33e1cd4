"""Pages that staff have written: imprint, privacy, terms, rules of conduct, and others."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import PageVersion
from events.site_pages import version_at, versions_of

UTC = ZoneInfo("UTC")


@require_safe
def site_page(request: HttpRequest, name: str, number: int | None = None) -> HttpResponse:
    """Show the newest version; with a number that one, with `?on=2030-06-01` that of the day."""
    versions = versions_of(name)
    newest = versions.last()
    if newest is None:
        raise Http404
    if number is not None:
        return _page(request, get_object_or_404(versions, number=number), newest)
    asked = _day(request)
    found = version_at(versions, asked) if asked else newest
    if found is None:
        raise Http404
    return _page(request, found, newest)


def _day(request: HttpRequest) -> date | None:
    """Return the day of the address; None if there is none that can be read."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None


def _page(request: HttpRequest, version: PageVersion, newest: PageVersion) -> HttpResponse:
    everything = versions_of(version.page.name).defer("text", "page__text").order_by("-number")
    versions = list(everything) if newest.number > 1 else [newest]
    later = [one for one in versions if one.number > version.number]
    context = {
        "page": version,
        "newest": newest,
        "versions": versions,
        "followed_by": later[-1] if later else None,
        "zone": UTC,
    }
    return render(request, "events/site_page.html", context)
