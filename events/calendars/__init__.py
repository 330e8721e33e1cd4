"""Calendar files (RFC 5545): of one event, of one person's places, and of a list of events.

The same rows give the same bytes, so that a calendar that asks again is told that nothing changed.
An event has one UID in all of them: a file that is read later changes the entry, and adds none.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from events.models import Attendee, Bookable, Event, Registration
from events.models.event_set import LONG_TEXTS
from events.models.registration import RegistrationQuerySet

from . import entries, frame

#: For so long a feed keeps what is over.
RECENT = timedelta(days=30)
#: So many entries a feed has at most; the first ones by time are kept.
MOST_ENTRIES = 500


def event_file(bookable: Bookable, registration: Registration | None = None) -> bytes:
    """Return one entry: as everybody may read it, or as the holder of `registration` may.

    A registration stands for what it is for: the event or the workshop.
    """
    now = timezone.now()
    with translation.override(_language_of(registration.attendee if registration else None)):
        if registration is None:
            return frame.file([entries.public(bookable)])
        return frame.file([entries.own(registration, now)])


def feed(attendee: Attendee) -> bytes:
    """Return all places and spots on waitlists that the person has, without those given up."""
    now = timezone.now()
    held = [r for r in _held_by(attendee, now) if not entries.is_gone(r, now)]
    for registration in held:
        registration.attendee = attendee
    with translation.override(_language_of(attendee)):
        name = _("My places at {site}").format(site=settings.SITE_NAME)
        return frame.feed(name, [entries.own(registration, now) for registration in held])


def listing(events: Iterable[Event], name: str) -> bytes:
    """Return public entries in the language of the site, the same for everybody."""
    with translation.override(settings.LANGUAGE_CODE):
        return frame.feed(name, [entries.public(event) for event in events])


def since(now: datetime) -> datetime:
    """Return the instant after which something has to end to stand in a feed."""
    return now - RECENT


def _held_by(attendee: Attendee, now: datetime) -> RegistrationQuerySet:
    recent = Q(workshop=None, event__ends_at__gt=since(now)) | Q(workshop__ends_at__gt=since(now))
    q = Registration.objects.active().with_blocks().filter(recent, attendee=attendee)
    q = q.select_related("event", "workshop").defer(*(f"event__{name}" for name in LONG_TEXTS))
    return q.order_by("event__starts_at", "pk")[:MOST_ENTRIES]


def _language_of(attendee: Attendee | None) -> str:
    return attendee.mail_language if attendee else settings.LANGUAGE_CODE
