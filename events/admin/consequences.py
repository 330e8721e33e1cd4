"""Tell organizers what followed from what they have just saved."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from events.places.event_edits import Clash, Consequences

from . import shown
from .effect import Effect, so_many


def tell(request: HttpRequest, consequences: Consequences) -> None:
    tell_moved_up(request, consequences.moved_up)
    if consequences.clashes:
        messages.warning(request, _clashes(consequences.clashes))
    if consequences.is_too_late:
        text = gettext(
            "The event is published, but its registration is closed: nobody can sign up."
        )
        messages.warning(request, text)
    if number := consequences.going_back:
        sentence = ngettext(
            "%(n)d payment goes back in full. The event can no longer be published again.",
            "%(n)d payments go back in full. The event can no longer be published again.",
            number,
        )
        messages.warning(request, sentence % {"n": number})


def tell_moved_up(request: HttpRequest, moved: int) -> None:
    if moved:
        sentence = ngettext(
            "%(moved)d person moved up from the waitlist.",
            "%(moved)d people moved up from the waitlist.",
            moved,
        )
        messages.success(request, sentence % {"moved": moved})


def clashes_ahead(clashes: Sequence[Clash]) -> Effect:
    people = len({one.attendee_id for one, _other in clashes})
    sentence = ngettext(
        "%(n)d person will have two workshops at the same time and is told:",
        "%(n)d people will have two workshops at the same time and are told:",
        people,
    )
    who = shown.lines(shown.some([*map(_clash, clashes)]))
    return Effect(sentence % {"n": people}, who, so_many(sentence, people))


def _clashes(clashes: Sequence[Clash]) -> SafeString:
    people = len({one.attendee_id for one, _other in clashes})
    sentence = ngettext(
        "%(n)d person now has two workshops at the same time and was told:",
        "%(n)d people now have two workshops at the same time and were told:",
        people,
    )
    return shown.lines([sentence % {"n": people}, *shown.some([*map(_clash, clashes)])])


def _clash(clash: Clash) -> SafeString:
    one, other = clash
    return format_html(
        gettext("{person}: “{one}” and “{other}”"),
        person=shown.person(one.attendee),
        one=shown.name(one.bookable.title),
        other=shown.name(other.bookable.title),
    )
