"""Pages that staff have written: imprint, privacy, terms, rules of conduct, and others."""

from datetime import date
from http import HTTPStatus
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import PageVersion
from events.site_pages import version_at, versions_of

UTC = ZoneInfo("UTC")


@require_safe
def site_page(request: HttpRequest, name: str, number: int | None = None) -> HttpResponse:
    """Show the newest version; with a number that one, with `?on=2030-06-01` that of the day.

    Of a day to come that is the newest. A day that cannot be read is never taken for today: people
    would believe that they read what was there then.
    """
    versions = versions_of(name)
    newest = versions.last()
    if newest is None:
        raise Http404
    if number is not None:
        return _page(request, get_object_or_404(versions, number=number), newest)
    if not (typed := request.GET.get("on", "")):
        return _page(request, newest, newest)
    try:
        found = version_at(versions, date.fromisoformat(typed))
    except ValueError:
        return _no_such_day(request, newest)
    if found is None:
        return _no_such_day(request, newest, versions.first())
    return _page(request, found, newest)


def _no_such_day(
    request: HttpRequest, newest: PageVersion, first: PageVersion | None = None
) -> HttpResponse:
    """Say what to do: the day cannot be read, or is before the first version if that is given."""
    context = {"page": newest, "first": first, "zone": UTC}
    return render(request, "events/no_such_day.html", context, status=HTTPStatus.NOT_FOUND)


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
