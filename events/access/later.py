"""Say that registration is still to open, and why it opens later for somebody."""

from collections.abc import Sequence

from django.utils.translation import gettext

from events.formatting import marked
from events.formatting.contact import contact_of
from events.formatting.marked import Marked, inline, quoted, sentence
from events.models import Event


def opening_sentence(event: Event, missed: Sequence[Event]) -> str:
    """`missed` are the events because of which the person has to wait; none for most people."""
    if not missed:
        return gettext("Registration has not opened yet.")
    text = gettext(
        "Registration opens later for you, because you had a place at %(events)s and were not "
        "checked in there. If you were there, or could not come, write to %(contact)s."
    )
    titles = marked.listed(quoted(inline(one.shown_title)) for one in missed)
    return sentence(text, events=titles, contact=_contacts(event, missed))


def _contacts(event: Event, missed: Sequence[Event]) -> Marked:
    """Return those of the events that were missed, which know who was there; else of this one."""
    theirs = dict.fromkeys(str(contact_of(one.contact)) for one in missed if one.contact)
    return marked.listed(theirs or [str(contact_of(event.contact))])
