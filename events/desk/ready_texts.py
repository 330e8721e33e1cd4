"""Texts that organizers can start from, in every language of the site."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.models import Audience, Event


@dataclass(frozen=True, slots=True)
class ReadyText:
    """Words in braces are placeholders, as in what organizers type."""

    label: StrPromise
    audience: Audience
    subject: StrPromise
    body: StrPromise

    def texts(self) -> dict[str, dict[str, str]]:
        found = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                found[code] = {"subject": str(self.subject), "body": str(self.body)}
        return found


READY_TEXTS = {
    "reminder": ReadyText(
        label=_("A reminder with the link (before)"),
        audience=Audience.CONFIRMED,
        subject=_("{event} starts soon"),
        body=_(
            "Hello {name},\n"
            "\n"
            "{event} starts {start}.\n"
            "\n"
            "The way in is on the page of your place: {link}\n"
            "\n"
            "See you there!"
        ),
    ),
    "thanks": ReadyText(
        label=_("Thanks to everybody who came (after)"),
        audience=Audience.CHECKED_IN,
        subject=_("Thank you for coming to {event}"),
        body=_(
            "Hello {name},\n"
            "\n"
            "thank you for being a part of {event}. We hope that you had a good time.\n"
            "\n"
            "What did you like, and what can we do better? Just answer this mail."
        ),
    ),
}


def audience_for(ready: ReadyText, event: Event) -> Audience:
    """Thank everybody with a place where nobody was checked in, as the site's own thanks do."""
    if ready.audience is Audience.CHECKED_IN:
        came = event.registrations.filter(checked_in_at__isnull=False)
        return ready.audience if came.exists() else Audience.CONFIRMED
    return ready.audience
