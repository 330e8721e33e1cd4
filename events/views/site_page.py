"""Pages that staff have written: imprint, privacy, terms, rules of conduct."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from events.models import SitePage

UTC = ZoneInfo("UTC")


@require_safe
def site_page(request: HttpRequest, name: str) -> HttpResponse:
    page = get_object_or_404(SitePage, name=name)
    return render(request, "events/site_page.html", {"page": page, "zone": UTC})
