"""Find an event, and read everything about it."""

from collections.abc import Iterator
from itertools import islice

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events import places
from events.access import facts, offers, viewers
from events.models import Event
from events.payments import quotes

from .addresses import find_event, moved

EVENTS_PER_PAGE = 20
LINES_AT_ONCE = 500


@cache_control(private=True)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    shows_past = request.GET.get("when") == "past"
    q = Event.objects.listed().with_occupancy(now)
    q = q.ended_by(now) if shows_past else q.ending_after(now)
    # Counting drops the default order.
    q = q.order_by(*(("-starts_at", "-pk") if shows_past else ("starts_at", "pk")))
    page = Paginator(q, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    viewer = viewers.viewer_of(request.user)
    mine = facts.held_at(viewer, page, now)
    listings = [
        offers.Listing(event, facts.Occupancy(event.taken, event.waiting), mine.get(event.pk))
        for event in page
    ]
    context = {
        "page": page,
        "listings": listings,
        "shows_past": shows_past,
        "viewer": viewer,
        "now": now,
    }
    return render(request, "events/list.html", context)


@cache_control(private=True)
@require_safe
def event_page(request: HttpRequest, slug: str) -> HttpResponse:
    event = find_event(request, slug)
    return moved(request, event) or render_event(request, event)


def render_event(request: HttpRequest, event: Event, status: int = 200) -> HttpResponse:
    now = timezone.now()
    attendee = viewers.attendee_facing(event, request.user)
    known = facts.read_facts(event, attendee, now, positions=True)
    offer, *workshops = [offers.make_offer(known, bookable) for bookable in event.bookables()]
    context = {
        "event": event,
        "viewer": attendee,
        "now": now,
        "offer": offer,
        "workshops": workshops,
        "perks": known.perks,
        "quotes": quotes.quotes(known.registrations, now),
        "early_openings": offers.early_openings(known),
    }
    return render(request, "events/event.html", context, status=status)


@require_safe
def draw(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Show what anybody needs to replay a draw: the seed, and every code with its rank.

    The codes are shown without names, and give no access to anything.
    """
    event = find_event(request, slug)
    if event.drawn_at is None:
        raise Http404
    if elsewhere := moved(request, event):
        return elsewhere
    return StreamingHttpResponse(_draw_in_lines(event), content_type="text/plain; charset=utf-8")


def _draw_in_lines(event: Event) -> Iterator[str]:
    yield f"commitment {event.draw_commitment}\nseed {event.draw_seed}\n"
    lines = (f"{rank} {code}\n" for rank, code in places.published(event))
    while batch := "".join(islice(lines, LINES_AT_ONCE)):
        yield batch
