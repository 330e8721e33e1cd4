"""Choose the time zone of a new event for the person who makes it, and say where it is from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.access import viewers
from events.formatting import zones
from events.http import chosen
from events.models import Event

from .in_zone import UTC

if TYPE_CHECKING:
    from django.contrib.auth.models import User

OF_REQUEST = "zone_of_new_event"


@dataclass(frozen=True, slots=True)
class NewZone:
    zone: ZoneInfo
    origin: StrPromise


def new_zone(request: HttpRequest) -> NewZone:
    """Return the first zone that there is: the account's, the last event's, the site's, the
    browser's; else UTC. A request asks once.
    """
    if not hasattr(request, OF_REQUEST):
        setattr(request, OF_REQUEST, _find(request))
    return cast("NewZone", getattr(request, OF_REQUEST))


def say_origin(form: Any, found: NewZone) -> None:
    """Say below the field of a form's class where the zone is from that it shows at first."""
    field = form.base_fields["time_zone"]
    field.help_text = format_lazy("{} {}", field.help_text, found.origin)


def _find(request: HttpRequest) -> NewZone:
    user = cast("User", request.user)
    viewer = viewers.viewer_of(user)
    if (own := viewer and viewer.chosen_zone) and str(own) in zones.offered():
        return NewZone(own, _("It is the zone that you have chosen in your account."))
    if last := _of_last_event(user):
        return NewZone(last, _("It is the zone of the newest event that you organize."))
    if settings.TIME_ZONE != "UTC" and settings.TIME_ZONE in zones.offered():
        return NewZone(ZoneInfo(settings.TIME_ZONE), _("It is the zone of this site."))
    if browser := chosen.zone_of_browser(request):
        return NewZone(browser, _("It is the zone that was chosen in this browser."))
    return NewZone(UTC, _("It is UTC, because you have chosen no zone in your account."))


def _of_last_event(user: "User") -> ZoneInfo | None:
    """Leave out names that are not on offer any more: the form would refuse them."""
    own = Event.objects.filter(organizers=user.pk).order_by("-pk")
    name = str(own.values_list("time_zone", flat=True).first() or "")
    return ZoneInfo(name) if name in zones.offered() else None
