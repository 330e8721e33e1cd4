"""The attendee that belongs to a user."""

from django.contrib.auth.models import User

from events.access import viewers
from events.models import Attendee


def attendee_of(user: User) -> Attendee:
    """Return the attendee, made on first need: users made on the command line have none."""
    if (viewer := viewers.viewer_of(user)) is not None:
        return viewer
    attendee, _created = Attendee.objects.get_or_create(user=user)
    attendee.user = user
    return attendee
