"""The only code that writes registrations.

One lock and one lock order: the event's row, for its workshops too, then the attendee's. Everything
that decides is read after the lock, and places are counted from rows. PostgreSQL locks the row;
SQLite starts every transaction as a writer (`transaction_mode=IMMEDIATE`), which locks more.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from . import eligibility, notifications, pricing
from .facts import EMPTY, Facts, count_occupancies, read_facts
from .models import Attendee, Bookable, Event, Payment, Registration, Workshop
from .refusals import PlaceRefused, TooLate
from .waiting import in_line

logger = logging.getLogger(__name__)
Status = Registration.Status


@contextmanager
def locked_event(pk: int) -> Iterator[Event]:
    """A transaction that starts by locking the event's row; nothing is decided outside of one."""
    with transaction.atomic():
        yield Event.objects.select_for_update().get(pk=pk)


# --- Taking a place ----------------------------------------------------------------------------


def register(*, user: User, bookable: Bookable) -> Registration:
    """Take a place for the user's attendee, or join the waitlist; doing it again changes nothing.

    Raises `PlaceRefused` with every reason when the attendee may not have the place.
    """
    with locked_event(_event_id(bookable)) as event:
        attendee = _locked_attendee(user, event)
        bookable = _reread(bookable, event)
        facts = _settled_facts(event, attendee, timezone.now())
        if existing := facts.registration(bookable):
            return existing
        if found := eligibility.refusals(facts, bookable):
            raise PlaceRefused(found)
        if facts.occupancy(bookable).has_room(bookable.capacity):
            return _take_place(facts, bookable)
        waiting = _join_waitlist(facts, bookable)
        if facts.occupancy(bookable).free(bookable.capacity) == 0:
            return waiting
        _fill(event, facts.now)  # a place is free, but nobody who came before may have it
        return _current(waiting, event)


def _event_id(bookable: Bookable) -> int:
    return bookable.event_id if isinstance(bookable, Workshop) else bookable.pk


def _locked_attendee(user: User, event: Event) -> Attendee:
    """The attendee as of now, locked: what Neos vouched for cannot be unlinked meanwhile."""
    return (
        Attendee.objects.facing(event)
        .select_related("user")
        .select_for_update(of=("self",))
        .get(user=user)
    )


def _reread(bookable: Bookable, event: Event) -> Bookable:
    if not isinstance(bookable, Workshop):
        return event
    workshop = Workshop.objects.get(pk=bookable.pk, event=event)
    workshop.event = event
    return workshop


def _settled_facts(event: Event, attendee: Attendee, now: datetime) -> Facts:
    """The facts once lapsed holds have gone to whoever waits, so that no newcomer overtakes."""
    facts = read_facts(event, attendee, now)
    if not any(occupancy.lapsed for occupancy in facts.occupancies.values()):
        return facts
    _expire_lapsed(event, now)
    _fill(event, now)
    return read_facts(event, attendee, now)


def _take_place(facts: Facts, bookable: Bookable) -> Registration:
    registration = _new_registration(facts, bookable)
    _give_place(registration, facts, settings.PAYMENT_HOLD)
    registration.save(force_insert=True)
    if registration.status == Status.CONFIRMED:
        notifications.registered(registration)
    else:
        notifications.payment_due(registration)
    return registration


def _join_waitlist(facts: Facts, bookable: Bookable) -> Registration:
    registration = _new_registration(facts, bookable)
    registration.status = Status.WAITLISTED
    registration.waitlisted_at = facts.now
    registration.save(force_insert=True)
    notifications.waitlisted(registration)
    return registration


def _new_registration(facts: Facts, bookable: Bookable) -> Registration:
    workshop = bookable if isinstance(bookable, Workshop) else None
    registration = Registration(attendee=facts.attendee, workshop=workshop, created_at=facts.now)
    registration.currency = facts.event.currency
    return registration.sharing(facts.event)


def _give_place(registration: Registration, facts: Facts, hold: timedelta) -> None:
    """Set what a taken place means, price and perk frozen; the caller writes the row.

    A place that costs nothing is confirmed, another is held: `hold` long, never past the close.
    """
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    price = pricing.price_of(registration.bookable, perk)
    registration.amount = price.amount
    registration.currency = price.currency
    registration.perk_label = price.perk_label
    if price.amount == 0:
        registration.status = Status.CONFIRMED
        registration.confirmed_at = facts.now
    else:
        closes_at = registration.bookable.registration_ends_at
        registration.status = Status.AWAITING_PAYMENT
        registration.hold_until = min(facts.now + hold, closes_at)


# --- Giving a place up -------------------------------------------------------------------------


def cancel(*, registration: Registration) -> Registration:
    """Give up a place or a spot on the waitlist; the next in line has it in the same transaction.

    Losing the place at the event loses its workshops too. Cancelling what has ended already changes
    nothing. Raises `TooLate` once what it was for is over.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        current = _current(registration, event)
        if not current.is_active:
            return current
        if not current.may_be_cancelled(now):
            raise TooLate
        for ending in _falling_together(current):
            _end(ending, Status.CANCELLED, now)
            notifications.cancelled(ending)
        _fill(event, now)
        return _current(registration, event)


def _current(registration: Registration, event: Event) -> Registration:
    """The row as it stands under the lock."""
    q = Registration.objects.select_related("workshop", "attendee__user")
    return q.get(pk=registration.pk).sharing(event)


def _falling_together(registration: Registration) -> list[Registration]:
    if registration.workshop_id is not None:
        return [registration]
    q = Registration.objects.active().filter(
        event=registration.event, attendee=registration.attendee, workshop__isnull=False
    )
    workshops = q.select_related("workshop", "attendee__user")
    return [registration, *(other.sharing(registration.event) for other in workshops)]


def _end(registration: Registration, status: Registration.Status, now: datetime) -> bool:
    """End an active registration; money paid for it becomes a refund for a person to decide."""
    if not _change(registration, status=status, ended_at=now):
        return False
    paid = Payment.objects.filter(registration=registration, status=Payment.Status.PAID)
    paid.update(status=Payment.Status.REFUND_DUE)
    return True


def _change(registration: Registration, **values: object) -> bool:
    """Compare and set: write `values` if the row still has the status that was read."""
    same = Registration.objects.filter(pk=registration.pk, status=registration.status)
    if not same.update(**values):
        return False
    for name, value in values.items():
        setattr(registration, name, value)
    return True


def _expire_lapsed(event: Event, now: datetime) -> None:
    lapsed = Registration.objects.lapsed(now).filter(event=event)
    for registration in lapsed.select_related("workshop", "attendee__user"):
        if _end(registration.sharing(event), Status.EXPIRED, now):
            notifications.hold_lapsed(registration)


# --- Filling from the waitlist -----------------------------------------------------------------


def fill(*, event: Event) -> int:
    """End lapsed holds, give free places to whoever waits, return how many moved up."""
    with locked_event(event.pk) as locked:
        now = timezone.now()
        _expire_lapsed(locked, now)
        return _fill(locked, now)


def _fill(event: Event, now: datetime) -> int:
    """Fill the event, then its workshops; the counts come from the rows under the lock."""
    occupancies = count_occupancies(event, now)
    moved = 0
    if occupancies.get(None, EMPTY).waiting:
        moved += _move_up(event, event, occupancies.get(None, EMPTY).free(event.capacity), now)
    for workshop in event.workshops.all():
        workshop.event = event
        occupancy = occupancies.get(workshop.pk, EMPTY)
        if occupancy.waiting:
            moved += _move_up(event, workshop, occupancy.free(workshop.capacity), now)
    if moved:
        logger.info("Moved up %d from the waitlist of event %s", moved, event.pk)
    return moved


def _move_up(event: Event, bookable: Bookable, free: int | None, now: datetime) -> int:
    """Give up to `free` places (None: any number) to those first in line who may have one."""
    if free == 0:
        return 0
    moved = 0
    for facts, registration in in_line(event, bookable, now):
        if moved == free:
            break
        if eligibility.refusals_of_waiting(facts, bookable):
            continue
        moved += _promote(registration, facts)
    return moved


def _promote(registration: Registration, facts: Facts) -> bool:
    """Move one person up: a free place is theirs, a paid one is held until its own deadline."""
    before = registration.status
    _give_place(registration, facts, settings.WAITLIST_PAYMENT_HOLD)
    fields = ("status", "amount", "currency", "perk_label", "hold_until", "confirmed_at")
    values = {name: getattr(registration, name) for name in fields}
    if not Registration.objects.filter(pk=registration.pk, status=before).update(**values):
        return False
    if registration.status == Status.CONFIRMED:
        notifications.place_given(registration)
    else:
        notifications.payment_due(registration)
    return True


# --- Payment and the door ----------------------------------------------------------------------


def confirm_paid(*, registration: Registration) -> bool:
    """Confirm a place whose amount has been paid; False when the money has to go back.

    Money that comes after the hold lapsed still confirms while a place is free and nobody waits.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        current = _current(registration, event)
        if current.has_lapsed(now) or current.status == Status.EXPIRED:
            return _confirm_late(current, event, now)
        if current.status != Status.AWAITING_PAYMENT:
            return False
        return _confirm(current, now)


def _confirm_late(registration: Registration, event: Event, now: datetime) -> bool:
    _expire_lapsed(event, now)
    _fill(event, now)
    registration.refresh_from_db(fields=["status"])
    facts = read_facts(event, Attendee.objects.facing(event).get(pk=registration.attendee_id), now)
    bookable = registration.bookable
    is_replaced = facts.registration(bookable) is not None
    if is_replaced or not facts.occupancy(bookable).has_room(bookable.capacity):
        return False
    return _confirm(registration, now)


def _confirm(registration: Registration, now: datetime) -> bool:
    if not _change(registration, status=Status.CONFIRMED, confirmed_at=now, ended_at=None):
        return False
    notifications.registered(registration)
    return True


def check_in(*, registration: Registration) -> bool:
    """Note that the person came; False when they have no confirmed place or were noted before."""
    confirmed = Registration.objects.filter(pk=registration.pk, status=Status.CONFIRMED)
    return bool(confirmed.filter(checked_in_at=None).update(checked_in_at=timezone.now()))
