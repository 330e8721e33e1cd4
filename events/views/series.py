"""The page of a series: its public events, to come and past."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.access import offers, viewers
from events.models import Event, Series

#: So many cards of each kind; the list of events has all.
MOST_CARDS = 60


@cache_control(private=True)
@require_safe
def series_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer 404 while everything is a draft: to its organizers too, who have the desk."""
    series = get_object_or_404(Series, slug=slug)
    now = timezone.now()
    viewer = viewers.viewer_of(request.user)
    q = Event.objects.listed().filter(series=series)
    q = q.with_occupancy(now).without_long_texts().prefetch_related("hosts")
    coming = list(q.ending_after(now).order_by("starts_at", "pk")[:MOST_CARDS])
    past = list(q.ended_by(now).order_by("-starts_at", "-pk")[:MOST_CARDS])
    if not coming and not past:
        raise Http404
    context = {
        "series": series,
        "newest": (coming or past)[0],
        "coming": offers.listings(coming, viewer, now),
        "past": offers.listings(past, viewer, now),
        "viewer": viewer,
        "now": now,
    }
    return render(request, "events/series.html", context)
