"""Filters and tags of the pages: money, Markdown, and times with their zone."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from events.access import entrance, offers, structured_data
from events.access.hints import MailAbout
from events.access.pricing import Price
from events.formatting import lists, times
from events.formatting import markdown as event_markdown
from events.formatting.contact import Contact, contact_of
from events.formatting.money import format_amount
from events.http import chosen
from events.http.requests import this_page
from events.messages import money_reasons
from events.models import Attendee, Bookable, Event, Host, Payment, Registration
from events.payments.quotes import Quote

register = template.Library()
UTC = ZoneInfo("UTC")
#: The blank between a day and the time on it.
BEFORE_TIME = re.compile(r" (?=\d{2}:\d{2})")


@register.filter
def money(price: Price) -> str:
    return format_amount(price.amount, price.currency) if price.amount else _("free")


@register.filter
def whole_day(shown: str) -> str:
    """Mark the day in front of a time, so that lines end behind it rather than within."""
    day, *time = BEFORE_TIME.split(shown, maxsplit=1)
    return format_html('<span class="unbroken">{}</span> {}', day, *time) if time else shown


@register.filter
def pledge(cents: int) -> str:
    return format_amount(cents, "USD")


@register.filter
def frozen_price(registration: Registration) -> Price:
    return Price(registration.amount, registration.currency, registration.perk_label)


@register.filter
def agreed(payment: Payment) -> Price:
    """Return what was to be paid, which is not always what came."""
    return frozen_price(payment.registration)


@register.filter
def left(payment: Payment) -> Price:
    return Price(payment.left, payment.currency)


@register.filter
def lost(payment: Payment) -> Price:
    return Price(payment.lost, payment.currency)


@register.filter
def came_at(payment: Payment) -> datetime:
    """Return when the money came; payments of the first versions did not note it."""
    return payment.paid_at or payment.created_at


@register.filter
def receipt_number(payment: Payment) -> str:
    return payment.receipt_number


@register.filter
def why_back(payment: Payment) -> str:
    return money_reasons.why_back(payment.problem)


@register.filter
def given_back(payment: Payment) -> Price:
    return Price(payment.given_back, payment.currency)


@register.filter
def of(quotes: Mapping[int, Quote], registration: Registration) -> Quote | None:
    return quotes.get(registration.pk)


@register.filter
def markdown(text: str) -> SafeString:
    return event_markdown.render_markdown(text)


@register.filter
def for_machines(instant: datetime) -> str:
    """Return the value of a `datetime` attribute."""
    return times.for_machines(instant)


@register.filter
def discord_timestamp(instant: datetime) -> str:
    """Return the code that Discord shows in each reader's own time."""
    return f"<t:{int(instant.timestamp())}:F>"


@dataclass(frozen=True, slots=True)
class LocalSpan:
    """A span of time in one zone; `note` says whose zone it is."""

    starts_at: str
    ends_at: str
    zone: str
    note: str


@register.inclusion_tag("events/_when.html", takes_context=True)
def when(context: Context, bookable: Bookable, viewer: Attendee | None = None) -> dict[str, object]:
    """Show the times once, in the viewer's zone or else in the event's, with whose zone it is."""
    return {"bookable": bookable, "span": _spans(bookable, _own_zone(context, viewer))[0]}


@register.inclusion_tag("events/_other_times.html", takes_context=True)
def other_times(
    context: Context, bookable: Bookable, viewer: Attendee | None = None
) -> dict[str, object]:
    """Show the times in the event's zone and in UTC, as far as `when` has not shown them."""
    return {"spans": _spans(bookable, _own_zone(context, viewer))[1:]}


@register.inclusion_tag("events/_when_short.html", takes_context=True)
def when_short(
    context: Context, bookable: Bookable, viewer: Attendee | None = None
) -> dict[str, object]:
    """Show the times once, in the viewer's zone or else in the event's."""
    own = _own_zone(context, viewer)
    note = _("your time") if own else ""
    return {"bookable": bookable, "span": _span(bookable, own or bookable.event.zone, note)}


@register.inclusion_tag("events/_date.html", takes_context=True)
def date_block(
    context: Context, bookable: Bookable, viewer: Attendee | None = None
) -> dict[str, object]:
    """Show the day as a leaf of a calendar, for eyes only: the times beside it say the same."""
    zone = _own_zone(context, viewer) or bookable.event.zone
    day = bookable.starts_at.astimezone(zone).day
    return {"day": day, "month": times.short_month(bookable.starts_at, zone)}


@register.simple_tag
def schema_org(event: Event) -> SafeString:
    return structured_data.script(event)


def _own_zone(context: Context, viewer: Attendee | None) -> ZoneInfo | None:
    """Return the zone that the viewer has chosen, in the account or in this browser."""
    return chosen.own_zone(context.get("request"), viewer)


def _spans(bookable: Bookable, own: ZoneInfo | None) -> list[LocalSpan]:
    """Return the times in the viewer's zone, the event's and UTC, each once."""
    zones = {own: _("your time")} if own else {}
    zones.setdefault(bookable.event.zone, _("the event's time"))
    zones.setdefault(UTC, "")
    return [_span(bookable, zone, note) for zone, note in zones.items()]


def _span(bookable: Bookable, zone: ZoneInfo, note: str) -> LocalSpan:
    shown = times.span(bookable.starts_at, bookable.ends_at, zone)
    return LocalSpan(shown.start, shown.end, zone.key, note)


@register.simple_tag
def contact(event: Event | None = None) -> SafeString:
    """Show whom to write to: the event's contact, or the site's."""
    return contact_link(contact_of(event.contact if event else ""))


@register.simple_tag
def contact_link(contact: Contact) -> SafeString:
    return render_to_string("_contact.html", {"contact": contact})


@register.simple_tag
def host_names(hosts: Iterable[Host], *, is_linked: bool = False) -> SafeString:
    """Return the names of hosts in one list; "" for none."""
    return lists.joined_html(_name_of_host(host, is_linked=is_linked) for host in hosts)


def _name_of_host(host: Host, *, is_linked: bool) -> SafeString:
    pattern = '<a href="{address}"><bdi>{name}</bdi></a>' if is_linked else "<bdi>{name}</bdi>"
    return format_html(pattern, address=host.get_absolute_url(), name=host.name)


@register.filter
def listed(parts: Iterable[object]) -> str:
    return lists.joined(parts)


@register.inclusion_tag("events/_no_mail.html", takes_context=True)
def no_mail(context: Context, viewer: Attendee | None, about: str = "places") -> dict[str, object]:
    """Say which messages cannot reach the viewer, and what to do; nothing for everybody else."""
    request = context.get("request")
    is_account = about == MailAbout.ACCOUNT
    back: str = context.get("next") or "" if is_account or not request else this_page(request)
    return {"hint": offers.mail_hint(viewer, about=MailAbout(about), back=back)}


@register.simple_tag
def way_in(registration: Registration, now: datetime) -> entrance.Entrance:
    return entrance.entrance_of(registration, now)


@register.simple_tag(takes_context=True)
def moment(
    context: Context, instant: datetime, event_zone: ZoneInfo, viewer: Attendee | None = None
) -> str:
    return times.in_words(instant, _own_zone(context, viewer) or event_zone)


@register.simple_tag(takes_context=True)
def day(
    context: Context, instant: datetime, event_zone: ZoneInfo, viewer: Attendee | None = None
) -> str:
    return times.day(instant, _own_zone(context, viewer) or event_zone)


@register.simple_tag
def day_in(zone: ZoneInfo, instant: datetime) -> str:
    """Format a day in this zone for everybody, like those of a receipt."""
    return times.day(instant, zone)
