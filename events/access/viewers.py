"""The person who looks at a page."""

from django.contrib.auth.models import AnonymousUser, User

from events.models import Attendee, Event


def viewer_of(user: User | AnonymousUser) -> Attendee | None:
    """The person who looks at a page, if signed in and known as an attendee."""
    return Attendee.objects.filter(user=user.pk).first() if user.is_authenticated else None


def attendee_facing(event: Event, user: User | AnonymousUser) -> Attendee | None:
    """The person before this event, with blocks known; nobody when signed out. Writes nothing."""
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    attendee = Attendee.objects.facing(event).filter(user=user).first()
    if attendee is None:
        attendee = Attendee()
        attendee.is_blocked = False
    attendee.user = user
    return attendee
