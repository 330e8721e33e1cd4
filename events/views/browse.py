"""Find an event, and read everything about it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events import places, search
from events.access import facts, offers, roles, viewers
from events.access.offers import Listing
from events.access.refusals import Code
from events.formatting import times
from events.http import chosen
from events.models import Attendee, Event
from events.models.event_set import EventQuerySet
from events.payments import quotes

from .addresses import find_event, moved
from .filters import MINE, PAST, UPCOMING, Filters, held_by

EVENTS_PER_PAGE = 20
LINES_AT_ONCE = 500


@cache_control(private=True)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    viewer = viewers.viewer_of(request.user)
    filters = Filters.read(request.GET)
    q = filters.narrow(_of_tab(request, filters.when, viewer, now), now)
    page = Paginator(_in_order(q, filters), EVENTS_PER_PAGE).get_page(request.GET.get("page"))
    mine = facts.held_at(viewer, page, now)
    listings = [offers.make_listing(event, mine.get(event.pk), now) for event in page]
    has_hero = filters == Filters() and page.number == 1
    hero, others = _pick_hero(listings) if has_hero else (None, listings)
    context = {
        "page": page,
        "previous": filters.address_of_page(page.number - 1),
        "next": filters.address_of_page(page.number + 1),
        "listings": listings,
        "filters": filters,
        "tabs": _tabs(filters),
        "hero": hero,
        "days": _by_day(others, chosen.own_zone(request, viewer)),
        "elsewhere": None if page else _look_elsewhere(request, filters, viewer, now),
        "viewer": viewer,
        "now": now,
    }
    return render(request, "events/list.html", context)


def _of_tab(
    request: HttpRequest, when: str, viewer: Attendee | None, now: datetime
) -> EventQuerySet:
    """Return the events of one tab, without texts that no list shows.

    Somebody's own events are there too if the public list leaves them out.
    """
    q = Event.objects.with_occupancy(now).without_long_texts()
    q = q.prefetch_related("hosts")
    if when == MINE:
        return q.visible_to(request.user).filter(held_by(viewer, now)).ending_after(now)
    return q.listed().ended_by(now) if when == PAST else q.listed().ending_after(now)


def _in_order(q: EventQuerySet, filters: Filters) -> EventQuerySet:
    """Sort always: counting drops the default order."""
    by_time = ("-starts_at", "-pk") if filters.when == PAST else ("starts_at", "pk")
    return q.order_by(*(["found_in"] if filters.words else []), *by_time)


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    address: str
    is_current: bool


def _tabs(filters: Filters) -> list[Tab]:
    """Return the tabs, each with the same filters as far as they say something there."""
    labels = {UPCOMING: _("Coming up"), PAST: _("Past"), MINE: _("Mine")}
    return [
        Tab(label, filters.address(when=when), when == filters.when)
        for when, label in labels.items()
    ]


def _pick_hero(listings: list[Listing]) -> tuple[Listing | None, list[Listing]]:
    """Return the next event that takes place, and the others in their order."""
    hero = next((listing for listing in listings if not listing.event.is_cancelled), None)
    return hero, [listing for listing in listings if listing is not hero]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """So many events of another tab fit the same words and filters."""

    when: str
    count: int
    address: str


def _look_elsewhere(
    request: HttpRequest, filters: Filters, viewer: Attendee | None, now: datetime
) -> Elsewhere | None:
    """Return what fits on another tab; None if nothing does, or a filter means nothing there."""
    other = replace(filters, when=UPCOMING if filters.when else PAST)
    if not filters.are_on or not filters.on <= {switch.name for switch in other.switches}:
        return None
    count = other.narrow(_of_tab(request, other.when, viewer, now), now).count()
    return Elsewhere(other.when, count, other.address()) if count else None


@dataclass(frozen=True, slots=True)
class Day:
    """The events that start on one day of the viewer's clock, or of the event's own.

    In a search `found_in` says in words where the words were found; it is empty otherwise.
    """

    title: str
    found_in: str
    listings: list[Listing]


def _by_day(listings: list[Listing], own: ZoneInfo | None) -> list[Day]:
    def key(listing: Listing) -> tuple[str, str]:
        event = listing.event
        place = getattr(event, "found_in", None)
        found_in = str(search.Place(place).label) if place else ""
        return found_in, times.weekday(event.starts_at, own or event.zone)

    return [Day(title, where, [*found]) for (where, title), found in groupby(listings, key)]


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
    shown = roles.shown_roles(event)
    workshops = [replace(one, led_by=roles.leading(shown, one.bookable)) for one in workshops]
    codes = {refusal.code for workshop in workshops for refusal in workshop.refusals}
    context = {
        "event": event,
        "viewer": attendee,
        "now": now,
        "offer": offer,
        "workshops": workshops,
        "needs_event_place": Code.EVENT_PLACE_REQUIRED in codes,
        "is_over": event.has_ended(now),
        "is_early": offers.is_early(event, now),
        "advantages": offers.advantages(known, [offer, *workshops]),
        "people": facts.shown_people(event),
        "role_groups": roles.by_kind(shown),
        "my_roles": roles.my_roles(known),
        "quotes": quotes.quotes(known.registrations, now),
        "may_organize": viewers.may_organize(event, request.user),
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
