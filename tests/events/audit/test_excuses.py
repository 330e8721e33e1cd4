"""Stories that look wrong to `audit` and are not, each with the same without excuse as control."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from events import places
from events.accounts import closing
from events.audit import audit
from events.models import (
    Attendee,
    Block,
    Bookable,
    Event,
    FormerNeosId,
    Notification,
    Registration,
    Workshop,
)
from events.payments.providers import manual
from events.places import event_edits
from tests.factories import make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
Story = Callable[[Clock], Event]
HOUR = timedelta(hours=1)


def found(event: Event) -> set[int]:
    """The numbers of the invariants that do not hold."""
    now = timezone.now()
    return {mismatch.invariant for mismatch in audit(Event.objects.get(pk=event.pk), now)}


def edit(bookable: Bookable, **values: object) -> None:
    with transaction.atomic():
        before = event_edits.begin(bookable.event.pk)
        type(bookable).objects.filter(pk=bookable.pk).update(**values)
        event_edits.follow_up(before)


def line(clock: Clock, size: int = 3, **fields: object) -> tuple[Event, list[Registration]]:
    """People who came one after the other to an event with one place."""
    event = make_event(**{"capacity": 1} | fields)
    rows = []
    for _ in range(size):
        clock.shift(1)
        rows.append(register(make_attendee(), event))
    clock.shift(1)
    return event, rows


def lock(registration: Registration) -> None:
    Attendee.objects.filter(pk=registration.attendee.pk).update(neos_locked=True)


def unlock_all() -> None:
    Attendee.objects.update(neos_locked=False)


# --- Stories with an excuse --------------------------------------------------------------------


def lowered_capacity(clock: Clock) -> Event:
    event, _rows = line(clock, capacity=2)
    edit(event, capacity=1)
    return event


def moved_workshop(clock: Clock) -> Event:
    event, attendee = make_event(), make_attendee()
    late = make_workshop(event, starts_at=event.starts_at + HOUR)
    for bookable in (event, make_workshop(event), late):
        clock.shift(1)
        register(attendee, bookable)
    edit(late, starts_at=event.starts_at)
    return event


def promoted_out_of_turn(clock: Clock) -> Event:
    event, rows = line(clock)
    places.promote(registration=rows[2], by=make_organizer())
    clock.shift(1)
    places.cancel(registration=rows[0], in_full=False)
    assert status(rows[2]) == "confirmed"
    return event


def lapsed_hold(clock: Clock) -> Event:
    event, _rows = line(clock, price=500)
    clock.shift(HOUR)
    return event


def lapsed_hold_of_another_workshop(clock: Clock) -> Event:
    """Move what they hold onto what they wait for, and let it lapse: the way is free."""
    event, one, other = make_event(), make_attendee(), make_attendee()
    full = make_workshop(event, capacity=1)
    paid = make_workshop(event, price=500, starts_at=event.starts_at + HOUR)
    for attendee in (one, other):
        register(attendee, event)
    place = register(one, full)
    clock.shift(1)
    register(other, full)
    register(other, paid)
    edit(paid, starts_at=full.starts_at, ends_at=full.ends_at)
    places.cancel(registration=place, in_full=False)
    clock.shift(HOUR)
    return event


def erased_person(clock: Clock) -> Event:
    event, rows = line(clock)
    closing.erase(rows[0].attendee.user)
    return event


def pending_draw(clock: Clock) -> Event:
    event, _rows = line(clock, draw_at=timezone.now() + HOUR)
    return event


def closed_registration(clock: Clock) -> Event:
    start = timezone.now() + HOUR
    event, rows = line(clock, starts_at=start, ends_at=start + 24 * HOUR, closes_at=start)
    clock.shift(HOUR)
    places.cancel(registration=rows[0], in_full=False)
    return event


def cancelled_event(clock: Clock) -> Event:
    event, rows = line(clock)
    edit(event, status=Event.Status.CANCELLED)
    places.cancel(registration=rows[0], in_full=False)
    return event


def ineligible_waiters(clock: Clock) -> Event:
    event, rows = line(clock, neos_required=True)
    for row in rows[1:]:
        lock(row)
    places.cancel(registration=rows[0], in_full=False)
    return event


def passed_over(clock: Clock) -> Event:
    event, rows = line(clock, neos_required=True)
    lock(rows[1])
    places.cancel(registration=rows[0], in_full=False)
    assert status(rows[2]) == "confirmed"
    return event


def block_of_an_id_that_was_unlinked(clock: Clock) -> Event:
    event, rows = line(clock, size=2)
    Block.objects.create(neos_id="U-before", event=event)
    FormerNeosId.objects.create(attendee=rows[1].attendee, neos_id="U-before")
    places.cancel(registration=rows[0], in_full=False)
    return event


def ban_that_is_over(clock: Clock) -> Event:
    """Nobody has looked at the line since, and nobody had to."""
    event, rows = line(clock, size=2, neos_required=True)
    until = timezone.now() + HOUR
    Attendee.objects.filter(pk=rows[1].attendee.pk).update(neos_banned_until=until)
    places.cancel(registration=rows[0], in_full=False)
    clock.shift(2 * HOUR)
    return event


def late_money_of_somebody_who_overtook(clock: Clock) -> Event:
    """That somebody could not have the place before them stays true, however late they pay."""
    event, rows = line(clock, price=500)
    lock(rows[1])
    clock.shift(HOUR)
    places.settle(event=event)
    clock.shift(1)
    places.cancel(registration=rows[1], in_full=False)
    clock.shift(24 * HOUR)
    held = Registration.objects.get(pk=rows[2].pk)
    assert held.has_lapsed(timezone.now())
    manual.mark_paid(registration=held, by=make_organizer())
    assert status(held) == "confirmed"
    return event


def closed_account_after_a_workshop(clock: Clock) -> Event:
    """The workshop is over, the event is not: the account is closed, and all of it ends."""
    event, attendee = make_event(), make_attendee()
    workshop = make_workshop(event)
    register(attendee, event)
    register(attendee, workshop)
    clock.move_to(workshop.ends_at)
    assert closing.deactivate(attendee.user) == 2
    return event


# --- The controls: what takes the excuse away --------------------------------------------------

EXCUSES: list[tuple[Story, Callable[[], object], int]] = [
    (lowered_capacity, lambda: Event.objects.update(capacity_lowered_at=None), 1),
    (moved_workshop, lambda: Workshop.objects.update(moved_at=None), 5),
    (promoted_out_of_turn, lambda: Registration.objects.update(promoted_at=None, turn=0), 3),
    (lapsed_hold, lambda: Event.objects.update(capacity=2), 3),
    (
        lapsed_hold_of_another_workshop,
        lambda: Registration.objects.filter(hold_until__isnull=False).update(
            status="cancelled", ended_at=timezone.now()
        ),
        3,
    ),
    (erased_person, lambda: _forget_messages() and Attendee.objects.update(erased_at=None), 7),
    (pending_draw, lambda: Event.objects.update(drawn_at=timezone.now()), 3),
    (closed_registration, lambda: Event.objects.update(closes_at=None), 3),
    (cancelled_event, lambda: Event.objects.update(status=Event.Status.PUBLISHED), 3),
    (ineligible_waiters, unlock_all, 3),
    (block_of_an_id_that_was_unlinked, lambda: FormerNeosId.objects.all().delete(), 3),
    (ban_that_is_over, lambda: Attendee.objects.update(neos_banned_until=None), 3),
    (passed_over, lambda: Registration.objects.update(overtook=0), 3),
    (late_money_of_somebody_who_overtook, lambda: Registration.objects.update(overtook=0), 3),
    (
        closed_account_after_a_workshop,
        lambda: Registration.objects.filter(workshop__isnull=False).update(status="confirmed"),
        5,
    ),
]


def _forget_messages() -> int:
    return Notification.objects.filter(attendee__erased_at__isnull=False).delete()[0]


@pytest.mark.parametrize(
    ("story", "undo", "invariant"), EXCUSES, ids=[story.__name__ for story, *_ in EXCUSES]
)
def test_audit_finds_nothing_wrong(
    clock: Clock, story: Story, undo: Callable[[], object], invariant: int
) -> None:
    event = story(clock)
    assert found(event) == set()
    undo()
    assert invariant in found(event)
