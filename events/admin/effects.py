"""Say what saving a change of an event does to its people, before it is done.

The change is made, read, and undone in one transaction: what is said is what will happen.
"""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, ngettext

from events.access.facts import EMPTY, Occupancy, count_occupancies
from events.formatting.money import format_amount
from events.formatting.times import in_words
from events.models import Bookable, Event
from events.models.registration import RegistrationQuerySet
from events.models.registration_status import takes_place_at
from events.places.before_edit import Before, Plan, perks_of
from events.places.event_edits import Consequences

from . import consequences, effects_on_people
from .effect import Effect, names_of, so_many
from .effects_on_terms import of_terms


def of_new(event: Event) -> list[Effect]:
    return list(_published_late(event, timezone.now())) if event.is_published else []


def of_edit(event: Event, before: Before, followed: Consequences, last: int) -> list[Effect]:
    """Return an effect for each thing that people will notice."""
    now = timezone.now()
    found = list(_status(event, before, now))
    if event.is_published and not event.has_ended(now):
        found += [*_places(event, before, now), *_conditions(event, before, now)]
        found += of_terms(event, before, now)
    found += _lost_answers(event, before)
    found += effects_on_people.messages(event, before, last)
    found += effects_on_people.money_back(event, followed)
    if followed.clashes:
        found.append(consequences.clashes_ahead(followed.clashes))
    return found


# --- The event ------------------------------------------------------------------------------------


def _status(event: Event, before: Before, now: datetime) -> Iterator[Effect]:
    if event.is_published and not before.is_published:
        yield from _published_late(event, now)
    elif event.is_published and before.plans[None].ends_at > now:
        yield from _over(event, now)
    if event.is_draft and before.status != Event.Status.DRAFT:
        yield Effect(gettext("The event becomes a draft: only its organizers see its page."))
    if before.listed and not event.listed and not event.is_draft:
        text = gettext("The event leaves the public list. People who have the link still see it.")
        yield Effect(text)


def _published_late(event: Event, now: datetime) -> Iterator[Effect]:
    yield from _over(event, now)
    if event.registration_ends_at <= now < event.ends_at:
        yield Effect(gettext("Registration is closed already: nobody can sign up."))


def _over(event: Event, now: datetime) -> Iterator[Effect]:
    if event.has_ended(now):
        text = gettext("The event is over since %(when)s. Is the date right?")
        yield Effect(text % {"when": in_words(event.ends_at, event.zone)})


# --- Its places -----------------------------------------------------------------------------------


def _places(event: Event, before: Before, now: datetime) -> Iterator[Effect]:
    occupancies = count_occupancies(event, now)
    for bookable in event.bookables():
        plan = before.plan_of(bookable)
        occupancy = occupancies.get(bookable.workshop_id, EMPTY)
        if plan is None:
            continue
        if plan.is_lowered(bookable) and occupancy.taken > (bookable.capacity or 0):
            yield _too_many(bookable, occupancy.taken)
        if plan.is_repriced(bookable) and (occupancy.people or occupancy.waiting):
            yield from _other_price(bookable, plan, occupancy, now)


def _too_many(bookable: Bookable, taken: int) -> Effect:
    text = gettext(
        "“%(title)s” has %(capacity)d places, and %(taken)d are taken. Nobody loses a place, and "
        "nobody new gets one until enough people have left."
    )
    values: dict[str, object] = {"title": bookable.title, "capacity": bookable.capacity or 0}
    values["taken"] = taken
    agreed_to = so_many(text % (values | {"taken": 0}), taken)
    return Effect(text % values, agreed_to=agreed_to)


def _other_price(
    bookable: Bookable, plan: Plan, occupancy: Occupancy, now: datetime
) -> Iterator[Effect]:
    text = gettext(
        "The price of “%(title)s” changes from %(before)s to %(after)s for everybody who takes a "
        "place from now on, also from the waitlist."
    )
    values = {
        "title": bookable.title,
        "before": format_amount(plan.price, plan.currency),
        "after": format_amount(bookable.price, bookable.event.currency),
    }
    yield Effect(text % values)
    if taken := occupancy.people:
        text = ngettext(
            "%(n)d person has a place at “%(title)s” and keeps the old price.",
            "%(n)d people have a place at “%(title)s” and keep the old price.",
            taken,
        )
        holders = _holders(bookable, now)
        said = text % {"n": taken, "title": bookable.title}
        agreed_to = so_many(f"{text} {bookable.title}", taken)
        yield Effect(said, names_of(holders, taken), agreed_to)


def _holders(bookable: Bookable, now: datetime) -> RegistrationQuerySet:
    at = bookable.event.registrations.filter(workshop=bookable.workshop)
    return at.filter(takes_place_at(now))


# --- Who may come, and what patrons get -----------------------------------------------------------


def _conditions(event: Event, before: Before, now: datetime) -> Iterator[Effect]:
    people = event.registrations.active().not_lapsed(now).filter(workshop=None)
    if event.requires_neos and not before.requires_neos:
        yield from _without_neos(people.filter(attendee__neos_id=None))
    if event.patron_cents > before.patron_cents and people.exists():
        yield Effect(
            gettext(
                "People who have a place keep it. The new pledge is for everybody who takes one "
                "from now on, and for people on the waitlist."
            )
        )
    if perks_of(event) != before.perks and people.exists():
        yield Effect(
            gettext(
                "People who have a place keep the price that they agreed to. The new patron perks "
                "are for everybody who takes one from now on, and for people on the waitlist."
            )
        )


def _without_neos(people: RegistrationQuerySet) -> Iterator[Effect]:
    if number := people.count():
        text = ngettext(
            "%(n)d person who has a place or waits has no Neos account. Who has a place keeps it; "
            "who waits does not move up without one.",
            "%(n)d people who have a place or wait have no Neos account. Who has a place keeps it; "
            "who waits does not move up without one.",
            number,
        )
        yield Effect(text % {"n": number}, names_of(people, number), so_many(text, number))


def _lost_answers(event: Event, before: Before) -> Iterator[Effect]:
    """Answers go with their question, and nobody can bring them back."""
    kept = {*event.questions.values_list("pk", flat=True)}
    for pk, (asked, number) in before.answered.items():
        if pk not in kept:
            text = ngettext(
                "The question “%(asked)s” is deleted with the answer of %(n)d person.",
                "The question “%(asked)s” is deleted with the answers of %(n)d people.",
                number,
            )
            said = text % {"asked": asked, "n": number}
            yield Effect(said, agreed_to=so_many(f"{text} {pk}", number))
