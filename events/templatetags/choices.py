"""Tags of the frame around every page: the time zone and the language, and how to change them."""

from django import template
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Context
from django.utils.translation import get_language

from events.access import viewers
from events.http import chosen
from events.models import Attendee, Event

register = template.Library()


@register.inclusion_tag("_choices.html", takes_context=True)
def footer_choices(context: Context) -> dict[str, object]:
    """Show the zone and the language in use. A page without a request has nobody to choose."""
    request = context.get("request")
    if request is None:
        return {}
    event = context.get("event")
    own = chosen.own_zone(request, _viewer(context))
    near = str(own) if own else str(event.zone) if isinstance(event, Event) else ""
    return {
        "is_shown": True,
        "own": own,
        "near": near,
        "languages": settings.LANGUAGES,
        "current": get_language(),
    }


@register.inclusion_tag("_zone_proposal.html", takes_context=True)
def zone_proposal(context: Context) -> dict[str, object]:
    """Ask once whether to use the zone of the browser; a script fills it in, and shows it."""
    request = context.get("request")
    if request is None or not chosen.is_asked_for_zone(request, _viewer(context)):
        return {}
    if request.resolver_match and request.resolver_match.view_name == "events:time-zone":
        return {}  # it is what the page asks
    return {"is_asked": True}


def _viewer(context: Context) -> Attendee | None:
    request = context.get("request")
    return viewers.viewer_of(getattr(request, "user", AnonymousUser()))
