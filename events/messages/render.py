"""Make the words of a message when it is handed over, in the person's language of that moment.

A kind has two templates, its subject and its body; plain text and HTML are made from both, so that
they say the same.
"""

from dataclasses import dataclass

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from events.formatting import colour
from events.models import Notification

from .announced import announced_by, language_of
from .look_ups import looked_up
from .values import Values, one_line, values_of
from .ways import small_print, stop_following, ways_of

Kind = Notification.Kind

MOST_OF_A_SUBJECT = 200  # characters


@dataclass(frozen=True, slots=True)
class Words:
    """A finished mail; `subject` is one line."""

    subject: str
    text: str
    html: str


def words(notification: Notification) -> Words:
    """Render the templates of the message's kind.

    `notification` comes with attendee and user, and with registration, event and workshop.
    """
    with translation.override(language_of(notification)):
        values = values_of(notification) | looked_up(notification)
        values |= _links(notification)
        if notification.kind == Kind.ANNOUNCEMENT:
            values["written"] = announced_by(notification)
        values["subject"] = subject = _subject(notification, values)
        text = _with_frame(notification, "txt", values).strip()
        values["heading"] = _heading(notification, values)
        html = _with_frame(notification, "html", values | _colours(), autoescape=True)
        return Words(subject, f"{text}\n", html)


def subject_line(notification: Notification) -> str:
    """Render the subject in the reader's own language, without a query and without secrets."""
    values = values_of(notification)
    if notification.kind == Kind.ANNOUNCEMENT:
        values["written"] = announced_by(notification)
    return _subject(notification, values)


def _subject(notification: Notification, values: Values) -> str:
    subject = one_line(_render(f"{notification.kind}.subject", values))
    return Truncator(subject).chars(MOST_OF_A_SUBJECT)


def _heading(notification: Notification, values: Values) -> SafeString:
    """Render the subject as HTML, which marks a title in another language."""
    subject = _render(f"{notification.kind}.subject", values, autoescape=True)
    return mark_safe(one_line(subject))  # noqa: S308 - the engine has just escaped it


def _with_frame(
    notification: Notification, part: str, values: Values, *, autoescape: bool = False
) -> str:
    """Put the body of a kind into the frame that all kinds have."""
    if written := values.get("written"):
        written_body = written.html if autoescape else written.text
        return _render(f"base.{part}", values | {"body": written_body}, autoescape=autoescape)
    body = _render(f"{notification.kind}.txt", values, autoescape=autoescape).strip()
    if autoescape:
        body = mark_safe(body)  # noqa: S308 - the engine has just escaped it
    return _render(f"base.{part}", values | {"body": body}, autoescape=autoescape)


def _render(name: str, values: Values, *, autoescape: bool = False) -> str:
    """Escape in HTML only, not in plain text and subjects."""
    template = Engine.get_default().get_template(f"messages/{name}")
    return str(template.render(Context(values, autoescape=autoescape)))


def _links(notification: Notification) -> Values:
    is_news = notification.kind == Kind.NEW_EVENT
    hosts, stop = stop_following(notification) if is_news else ("", "")
    return {
        "hosts": hosts,
        "ways": ways_of(notification),
        "small_print": small_print(notification, hosts, stop),
        "account": notification.kind in ABOUT_ACCOUNTS,
        "name": notification.attendee.user.get_username(),
    }


#: Kinds that are about the account itself, and not about a registration.
ABOUT_ACCOUNTS = (
    Kind.CONFIRM_ADDRESS,
    Kind.ADDRESS_CHANGE,
    Kind.PASSWORD_RESET,
    Kind.SECOND_FACTOR,
)


def _colours() -> Values:
    """Return the site's accent for light and for dark, with what is readable on it."""
    accent = settings.SITE_ACCENT
    return {"light": colour.on_light(accent), "dark": colour.on_dark(accent)}
