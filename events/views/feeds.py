"""Atom feeds of the public events that are to come, of the site and of each host.

They are the same for everybody: nothing in them depends on who asks.
"""

from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.feedgenerator import Atom1Feed, SyndicationFeed
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from events.formatting import lists, text, times
from events.formatting.marked import lang_attribute
from events.http.language import for_everybody
from events.models import Event, Host
from events.models.event_set import EventQuerySet
from events.models.texts import Text, language_around

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


def _paragraph(line: Text, around: str) -> str:
    with translation.override(around):
        return format_html("<p{}>{}</p>", lang_attribute(line), line)


class AtomInLanguages(Atom1Feed):
    """An Atom feed whose entries may be in another language than the feed, which says its own."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        lang = {"xml:lang": item["lang"]} if item["lang"] else {}
        return super().item_attributes(item) | lang


class EventFeed(Feed[Event, Any]):
    """The next of `events`. `page` is the path of the page that shows them to people.

    Texts are in the language of the site, or else the main ones.
    """

    feed_type = AtomInLanguages

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
        q = self.events.ending_after(timezone.now()).without_long_texts()
        return q.prefetch_related("hosts").order_by("starts_at", "pk")[:MOST_ENTRIES]

    def item_title(self, event: Event) -> str:
        title = text.clean_line(event.shown_title)
        return _("Cancelled: {title}").format(title=title) if event.is_cancelled else title

    def item_description(self, event: Event) -> str:
        """Return HTML, as the feed declares it: when it is, and its summary.

        Each says its language if that of the title, which the entry has, is another.
        """
        span = times.span(event.starts_at, event.ends_at, event.zone)
        when = Text(f"{span.start} – {span.end} ({event.zone})", language_around())
        summary = event.shown_summary
        lines = [when, Text(text.clean_line(summary), summary.language)]
        around = event.shown_title.language
        return "".join(_paragraph(line, around) for line in lines if line)

    def item_extra_kwargs(self, item: Event) -> dict[str, Any]:
        return {"lang": item.shown_title.lang}

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
