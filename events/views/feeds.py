"""Atom feeds of the public events that are to come, of the site and of each host.

They are the same for everybody: nothing in them depends on who asks.
"""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.formatting import lists, text, times
from events.http.language import for_everybody
from events.models import Event, Host
from events.models.event_set import EventQuerySet

MOST_ENTRIES = 100
SECONDS = 5 * 60


@for_everybody
@cache_control(max_age=SECONDS)
@require_safe
def site_feed(request: HttpRequest) -> HttpResponse:
    feed = EventFeed(
        Event.objects.listed(),
        title=_("Events of {site}").format(site=settings.SITE_NAME),
        page=reverse("events:list"),
        name="events",
    )
    return feed(request)


@for_everybody
@cache_control(max_age=SECONDS)
@require_safe
def host_feed(request: HttpRequest, slug: str) -> HttpResponse:
    host = get_object_or_404(Host, slug=slug)
    title = _("Events with {host} at {site}")
    feed = EventFeed(
        Event.objects.listed().filter(hosts=host),
        title=title.format(host=text.clean_line(host.name), site=settings.SITE_NAME),
        page=host.get_absolute_url(),
        name=f"host-{host.pk}",
    )
    return feed(request)


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _tag(name: str) -> str:
    """Return an id that stays the same when addresses and titles change (RFC 4151)."""
    return f"tag:{settings.SITE_HOST},2026:{name}"


class EventFeed(Feed[Event, Any]):
    """The next of `events`. `page` is the path of the page that shows them to people."""

    feed_type = Atom1Feed

    def __init__(self, events: EventQuerySet, *, title: str, page: str, name: str) -> None:
        self.events = events
        self.title = title
        self.link = _absolute(page)
        self.feed_guid = _tag(name)
        self.author_name = settings.SITE_NAME

    def get_feed(self, obj: Any, request: HttpRequest) -> SyndicationFeed:
        self.feed_url = _absolute(request.path)
        return super().get_feed(obj, request)

    def items(self) -> EventQuerySet:
        q = self.events.ending_after(timezone.now()).defer("description", "search_text")
        return q.prefetch_related("hosts").order_by("starts_at", "pk")[:MOST_ENTRIES]

    def item_title(self, event: Event) -> str:
        title = text.clean_line(event.title)
        return _("Cancelled: {title}").format(title=title) if event.is_cancelled else title

    def item_description(self, event: Event) -> str:
        """Return HTML, as the feed declares it: when it is, and its summary."""
        span = times.span(event.starts_at, event.ends_at, event.zone)
        when = f"{span.start} – {span.end} ({event.zone})"
        lines = [when, text.clean_line(event.summary)]
        return "".join(f"<p>{escape(line)}</p>" for line in lines if line)

    def item_link(self, event: Event) -> str:
        return _absolute(event.get_absolute_url())

    def item_guid(self, event: Event) -> str:
        return _tag(f"event-{event.pk}")

    def item_updateddate(self, event: Event) -> Any:
        return event.changed_at

    def item_author_name(self, event: Event) -> str:
        names = [text.clean_line(host.name) for host in event.hosts.all()]
        return lists.joined(names) or settings.SITE_NAME

    def item_categories(self, event: Event) -> list[str]:
        return [event.kind]
