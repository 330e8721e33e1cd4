"""Say what giving a place overrules, and why it cannot be given."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from events import places
from events.access import no_shows
from events.access.facts import EMPTY, count_occupancies
from events.access.refusals import PlaceRefused
from events.admin import shown
from events.formatting import lists, money
from events.models import Attendee, Bookable, Event, Registration
from events.places import Overruled, PriceDiffers


def overruled(codes: Iterable[Overruled], bookable: Bookable, attendee: Attendee) -> list[str]:
    """Return a sentence for each thing that the organizer sets aside."""
    counted = count_occupancies(bookable.event, timezone.now())
    occupancy = counted.get(bookable.workshop_id, EMPTY)
    texts = {
        Overruled.NOT_OPEN: _not_open(bookable.event, attendee),
        Overruled.CLOSED: gettext("Registration is closed."),
        Overruled.FULL: gettext("All %(capacity)d places are taken. This is one more than that.")
        % {"capacity": bookable.capacity or 0},
        Overruled.LINE: ngettext(
            "%(n)d person waits for a place, and is passed over.",
            "%(n)d people wait for a place, and are passed over.",
            occupancy.waiting,
        )
        % {"n": occupancy.waiting},
        Overruled.DRAW: gettext(
            "The draw has not been held yet. Who gets a place now takes no part in it."
        ),
    }
    return [texts[code] for code in codes]


def _not_open(event: Event, attendee: Attendee) -> str:
    if no_shows.missed_by(attendee, event, timezone.now()):
        return gettext("Registration opens later for this person.")
    return gettext("Registration has not opened yet.")


def to_pay(attendee: Attendee, bookable: Bookable) -> list[SafeString]:
    """Say what the place costs somebody who gets it by hand."""
    if not bookable.price:
        return []
    price = money.format_amount(bookable.price, bookable.event.currency)
    text = gettext("It costs {price}, less any discount. {who} has to pay in time to keep it.")
    return [format_html(text, price=price, who=shown.person(attendee))]


def lost(leaving: Registration) -> list[SafeString]:
    """Say what else ends with a place that is given to somebody else, and what goes back."""
    who, found = shown.person(leaving.attendee), []
    others = [one for one in places.falling_with(leaving) if one.pk != leaving.pk]
    if others:
        text = gettext("{who} loses this, too: {what}.")
        what = lists.joined_html([shown.name(one.bookable.title) for one in others])
        found.append(format_html(text, who=who, what=what))
    if money_back := shown.sums_back([leaving])[leaving.pk]:
        text = gettext("{sum} goes back to {who}.")
        found.append(format_html(text, sum=money_back, who=who))
    return found


def refused(attendee: Attendee, found: PlaceRefused) -> SafeString:
    """Give the reasons in the words that the person reads; no organizer can set them aside."""
    reasons = " ".join(str(refusal.sentence) for refusal in found.refusals)
    text = gettext("{who} cannot have this place, and you cannot set that aside. They read: {why}")
    return format_html(text, who=shown.person(attendee), why=reasons)


def price_differs(found: PriceDiffers) -> str:
    text = gettext(
        "%(paid)s was paid for this place, and the other workshop costs %(asked)s for this person. "
        "Cancel the place, which gives the money back, and then add the person to the other "
        "workshop."
    )
    sums = (money.format_amount(one.amount, one.currency) for one in (found.paid, found.asked))
    return text % dict(zip(("paid", "asked"), sums, strict=True))
