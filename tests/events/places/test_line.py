"""Moving up from the waitlist, and holds that run out."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User

from events import places
from events.models import Attendee, Event, Registration
from events.places import waitlist
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_workshop,
    statuses,
)
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


# --- Moving up ---------------------------------------------------------------------------------


def test_fill_gives_as_many_places_as_were_added() -> None:
    event, _registrations = full_event()
    Event.objects.update(capacity=2)
    assert places.settle(event=event) == 1
    assert statuses(event) == ["confirmed", "confirmed", "waitlisted"]


def test_fill_gives_everybody_a_place_when_the_limit_is_gone() -> None:
    event, _registrations = full_event()
    Event.objects.update(capacity=None)
    assert places.settle(event=event) == 2
    assert places.settle(event=event) == 0
    assert statuses(event) == ["confirmed"] * 3


def test_fill_after_lowering_drops_nobody_and_lets_nobody_in() -> None:
    event = make_event(capacity=2)
    for _ in range(3):
        register(make_attendee(), event)
    Event.objects.update(capacity=1)
    assert places.settle(event=event) == 0
    places.cancel(registration=Registration.objects.order_by("pk")[0], in_full=False)
    assert statuses(event) == ["cancelled", "confirmed", "waitlisted"]


def test_fill_skips_who_became_ineligible_and_keeps_their_turn() -> None:
    _event, (first, second, third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee.pk).update(neos_locked=True)
    places.cancel(registration=first, in_full=False)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")
    Attendee.objects.filter(pk=second.attendee.pk).update(neos_locked=False)
    places.cancel(registration=third, in_full=False)
    assert status(second) == "confirmed"


def test_fill_skips_whose_account_is_closed() -> None:
    _event, (first, second, third) = full_event()
    User.objects.filter(attendee=second.attendee).update(is_active=False)
    places.cancel(registration=first, in_full=False)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")


def test_newcomer_gets_the_place_that_nobody_before_may_have() -> None:
    event, (first, second, third) = full_event(neos_required=True)
    waiting = [second.attendee.pk, third.attendee.pk]
    Attendee.objects.filter(pk__in=waiting).update(neos_locked=True)
    places.cancel(registration=first, in_full=False)
    assert register(make_attendee(), event).status == "confirmed"
    assert register(make_attendee(), event).status == "waitlisted"


def test_fill_goes_on_past_a_whole_batch_of_ineligible_people(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(waitlist, "BATCH", 2)
    event = make_event(capacity=1, neos_required=True)
    registrations = [register(make_attendee(), event) for _ in range(6)]
    locked = [r.attendee.pk for r in registrations[1:5]]
    Attendee.objects.filter(pk__in=locked).update(neos_locked=True)
    places.cancel(registration=registrations[0], in_full=False)
    assert statuses(event) == ["cancelled", *["waitlisted"] * 4, "confirmed"]


def test_fill_lets_nobody_in_after_close_and_start(clock: Clock) -> None:
    start = NOON + timedelta(hours=1)
    event, (first, _second, _third) = full_event(closes_at=start, starts_at=start)
    clock.shift(timedelta(hours=1))
    places.cancel(registration=first, in_full=False)
    assert statuses(event) == ["cancelled", "waitlisted", "waitlisted"]


def test_promotion_to_a_paid_place_is_a_hold_of_a_day() -> None:
    _event, (first, second, _third) = full_event(price=500)
    places.cancel(registration=first, in_full=False)
    second.refresh_from_db()
    assert (second.status, second.amount) == ("awaiting_payment", 500)
    assert second.hold_until == NOON + timedelta(hours=24)
    assert kinds(second.attendee) == ["waitlisted", "payment-due"]


def test_workshop_waitlist_moves_only_people_without_a_clash() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=1)
    people = [make_attendee() for _ in range(3)]
    for person in people:
        register(person, event)
    first, second, third = (register(person, workshop) for person in people)
    moved = make_workshop(event, starts_at=event.starts_at + timedelta(hours=1))
    register(people[1], moved)
    type(moved).objects.filter(pk=moved.pk).update(
        starts_at=workshop.starts_at, ends_at=workshop.ends_at
    )
    places.cancel(registration=first, in_full=False)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")


# --- Holds -------------------------------------------------------------------------------------


def test_lapsed_hold_goes_to_who_waits_and_not_to_the_newcomer(clock: Clock) -> None:
    event, (first, second, _third) = full_event(price=500)
    clock.shift(timedelta(minutes=30))
    newcomer = register(make_attendee(), event)
    assert (status(first), status(second)) == ("expired", "awaiting_payment")
    assert newcomer.status == "waitlisted"
    assert kinds(first.attendee) == ["payment-due", "hold-lapsed"]


def test_lapsed_hold_goes_to_the_newcomer_when_nobody_waits(clock: Clock) -> None:
    event = make_event(capacity=1, price=500)
    lapsed = register(make_attendee(), event)
    clock.shift(timedelta(minutes=30))
    assert register(make_attendee(), event).status == "awaiting_payment"
    assert status(lapsed) == "expired"


def test_hold_counts_until_the_very_instant(clock: Clock) -> None:
    event = make_event(capacity=1, price=500)
    register(make_attendee(), event)
    clock.shift(timedelta(minutes=30) - timedelta(microseconds=1))
    assert register(make_attendee(), event).status == "waitlisted"


def test_lapsed_person_may_come_back_and_goes_to_the_end(clock: Clock) -> None:
    event, (first, second, third) = full_event(price=500)
    clock.shift(timedelta(minutes=30))
    again = register(first.attendee, event)
    line = Registration.objects.waiting().values_list("pk", flat=True)
    assert (status(second), list(line)) == ("awaiting_payment", [third.pk, again.pk])
