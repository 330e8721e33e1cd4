"""An organizer lets somebody in out of turn: recorded, and never over the rules."""

from datetime import timedelta

import pytest
import time_machine

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.models import Attendee, Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def test_promoted_person_is_next_when_no_place_is_free() -> None:
    event, (first, second, third) = full_event()
    organizer = make_organizer()
    promoted = places.promote(registration=third, by=organizer)
    assert (promoted.status, promoted.promoted_at, promoted.promoted_by) == (
        "waitlisted",
        NOON,
        organizer,
    )
    assert list(Registration.objects.waiting().filter(event=event)) == [third, second]
    places.cancel(registration=first, in_full=False)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")


def test_promoted_people_keep_their_order_among_themselves() -> None:
    event = make_event(capacity=0)
    line = [register(make_attendee(), event) for _ in range(4)]
    for registration in (line[3], line[1]):
        places.promote(registration=registration, by=make_organizer())
    assert list(Registration.objects.waiting()) == [line[1], line[3], line[0], line[2]]


def test_promotion_gives_a_place_after_the_close_until_the_end(clock: Clock) -> None:
    starts_at = NOON + HOUR
    _event, (first, _second, third) = full_event(
        closes_at=starts_at, starts_at=starts_at, ends_at=NOON + 48 * HOUR, price=500
    )
    clock.shift(HOUR)
    places.cancel(registration=first, in_full=False)
    promoted = places.promote(registration=third, by=make_organizer())
    assert (promoted.status, promoted.hold_until) == ("awaiting_payment", NOON + 25 * HOUR)
    assert kinds(third.attendee) == ["waitlisted", "payment-due"]


def test_promoted_person_is_let_in_by_a_place_that_is_added_after_the_close(clock: Clock) -> None:
    event, (_first, second, third) = full_event(closes_at=NOON + HOUR, starts_at=NOON + HOUR)
    places.promote(registration=third, by=make_organizer())
    clock.shift(HOUR)
    Event.objects.filter(pk=event.pk).update(capacity=5)
    places.settle(event=event)
    assert (status(second), status(third)) == ("waitlisted", "confirmed")


def test_promotion_is_recorded_for_who_did_it_first(clock: Clock) -> None:
    _event, (_first, second, _third) = full_event()
    organizer = make_organizer()
    places.promote(registration=second, by=organizer)
    clock.shift(HOUR)
    again = places.promote(registration=second, by=make_organizer())
    assert (again.promoted_by, again.promoted_at) == (organizer, NOON)


def test_promotion_never_exceeds_the_capacity() -> None:
    event, (_first, second, third) = full_event()
    for registration in (second, third):
        places.promote(registration=registration, by=make_organizer())
    assert Registration.objects.filter(event=event, status="confirmed").count() == 1


def test_promotion_of_somebody_who_may_not_come_is_refused() -> None:
    _event, (_first, second, _third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee_id).update(neos_locked=True)
    with pytest.raises(PlaceRefused, match="neos-locked"):
        places.promote(registration=second, by=make_organizer())
    second.refresh_from_db()
    assert (second.promoted_at, second.turn) == (None, 0)


def test_promotion_at_a_cancelled_event_is_refused() -> None:
    event, (_first, second, _third) = full_event()
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    with pytest.raises(PlaceRefused, match="event-cancelled"):
        places.promote(registration=second, by=make_organizer())


def test_promotion_once_it_is_over_is_too_late(clock: Clock) -> None:
    _event, (_first, second, _third) = full_event()
    clock.shift(timedelta(days=8))
    with pytest.raises(TooLate):
        places.promote(registration=second, by=make_organizer())


def test_promotion_of_somebody_who_does_not_wait_changes_nothing() -> None:
    _event, (first, _second, _third) = full_event()
    promoted = places.promote(registration=first, by=make_organizer())
    assert (promoted.status, promoted.promoted_at) == ("confirmed", None)


def test_promotion_in_the_line_of_a_workshop_is_for_the_workshop_alone() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=0)
    people = [make_attendee() for _ in range(2)]
    for person in people:
        register(person, event)
    line = [register(person, workshop) for person in people]
    places.promote(registration=line[1], by=make_organizer())
    assert list(Registration.objects.waiting()) == [line[1], line[0]]


def test_coming_back_after_a_promotion_is_the_end_of_the_line() -> None:
    event, (_first, second, third) = full_event()
    places.promote(registration=third, by=make_organizer())
    places.cancel(registration=third, in_full=False)
    again = register(third.attendee, event)
    assert list(Registration.objects.waiting().filter(event=event)) == [second, again]
