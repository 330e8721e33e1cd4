"""How the admin shows what needs care: people's names, and times."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.models import Attendee

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

NOTHING = "–"


def isolated(name: str) -> SafeString:
    """A name in its own bidi context: it must not reorder what stands beside it."""
    return format_html("<bdi>{}</bdi>", name)


def person(attendee: Attendee) -> SafeString:
    """The name, which anybody may choose, with the Neos id that tells look-alikes apart."""
    if attendee.neos_id is None:
        return isolated(attendee.name)
    return format_html("<bdi>{}</bdi> ({})", attendee.name, attendee.neos_id)


def neos_id(attendee: Attendee) -> SafeString:
    """On one line: an id broken at its hyphens cannot be compared."""
    return format_html('<span class="nowrap">{}</span>', attendee.neos_id or NOTHING)


def local_time(instant: datetime | None, zone: ZoneInfo) -> str:
    """Like "1 Jun 2030, 14:00 Europe/Berlin"."""
    if instant is None:
        return NOTHING
    return f"{date_format(instant.astimezone(zone), 'j M Y, H:i')} {zone}"


class HeadedAdmin(ModelAdmin):
    """Pages of one person's row are headed by the name, set apart from the rest."""

    def heading(self, obj: Any) -> SafeString:
        raise NotImplementedError

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        heading = self.heading(context["original"])
        return super().render_change_form(request, context | {"heading": heading}, *args, **kwargs)
