"""Find out what of an event needs a person now. Each need is one function of event and instant.

A new need is a function in `FINDERS`, which stand in the order of their urgency. Each takes the
same statements for one person and for ten thousand.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext, ngettext

from events.access.facts import Occupancy
from events.access.refusals import Code
from events.models import Bookable, Event, Payment, Registration

from . import addresses, counts, holders, reasons
from .door_needs import keys_of_doors
from .need import SEE_PAYMENTS, Need, counted
from .phase import NEAR

#: Nobody acts on what a message did not say once the event is over for so long.
CARE = timedelta(days=7)


def needs(event: Event, now: datetime) -> Iterator[Need]:
    for find in FINDERS:
        if need := find(event, now):
            yield need


# --- Money ---------------------------------------------------------------------------------------


def payments_to_decide(event: Event, _now: datetime) -> Need | None:
    number = Payment.objects.filter(registration__event=event).undecided().count()
    sentence = ngettext(
        "%(n)d payment has to go back, or is disputed: please decide.",
        "%(n)d payments have to go back, or are disputed: please decide.",
        number,
    )
    address = addresses.payments(event, task="person")
    return counted(number, sentence, gettext("Decide"), address, permission=SEE_PAYMENTS)


def people_who_cannot_pay(event: Event, now: datetime) -> Need | None:
    number = counts.people(event, holders.cannot_pay(now)) if event.is_published else 0
    sentence = ngettext(
        "%(n)d person tried to pay, and the payment provider does not charge this price.",
        "%(n)d people tried to pay, and the payment provider does not charge this price.",
        number,
    )
    address = addresses.payments(event, status__exact=Payment.Status.FAILED.value)
    return counted(number, sentence, gettext("See why"), address, permission=SEE_PAYMENTS)


# --- The event itself ----------------------------------------------------------------------------


def session_without_address(event: Event, now: datetime) -> Need | None:
    is_near = event.starts_at - NEAR <= now < event.ends_at
    if not (event.is_published and is_near) or event.session_url:
        return None
    sentence = gettext("It is time, and nobody knows where: the session has no address yet.")
    return Need(sentence, gettext("Write the address"), addresses.field(event, "session_url"))


def date_in_the_past(event: Event, now: datetime) -> Need | None:
    """Ask about a draft whose start has passed, and an event that was saved after its end and for
    which nobody has ever signed up.
    """
    step, address = gettext("Change the date"), addresses.field(event, "starts_at_0")
    if event.is_draft and event.starts_at <= now:
        sentence = gettext("This draft starts in the past. Change the date before you publish it.")
        return Need(sentence, step, address)
    was_over = event.is_published and event.ends_at <= min(event.changed_at, now)
    if not was_over or event.registrations.exists():
        return None
    sentence = gettext("This event was over when it was last saved. Is the date right?")
    return Need(sentence, step, address)


def drafts_of_series(event: Event, now: datetime) -> Need | None:
    """Count what of its series nobody has published yet."""
    if event.series_id is None:
        return None
    q = Event.objects.filter(series=event.series_id, status=Event.Status.DRAFT)
    number = q.ending_after(now).count()
    sentence = ngettext(
        "%(n)d draft of this series waits for you to publish it.",
        "%(n)d drafts of this series wait for you to publish them.",
        number,
    )
    step, address = gettext("See the series"), addresses.page(event, "series")
    return counted(number, sentence, step, address, permission="events.add_event")


# --- People with a place -------------------------------------------------------------------------


def holders_who_are_refused(event: Event, now: datetime) -> Need | None:
    if event.is_cancelled or event.has_ended(now):
        return None
    refused = event.registrations.filter(holders.ineligible(now))
    number = counts.distinct(refused)
    sentence = ngettext(
        "%(n)d person has a place and may not have it any more.",
        "%(n)d people have a place and may not have it any more.",
        number,
    )
    numbers = counts.lost(refused, now) if number else {}
    why = reasons.counted((Code[name], n) for name, n in numbers.items() if n)
    address = addresses.people(event, need="refused")
    return counted(number, sentence, gettext("See who"), address, details=why)


def two_workshops_at_once(event: Event, now: datetime) -> Need | None:
    if event.is_cancelled or event.has_ended(now):
        return None
    number = counts.people(event, holders.clashing(now))
    sentence = ngettext(
        "%(n)d person has places in two workshops at the same time.",
        "%(n)d people have places in two workshops at the same time.",
        number,
    )
    return counted(number, sentence, gettext("See who"), addresses.people(event, need="clash"))


def holds_that_end(event: Event, now: datetime) -> Need | None:
    number = counts.people(event, holders.pays_within_a_day(now)) if event.is_published else 0
    sentence = ngettext(
        "%(n)d person has to pay within a day, or their place goes to somebody else.",
        "%(n)d people have to pay within a day, or their places go to somebody else.",
        number,
    )
    return counted(number, sentence, gettext("See who"), addresses.people(event, need="pay"))


def more_people_than_places(event: Event, now: datetime) -> Need | None:
    """Name the first bookable with more people than places, as after its capacity was lowered."""
    if not event.is_published or event.has_ended(now):
        return None
    for bookable, occupancy in counts.occupied(event, now):
        if bookable.capacity is not None and occupancy.taken > bookable.capacity:
            sentence = gettext("“%(title)s” has %(taken)d people for %(places)d places.") % {
                "title": bookable.title,
                "taken": occupancy.taken,
                "places": bookable.capacity,
            }
            return Need(sentence, gettext("See who"), addresses.people_of(bookable))
    return None


# --- People who wait -----------------------------------------------------------------------------


def waitlist_that_is_stuck(event: Event, now: datetime) -> Need | None:
    """Say of the first bookable with free places why nobody who waits gets one.

    That somebody waits because no place is free, or because a draw is ahead, needs nobody.
    """
    if not event.is_published or event.has_ended(now):
        return None
    waited_for = [pair for pair in counts.occupied(event, now) if _has_both(*pair)]
    line = event.registrations.filter(status=Registration.Status.WAITLISTED).order_by()
    groups = list(counts.codes_by_line(line, now)) if waited_for else []
    for bookable, occupancy in waited_for:
        why = [(codes, n) for workshop, codes, n in groups if workshop == bookable.workshop_id]
        if now >= bookable.waitlist_ends_at:
            why = [(f"{Code.REGISTRATION_CLOSED}+", occupancy.waiting)]
        if all(codes for codes, _number in why):
            return _stuck(bookable, occupancy, reasons.counted(why))
    return None


def _has_both(bookable: Bookable, occupancy: Occupancy) -> bool:
    is_drawn_later = bookable.workshop_id is None and bookable.event.is_awaiting_draw
    has_free = occupancy.free(bookable.capacity) != 0
    return bool(occupancy.waiting) and has_free and not is_drawn_later


def _stuck(bookable: Bookable, occupancy: Occupancy, why: tuple[str, ...]) -> Need:
    sentence = ngettext(
        "“%(title)s” has a free place, and the person who waits does not get it.",
        "“%(title)s” has a free place, and none of %(n)d people who wait gets it.",
        occupancy.waiting,
    )
    names = {"title": bookable.title, "n": occupancy.waiting}
    waiting = addresses.people_of(bookable, status__exact=Registration.Status.WAITLISTED.value)
    return Need(sentence % names, gettext("See who waits"), waiting, why)


# --- Messages ------------------------------------------------------------------------------------


def messages_not_delivered(event: Event, now: datetime) -> Need | None:
    if event.ends_at + CARE <= now:
        return None
    number = counts.people(event, holders.undelivered(now))
    sentence = ngettext(
        "A message could not be delivered to %(n)d person.",
        "A message could not be delivered to %(n)d people.",
        number,
    )
    return counted(number, sentence, gettext("See who"), addresses.people(event, mail="dead"))


def people_out_of_reach(event: Event, now: datetime) -> Need | None:
    if event.has_ended(now):
        return None
    number = counts.people(event, holders.unreachable(now))
    sentence = ngettext(
        "No message reaches %(n)d person: tell them yourselves.",
        "No message reaches %(n)d people: tell them yourselves.",
        number,
    )
    address = addresses.people(event, mail="unreachable")
    return counted(number, sentence, gettext("See who"), address)


#: The most urgent first.
FINDERS: tuple[Callable[[Event, datetime], Need | None], ...] = (
    session_without_address,
    keys_of_doors,
    people_who_cannot_pay,
    payments_to_decide,
    two_workshops_at_once,
    holders_who_are_refused,
    waitlist_that_is_stuck,
    holds_that_end,
    messages_not_delivered,
    people_out_of_reach,
    more_people_than_places,
    date_in_the_past,
    drafts_of_series,
)
