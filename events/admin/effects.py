"""Say what saving a change of an event does to its people, before it is done.

The change is made, read, and undone in one transaction: what is said is what will happen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from events.access.facts import EMPTY, count_occupancies
from events.formatting import money
from events.formatting.times import in_words
from events.models import Bookable, Event, Notification, Payment
from events.places.event_edits import Before, Consequences

from . import consequences

Kind = Notification.Kind


def last_message() -> int:
    """Return the number of the newest message, to tell later which ones a change has written."""
    return Notification.objects.aggregate(last=Max("pk"))["last"] or 0


def of_new(event: Event) -> list[str]:
    return list(_published_late(event, timezone.now())) if event.is_published else []


def of_edit(event: Event, before: Before, followed: Consequences, last: int) -> list[str]:
    """Return a sentence for each thing that people will notice."""
    now = timezone.now()
    lines = [
        *_status(event, before, now),
        *_places(event, before, now),
        *_conditions(event, before),
    ]
    lines += [*_messages(event, last), *_money_back(event, followed)]
    if followed.clashes:
        lines.append(consequences.clashes_ahead(followed.clashes))
    return lines


# --- What changes ---------------------------------------------------------------------------------


def _status(event: Event, before: Before, now: datetime) -> Iterator[str]:
    if event.is_published and not before.is_published:
        yield from _published_late(event, now)
    if event.is_draft and before.is_published:
        yield gettext("The event becomes a draft: only its organizers see its page.")
    if before.listed and not event.listed and not event.is_draft:
        yield gettext("The event leaves the public list. People who have the link still see it.")


def _published_late(event: Event, now: datetime) -> Iterator[str]:
    if event.has_ended(now):
        text = gettext("The event is over since %(when)s. Is the date right?")
        yield text % {"when": in_words(event.ends_at, event.zone)}
    elif now >= event.registration_ends_at:
        yield gettext("Registration is closed already: nobody can sign up.")


def _places(event: Event, before: Before, now: datetime) -> Iterator[str]:
    occupancies = count_occupancies(event, now)
    for bookable in event.bookables():
        plan, taken = before.plan_of(bookable), occupancies.get(bookable.workshop_id, EMPTY).taken
        if plan is None:
            continue
        if plan.is_lowered(bookable) and taken > (bookable.capacity or 0):
            yield _too_many(bookable, taken)
        if plan.price != bookable.price and taken:
            yield _other_price(bookable, taken)


def _too_many(bookable: Bookable, taken: int) -> str:
    text = gettext(
        "“%(title)s” has %(capacity)d places, and %(taken)d are taken. Nobody loses a place, and "
        "nobody new gets one until enough people have left."
    )
    return text % {"title": bookable.title, "capacity": bookable.capacity or 0, "taken": taken}


def _other_price(bookable: Bookable, taken: int) -> str:
    text = ngettext(
        "%(n)d person has a place at “%(title)s” and keeps the old price. The new one is for "
        "people who take a place from now on.",
        "%(n)d people have a place at “%(title)s” and keep the old price. The new one is for "
        "people who take a place from now on.",
        taken,
    )
    return text % {"n": taken, "title": bookable.title}


def _conditions(event: Event, before: Before) -> Iterator[str]:
    is_harder = event.patron_cents > before.patron_cents
    is_gated_now = event.requires_neos and not before.requires_neos
    people = event.registrations.active().filter(workshop=None)
    if is_gated_now and (without := people.filter(attendee__neos_id=None).count()):
        text = ngettext(
            "%(n)d person who has a place or waits has no Neos account. Who has a place keeps it; "
            "who waits does not move up without one.",
            "%(n)d people who have a place or wait have no Neos account. Who has a place keeps it; "
            "who waits does not move up without one.",
            without,
        )
        yield text % {"n": without}
    if is_harder and people.exists():
        yield gettext(
            "People who have a place keep it. The new pledge is for everybody who takes one from "
            "now on, and for people on the waitlist."
        )


# --- What people are told, and what goes back -----------------------------------------------------


#: Sentences for kinds of messages, by the number of people.
TOLD: dict[str, Callable[[int], str]] = {
    Kind.TIME_CHANGED: lambda n: ngettext(
        "%(n)d person gets a message with the old and the new time.",
        "%(n)d people get a message with the old and the new time.",
        n,
    ),
    Kind.EVENT_CANCELLED: lambda n: ngettext(
        "%(n)d person gets a message that the event is cancelled.",
        "%(n)d people get a message that the event is cancelled.",
        n,
    ),
    Kind.EVENT_RESTORED: lambda n: ngettext(
        "%(n)d person gets a message that the event takes place after all.",
        "%(n)d people get a message that the event takes place after all.",
        n,
    ),
    Kind.DRAW_MOVED: lambda n: ngettext(
        "%(n)d person gets a message with the new time of the draw.",
        "%(n)d people get a message with the new time of the draw.",
        n,
    ),
}


def is_told(event: Event, last: int) -> bool:
    """Return whether anybody gets a message that can carry the organizer's note."""
    return _written(event, last).exists()


def _written(event: Event, last: int) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__gt=last, registration__event=event, kind__in=TOLD)


def _messages(event: Event, last: int) -> Iterator[str]:
    rows = (
        _written(event, last)
        .order_by("kind")
        .values_list("kind")
        .annotate(
            people=Count("attendee", distinct=True),
            unreached=Count("attendee", distinct=True, filter=Q(state=Notification.State.NOBODY)),
        )
    )
    for kind, people, unreached in rows:
        yield TOLD[kind](people) % {"n": people}
        if unreached:
            text = ngettext(
                "%(n)d of them has no confirmed address, so no message arrives.",
                "%(n)d of them have no confirmed address, so no message arrives.",
                unreached,
            )
            yield text % {"n": unreached}


def _money_back(event: Event, followed: Consequences) -> Iterator[str]:
    if not followed.going_back:
        return
    due = Payment.objects.filter(
        registration__event=event,
        status=Payment.Status.REFUND_DUE,
        problem=Payment.Problem.EVENT_CANCELLED,
    )
    sums: Counter[str] = Counter()
    for currency, total in due.values_list("currency").annotate(total=Sum("amount")):
        sums[currency] += total
    text = ngettext(
        "%(n)d payment goes back in full (%(sums)s). The event can no longer be published again.",
        "%(n)d payments go back in full (%(sums)s). The event can no longer be published again.",
        followed.going_back,
    )
    said = money.format_sums((sums[each], each) for each in sorted(sums))
    yield text % {"n": followed.going_back, "sums": said}
    yield gettext("Money that was noted by hand you send back yourself, and note it here.")
