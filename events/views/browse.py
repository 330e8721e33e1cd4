"""Find an event, and read everything about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby, islice

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events import places
from events.access import facts, offers, viewers
from events.access.offers import Listing
from events.access.refusals import Code
from events.formatting import times
from events.models import Attendee, Event
from events.payments import quotes

from .addresses import find_event, moved

EVENTS_PER_PAGE = 20
LINES_AT_ONCE = 500


@cache_control(private=True)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    shows_past = request.GET.get("when") == "past"
    q = Event.objects.listed().with_occupancy(now).prefetch_related("hosts")
    q = q.ended_by(now) if shows_past else q.ending_after(now)
    # Counting drops the default order.
    q = q.order_by(*(("-starts_at", "-pk") if shows_past else ("starts_at", "pk")))
    page = Paginator(q, EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    viewer = viewers.viewer_of(request.user)
    mine = facts.held_at(viewer, page, now)
    listings = [offers.make_listing(event, mine.get(event.pk), now) for event in page]
    hero, others = (None, listings) if shows_past else _pick_hero(listings)
    context = {
        "page": page,
        "listings": listings,
        "hero": hero,
        "days": _by_day(others, viewer),
        "shows_past": shows_past,
        "viewer": viewer,
        "now": now,
    }
    return render(request, "events/list.html", context)


def _pick_hero(listings: list[Listing]) -> tuple[Listing | None, list[Listing]]:
    """Return the next event that takes place, and the others in their order."""
    hero = next((listing for listing in listings if not listing.event.is_cancelled), None)
    return hero, [listing for listing in listings if listing is not hero]


@dataclass(frozen=True, slots=True)
class Day:
    """The events that start on one day of the viewer's clock, or of the event's own."""

    title: str
    listings: list[Listing]


def _by_day(listings: list[Listing], viewer: Attendee | None) -> list[Day]:
    def title(listing: Listing) -> str:
        event = listing.event
        zone = event.zone if viewer is None or viewer.zone == UTC else viewer.zone
        return times.weekday(event.starts_at, zone)

    return [Day(title, [*found]) for title, found in groupby(listings, title)]


@cache_control(private=True)
@require_safe
def event_page(request: HttpRequest, slug: str) -> HttpResponse:
    event = find_event(request, slug)
    return moved(request, event) or render_event(request, event)


def render_event(request: HttpRequest, event: Event, status: int = 200) -> HttpResponse:
    now = timezone.now()
    prefetch_related_objects([event], "hosts")
    attendee = viewers.attendee_facing(event, request.user)
    known = facts.read_facts(event, attendee, now, positions=True)
    offer, workshops = offers.make_offers(known)
    codes = {refusal.code for workshop in workshops for refusal in workshop.refusals}
    context = {
        "event": event,
        "viewer": attendee,
        "now": now,
        "offer": offer,
        "workshops": workshops,
        "needs_event_place": Code.EVENT_PLACE_REQUIRED in codes,
        "is_over": event.has_ended(now),
        "perks": known.perks,
        "people": facts.shown_people(event),
        "quotes": quotes.quotes(known.registrations, now),
        "early_openings": offers.early_openings(known),
        "share_url": f"{settings.SITE_URL}{event.get_absolute_url()}",
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
