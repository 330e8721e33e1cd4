"""The person who looks at a page."""

from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser, User

from events.models import Attendee, Event

UTC = ZoneInfo("UTC")


def zone_for(viewer: Attendee | None, event: Event | None = None) -> ZoneInfo:
    """Return the zone that the viewer chose, which is not UTC; else the event's, or UTC."""
    if viewer is not None and viewer.zone != UTC:
        return viewer.zone
    return event.zone if event else UTC


def viewer_of(user: User | AnonymousUser) -> Attendee | None:
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    attendee = Attendee.objects.select_related("picture").filter(user=user.pk).first()
    if attendee is not None:
        attendee.user = user
    return attendee


def attendee_facing(event: Event, user: User | AnonymousUser) -> Attendee | None:
    """Return the user's attendee with blocks at this event annotated; None when signed out.

    Staff without an attendee get one that is not saved: a page that is only looked at writes none.
    """
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    attendee = Attendee.objects.facing(event).select_related("picture").filter(user=user).first()
    if attendee is None:
        attendee = Attendee()
        attendee.is_blocked = False
    attendee.user = user
    return attendee
