"""Filters and tags of the pages: money, Markdown, and times that name their zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.access.pricing import Price
from events.formatting import markdown as event_markdown
from events.formatting import times
from events.formatting.money import format_amount
from events.models import Attendee, Bookable, Registration

register = template.Library()


@register.filter
def money(price: Price) -> str:
    """A price in the reader's language; nothing to pay is "free"."""
    return format_amount(price.amount, price.currency) if price.amount else _("free")


@register.filter
def pledge(cents: int) -> str:
    """A Patreon pledge; those are in US dollars."""
    return format_amount(cents, "USD")


@register.filter
def frozen_price(registration: Registration) -> Price:
    """What was agreed when the place was taken."""
    return Price(registration.amount, registration.currency, registration.perk_label)


@register.filter
def of(quotes: Mapping[int, Price], registration: Registration) -> Price | None:
    """What comes back for this registration; nothing to say about one that costs nothing."""
    return quotes.get(registration.pk)


@register.filter
def markdown(text: str) -> SafeString:
    return event_markdown.render_markdown(text)


@register.filter
def discord_timestamp(instant: datetime) -> str:
    """What Discord turns into everybody's own local time."""
    return f"<t:{int(instant.timestamp())}:F>"


@dataclass(frozen=True, slots=True)
class LocalSpan:
    """One span of time as read in one zone; `note` says whose zone it is."""

    starts_at: str
    ends_at: str
    zone: str
    note: str


@register.inclusion_tag("events/_when.html")
def when(bookable: Bookable, viewer: Attendee | None = None) -> dict[str, object]:
    """The times in the event's zone, in the viewer's and in UTC, each named, none twice."""
    zones = {str(bookable.event.time_zone): _("the event's time")}
    if own := _own_zone(viewer):
        zones.setdefault(own, _("your time"))
    zones.setdefault("UTC", "")
    spans = [_span(bookable, name, note) for name, note in zones.items()]
    return {"bookable": bookable, "spans": spans}


def _own_zone(viewer: Attendee | None) -> str:
    """The viewer's zone; nobody's while they have not chosen one: UTC is shown anyway."""
    name = "UTC" if viewer is None else str(viewer.time_zone)
    return "" if name == "UTC" else name


def _span(bookable: Bookable, name: str, note: str) -> LocalSpan:
    zone = ZoneInfo(name)
    start, end = (at.astimezone(zone) for at in (bookable.starts_at, bookable.ends_at))
    same_day = start.date() == end.date()
    return LocalSpan(
        starts_at=times.day_and_time(start),
        ends_at=date_format(end, "H:i") if same_day else times.day_and_time(end),
        zone=name,
        note=note,
    )


@register.simple_tag
def moment(instant: datetime, event_zone: object, viewer: Attendee | None = None) -> str:
    """One instant in words, in the viewer's zone if there is one, else in the event's."""
    return times.in_words(instant, ZoneInfo(_own_zone(viewer) or str(event_zone)))
