"""How the admin shows what needs care: people's names, their ids, and times."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from events.formatting import money, times
from events.models import Attendee, Registration
from events.payments import quotes

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

NOTHING = "–"
UTC = ZoneInfo("UTC")
MOST_NAMED = 20  # in one line: a thousand names are read by nobody


def name(text: str) -> SafeString:
    """A name in its own bidi context: it must not reorder what stands beside it."""
    return format_html("<bdi>{}</bdi>", text)


def neos_id(attendee: Attendee) -> SafeString:
    """What tells look-alikes apart, on one line: broken at its hyphens nobody can compare it."""
    return format_html('<span class="nowrap">{}</span>', attendee.neos_id or NOTHING)


def person(attendee: Attendee) -> SafeString:
    return format_html("{} ({})", name(attendee.name), neos_id(attendee))


def some(parts: Sequence[SafeString], separator: str = ", ") -> SafeString:
    """The first of them, and how many more there are."""
    lines: list[SafeString | str] = [*parts[:MOST_NAMED]]
    if more := len(parts) - len(lines):
        lines.append(ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more})
    return format_html_join(separator, "{}", ((line,) for line in lines))


def sums_back(registrations: Sequence[Registration]) -> dict[int, str]:
    """What comes back for each of them if organizers cancel it, like "€15.00"; "" for nothing."""
    found = quotes.quotes_in_full(registrations)
    return {
        pk: ", ".join(money.format_amount(price.amount, price.currency) for price in prices)
        for pk, prices in found.items()
    }


def moment(instant: datetime | None, zone: ZoneInfo) -> str:
    return NOTHING if instant is None else times.in_words(instant, zone)


class InZoneAdmin(ModelAdmin):
    """The page of one object is in the zone of its event, what is typed there too."""

    if TYPE_CHECKING:

        def zone_of(self, request: HttpRequest, object_id: str | None) -> ZoneInfo: ...

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Rendered in here: a response that renders itself later would be in UTC again."""
        with timezone.override(self.zone_of(request, object_id)):
            response: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
            if isinstance(response, TemplateResponse):
                response.render()
        return response
