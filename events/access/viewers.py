"""The person who looks at a page."""

from django.contrib.auth.models import AnonymousUser, User

from events.models import Attendee, Event


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
