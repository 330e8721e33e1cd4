"""Make the words of an organizers' message for one reader: in a mail, and in its preview.

The words are the organizers' own. They become HTML as descriptions do, sanitized; a subject is one
line, whatever stands in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString

from events.formatting.markdown import render_markdown
from events.models import Announcement, Attendee, Notification, Registration

from . import when
from .placeholders import fill, fill_markdown
from .values import one_line
from .ways import page


@dataclass(frozen=True, slots=True)
class Announced:
    """What one person reads. `text` is the Markdown as it was typed, which reads well as it is."""

    subject: str
    text: str
    html: SafeString


def language_of(notification: Notification) -> str:
    """Return the language of the mail: the reader's, or the one that a test is made for."""
    return str(notification.facts.get("language") or notification.attendee.mail_language)


def announced_by(notification: Notification) -> Announced:
    """Make the words in the language that is active. The notification has its announcement."""
    announcement = notification.announcement
    if announcement is None:
        return Announced("", "", SafeString(""))
    return announced(
        announcement,
        language_of(notification),
        reader=notification.attendee,
        registration=notification.registration,
    )


def announced(
    announcement: Announcement,
    language: str,
    *,
    reader: Attendee,
    registration: Registration | None,
) -> Announced:
    """Make the words for a reader; without a registration the link leads to the event."""
    texts = announcement.texts_in(language)
    values = values_for(announcement, reader, registration)
    return Announced(
        one_line(fill(texts["subject"], values)),
        fill(texts["body"], values),
        render_markdown(fill_markdown(texts["body"], values)),
    )


def values_for(
    announcement: Announcement, reader: Attendee, registration: Registration | None
) -> Mapping[str, str]:
    """Return what each placeholder stands for."""
    event = announcement.event
    about = registration.bookable if registration else announcement.workshop or event
    link = settings.SITE_URL + event.get_absolute_url()
    if registration:
        link = page("place", code=registration.code)
    return {
        "name": one_line(reader.name),
        "event": one_line(event.title),
        "start": when.in_words(about.starts_at, reader, event),
        "link": link,
    }
