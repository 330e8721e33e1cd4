"""Tags about people: what they follow, and what they are told of."""

from django import template
from django.template import Context
from django.utils import timezone

from events import follows
from events.access.offers import Offer
from events.access.refusals import Code
from events.models import Attendee, Event

register = template.Library()


@register.simple_tag
def is_opening_ahead(offer: Offer) -> bool:
    """Return whether registration is still to open for the person that the offer is for."""
    is_early = any(refusal.code == Code.REGISTRATION_NOT_OPEN for refusal in offer.refusals)
    return is_early and offer.bookable.event.is_published


@register.simple_tag
def asked_for_opening(event: Event, viewer: Attendee | None) -> bool:
    return follows.is_followed(viewer, event=event)


@register.inclusion_tag("events/_followed.html", takes_context=True)
def followed(context: Context, viewer: Attendee) -> dict[str, object]:
    """List what the person follows, each with a button to stop."""
    found = follows.followed_by(viewer, timezone.now())
    return {
        "follows": found,
        "next": context.get("next", ""),
        "csrf_token": context.get("csrf_token"),
    }
