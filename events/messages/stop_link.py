"""The signed link in a mail with which somebody stops following, without signing in.

It is built when it is mailed, works as long as the secret of the site does, and can only stop.
"""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from events.models import Attendee, Event

SALT = "events.messages.stop-following"


def stop_link(attendee: Attendee, event: Event) -> str:
    """Return the link for the hosts of this event."""
    token = signing.dumps([attendee.pk, event.pk], salt=SALT)
    return settings.SITE_URL + reverse("events:stop-following", kwargs={"token": token})


def read_stop_token(token: str) -> tuple[int, int]:
    """Return the ids of the attendee and of the event. Raises `signing.BadSignature`."""
    attendee, event = signing.loads(token, salt=SALT)
    return attendee, event


def following_address() -> str:
    """Return the page on which people see all that they follow."""
    return f"{settings.SITE_URL}{reverse('events:account')}#following"
