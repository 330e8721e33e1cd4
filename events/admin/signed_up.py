"""Say why an event with people in it becomes no draft and is not deleted, and what to do."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from events.models import Event

from . import shown


def not_a_draft(active: int) -> str:
    text = ngettext(
        "%(n)d person has a place or waits for one, so the event cannot become a draft: its page "
        "would be gone for everybody else. Choose “cancelled” instead: people get a message, and "
        "what they paid goes back.",
        "%(n)d people have a place or wait for one, so the event cannot become a draft: its page "
        "would be gone for everybody else. Choose “cancelled” instead: people get a message, and "
        "what they paid goes back.",
        active,
    )
    return text % {"n": active}


def not_deleted(event: Event, ever: int) -> SafeString:
    text = ngettext(
        "{title}: {n} registration was made for it, and the site must keep that record. "
        "Cancel the event instead.",
        "{title}: {n} registrations were made for it, and the site must keep that "
        "record. Cancel the event instead.",
        ever,
    )
    return format_html(text, title=shown.name(event.title), n=ever)
