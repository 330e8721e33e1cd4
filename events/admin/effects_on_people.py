"""Say who gets a message about a change of an event, and whose money goes back."""

from collections import Counter
from collections.abc import Callable, Iterator

from django.contrib import messages as flash
from django.db.models import F, Max, Q, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from events.formatting import money, times
from events.models import Event, Notification, Payment, Registration
from events.models.payment import PaymentQuerySet
from events.places.before_edit import Before
from events.places.event_edits import Consequences

from .effect import Effect, names_of, so_many

Kind = Notification.Kind
NOBODY = Q(state=Notification.State.NOBODY)

#: Sentences for kinds of messages that can carry a note, by the number of people.
NOTED: dict[str, Callable[[int], str]] = {
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
    Kind.SESSION_CHANGED: lambda n: ngettext(
        "%(n)d person who could see the old link into the session gets a message with what to do.",
        "%(n)d people who could see the old link into the session get a message with what to do.",
        n,
    ),
    Kind.DRAW_MOVED: lambda n: ngettext(
        "%(n)d person gets a message with the new time of the draw.",
        "%(n)d people get a message with the new time of the draw.",
        n,
    ),
}
#: The same for messages in which no note stands: they are about what happens to people, whether a
#: message reaches them or not.
TOLD: dict[str, Callable[[int], str]] = NOTED | {
    Kind.PLACE_GIVEN: lambda n: ngettext(
        "%(n)d person moves up from the waitlist.",
        "%(n)d people move up from the waitlist.",
        n,
    ),
    Kind.PAYMENT_DUE: lambda n: ngettext(
        "%(n)d person moves up from the waitlist and has to pay.",
        "%(n)d people move up from the waitlist and have to pay.",
        n,
    ),
}


def last_message() -> int:
    """Return the number of the newest message, to tell later which ones a change has written."""
    return Notification.objects.aggregate(last=Max("pk"))["last"] or 0


def can_be_noted(event: Event, last: int) -> bool:
    """Return whether anybody gets a message that can carry the organizer's note."""
    return _written(event, last).filter(kind__in=NOTED).exists()


def _written(event: Event, last: int) -> QuerySet[Notification]:
    return Notification.objects.filter(pk__gt=last, registration__event=event, kind__in=TOLD)


def messages(event: Event, before: Before, last: int) -> Iterator[Effect]:
    written = _written(event, last)
    for kind in written.order_by("kind").values_list("kind", flat=True).distinct():
        yield from _what(kind, event, before)
        rows = written.filter(kind=kind)
        yield from _so_many(TOLD[kind], rows.exclude(NOBODY) if kind in NOTED else rows)
        yield from _so_many(_unreached, rows.filter(NOBODY))


def tell_messages(request: HttpRequest, event: Event, last: int) -> None:
    """Say after the change how many people get a message about it, and how many cannot."""
    rows = _written(event, last).filter(kind__in=NOTED)
    if number := _people(rows.exclude(NOBODY)):
        text = ngettext(
            "%(n)d person gets a message about it.", "%(n)d people get a message about it.", number
        )
        flash.success(request, text % {"n": number})
    if number := _people(rows.filter(NOBODY)):
        flash.warning(request, _unreached(number) % {"n": number})


def _unreached(number: int) -> str:
    return ngettext(
        "%(n)d person cannot be reached, because there is no confirmed address.",
        "%(n)d people cannot be reached, because there is no confirmed address.",
        number,
    )


def _so_many(say: Callable[[int], str], rows: QuerySet[Notification]) -> Iterator[Effect]:
    """Say it of so many people, each counted once; nothing of nobody."""
    if number := _people(rows):
        text = say(number)
        yield Effect(text % {"n": number}, names_of(rows, number), so_many(text, number))


def _people(rows: QuerySet[Notification]) -> int:
    return rows.order_by().values("attendee").distinct().count()


def _what(kind: str, event: Event, before: Before) -> Iterator[Effect]:
    """Say of which times, or of which way in, people are told."""
    if kind in {Kind.TIME_CHANGED, Kind.EVENT_RESTORED}:
        yield from _moves(event, before)
    elif kind == Kind.DRAW_MOVED and before.draw_at and event.draw_at:
        text = gettext("The draw is moved: %(after)s instead of %(before)s.")
        values = {
            "after": times.in_words(event.draw_at, event.zone),
            "before": times.in_words(before.draw_at, event.zone),
        }
        yield Effect(text % values)
    elif kind == Kind.SESSION_CHANGED and not event.session_url:
        text = gettext("There is no link into the session any more, until you write another one.")
        yield Effect(text)


def _moves(event: Event, before: Before) -> Iterator[Effect]:
    text = gettext(
        "“%(title)s” is moved: %(start)s to %(end)s instead of %(old_start)s to %(old_end)s."
    )
    for bookable in before.moved(event):
        plan = before.plans[bookable.workshop_id]
        new = times.span(bookable.starts_at, bookable.ends_at, event.zone)
        old = times.span(plan.starts_at, plan.ends_at, event.zone)
        values = {"start": new.start, "end": new.end, "old_start": old.start, "old_end": old.end}
        yield Effect(text % (values | {"title": bookable.title}))


# --- Money ----------------------------------------------------------------------------------------


def money_back(event: Event, followed: Consequences) -> Iterator[Effect]:
    if not followed.going_back:
        return
    due = Payment.objects.to_refund().filter(
        registration__event=event, problem=Payment.Problem.EVENT_CANCELLED
    )
    text = ngettext(
        "%(n)d payment goes back in full (%(sums)s), and then the event stays cancelled.",
        "%(n)d payments go back in full (%(sums)s), and then the event stays cancelled.",
        followed.going_back,
    )
    totals = _totals(due)
    said = text % {"n": followed.going_back, "sums": _in_words(totals)}
    yield Effect(said, _payers(due), so_many(text, totals.total()))
    by_hand = due.filter(provider=Payment.BY_HAND)
    if number := by_hand.count():
        text = ngettext(
            "%(n)d of them was noted by hand (%(sums)s): send the money back yourself, and note it "
            "in the list of payments.",
            "%(n)d of them were noted by hand (%(sums)s): send the money back yourself, and note "
            "it in the list of payments.",
            number,
        )
        totals = _totals(by_hand)
        said = text % {"n": number, "sums": _in_words(totals)}
        yield Effect(said, _payers(by_hand), so_many(text, totals.total()))


def _totals(payments: PaymentQuerySet) -> Counter[str]:
    """Return what is left of them by now, for each currency."""
    sums: Counter[str] = Counter()
    left = payments.with_gone().order_by().values_list("currency", F("amount") - F("gone"))
    for currency, amount in left.iterator():
        sums[currency] += amount
    return sums


def _in_words(totals: Counter[str]) -> str:
    return money.format_sums((totals[each], each) for each in sorted(totals))


def _payers(payments: PaymentQuerySet) -> SafeString:
    rows = Registration.objects.filter(payments__in=payments)
    return names_of(rows, rows.order_by().values("attendee").distinct().count())
