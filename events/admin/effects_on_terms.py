"""Say what an edit does to who waits and to who agreed to other terms: the waitlist is closed or
ends earlier, refunds and the time to pay are other ones.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext, ngettext

from events.formatting.times import in_words
from events.models import Bookable, Event, Registration
from events.models.registration import RegistrationQuerySet
from events.places.before_edit import Before, Plan

from .effect import Effect, names_of, so_many

Status = Registration.Status
COSTS = Q(workshop=None, event__price__gt=0) | Q(workshop__price__gt=0)


def of_terms(event: Event, before: Before, now: datetime) -> Iterator[Effect]:
    for bookable in event.bookables():
        if plan := before.plan_of(bookable):
            yield from _line(bookable, plan, is_other_close=event.closes_at != before.closes_at)
    was_open = before.is_published and now < before.plans[None].registration_ends_at
    if was_open and event.registration_ends_at <= now:
        yield Effect(gettext("Registration closes at once: nobody new can sign up."))
    if event.refund_days != before.refund_days:
        yield from _refunds(event, now)
    if event.payment_days != before.payment_days and settings.PAYMENT_BY_HAND:
        yield from _time_to_pay(event, now)


# --- The waitlist ---------------------------------------------------------------------------------


def _line(bookable: Bookable, plan: Plan, *, is_other_close: bool) -> Iterator[Effect]:
    """People who wait move up after the close, too, as long as it has not started."""
    at = bookable.event.registrations.filter(workshop=bookable.workshop)
    waiting = at.filter(status=Status.WAITLISTED)
    if plan.has_waitlist and not bookable.has_waitlist:
        yield from _closed_line(bookable, waiting)
    if is_other_close and bookable.waitlist_ends_at < plan.waitlist_ends_at:
        yield from _shorter_line(bookable, plan, waiting)


def _closed_line(bookable: Bookable, waiting: RegistrationQuerySet) -> Iterator[Effect]:
    if number := waiting.count():
        text = ngettext(
            "%(n)d person waits for a place at “%(title)s”, keeps the spot and still moves up. "
            "Nobody else can join the waitlist.",
            "%(n)d people wait for a place at “%(title)s”, keep their spots and still move up. "
            "Nobody else can join the waitlist.",
            number,
        )
        yield _at(bookable, text, waiting, number)


def _shorter_line(
    bookable: Bookable, plan: Plan, waiting: RegistrationQuerySet
) -> Iterator[Effect]:
    if number := waiting.count():
        text = ngettext(
            "%(n)d person waits for a place at “%(title)s”, and moves up until %(after)s only, "
            "instead of %(before)s.",
            "%(n)d people wait for a place at “%(title)s”, and move up until %(after)s only, "
            "instead of %(before)s.",
            number,
        )
        zone = bookable.event.zone
        after, before = bookable.waitlist_ends_at, plan.waitlist_ends_at
        times = {"after": in_words(after, zone), "before": in_words(before, zone)}
        yield _at(bookable, text, waiting, number, times)


def _at(
    bookable: Bookable,
    text: str,
    rows: RegistrationQuerySet,
    number: int,
    times: dict[str, str] | None = None,
) -> Effect:
    values = (times or {}) | {"title": bookable.title}
    agreed_to = so_many(text % (values | {"n": 0}), number)
    return Effect(text % (values | {"n": number}), names_of(rows, number), agreed_to)


# --- Terms of payment -----------------------------------------------------------------------------


def _refunds(event: Event, now: datetime) -> Iterator[Effect]:
    """Count people with other terms than the new ones: those with a place keep what was frozen."""
    held = event.registrations.taking_place(now).filter(amount__gt=0)
    yield from _people(
        held.exclude(refund_days=event.refund_days),
        lambda n: ngettext(
            "%(n)d person has a place that costs money, and keeps the refund terms that they "
            "agreed to.",
            "%(n)d people have a place that costs money, and keep the refund terms that they "
            "agreed to.",
            n,
        ),
    )
    yield from _people(
        _wait_for_what_costs(event),
        lambda n: ngettext(
            "%(n)d person waits for a place that costs money, and gets the new refund terms when "
            "moving up.",
            "%(n)d people wait for a place that costs money, and get the new refund terms when "
            "moving up.",
            n,
        ),
    )


def _time_to_pay(event: Event, now: datetime) -> Iterator[Effect]:
    yield from _people(
        event.registrations.taking_place(now).filter(status=Status.AWAITING_PAYMENT),
        lambda n: ngettext(
            "%(n)d person still has to pay, and keeps the deadline that they were told.",
            "%(n)d people still have to pay, and keep the deadline that they were told.",
            n,
        ),
    )
    yield from _people(
        _wait_for_what_costs(event),
        lambda n: ngettext(
            "%(n)d person waits for a place that costs money, and gets the new time to pay when "
            "moving up.",
            "%(n)d people wait for a place that costs money, and get the new time to pay when "
            "moving up.",
            n,
        ),
    )


def _wait_for_what_costs(event: Event) -> RegistrationQuerySet:
    return event.registrations.filter(COSTS, status=Status.WAITLISTED)


def _people(rows: RegistrationQuerySet, say: Callable[[int], str]) -> Iterator[Effect]:
    """Say it of so many people, each counted once; nothing of nobody."""
    if number := rows.order_by().values("attendee").distinct().count():
        text = say(number)
        yield Effect(text % {"n": number}, names_of(rows, number), so_many(text, number))
