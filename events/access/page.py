"""The page of one event, as one person sees it at one instant."""

from dataclasses import replace

from django.conf import settings

from . import offers, roles
from .facts import Facts
from .refusals import Code


def page_of(known: Facts, *, is_named: bool = True) -> dict[str, object]:
    """Return all that the template of the page takes and that follows from the facts.

    Nobody who has a role is named if not `is_named`.
    """
    event, now = known.event, known.now
    offer, workshops = offers.make_offers(known)
    shown = roles.shown_roles(event) if is_named else []
    workshops = [replace(one, led_by=roles.leading(shown, one.bookable)) for one in workshops]
    codes = {refusal.code for workshop in workshops for refusal in workshop.refusals}
    return {
        "event": event,
        "viewer": known.attendee,
        "now": now,
        "offer": offer,
        "workshops": workshops,
        "needs_event_place": Code.EVENT_PLACE_REQUIRED in codes,
        "is_over": event.has_ended(now),
        "is_early": offers.is_early(event, now),
        "advantages": offers.advantages(known, [offer, *workshops]),
        "role_groups": roles.by_kind(shown),
        "my_roles": roles.my_roles(known),
        "share_url": f"{settings.SITE_URL}{event.get_absolute_url()}",
    }
