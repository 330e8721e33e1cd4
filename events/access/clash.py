"""Name the workshops of somebody's own at the same time, and what leaving their waitlists gives."""

from collections.abc import Sequence

from django.utils.translation import ngettext

from events.formatting import marked
from events.formatting.marked import Marked, inline, joined, sentence
from events.models import Registration


def clash_sentence(held: Sequence[Registration]) -> Marked:
    """Name all that is in the way: what somebody gives up for the place has to be all of it."""
    waiting = [one for one in held if one.status == Registration.Status.WAITLISTED]
    places = [one for one in held if one not in waiting]
    sentences = [_of_places(places)] if places else []
    return joined(" ", sentences + ([_of_spots(waiting)] if waiting else []))


def _of_places(held: Sequence[Registration]) -> Marked:
    text = ngettext(
        "It is at the same time as %(others)s, where you have a place.",
        "It is at the same time as %(others)s, where you have places.",
        len(held),
    )
    return sentence(text, others=_titles(held))


def _of_spots(waiting: Sequence[Registration]) -> Marked:
    text = ngettext(
        "It is at the same time as %(others)s, where you are on the waitlist.",
        "It is at the same time as %(others)s, where you are on the waitlists.",
        len(waiting),
    )
    return sentence(text, others=_titles(waiting))


def swap_label(spots: Sequence[Registration]) -> Marked:
    label = ngettext(
        "Take this one and leave the waitlist of %(others)s",
        "Take this one and leave the waitlists of %(others)s",
        len(spots),
    )
    return sentence(label, others=_titles(spots))


def _titles(held: Sequence[Registration]) -> Marked:
    """Name them in the reader's language; HTML marks those that are in another one."""
    return marked.listed(marked.quoted(inline(one.bookable.shown_title)) for one in held)
