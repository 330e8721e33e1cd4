"""Every mismatch that `audit` knows, made by writing to the rows behind the site's back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import places
from events.audit import Books, Mismatch, audit
from events.audit.places import never_twice
from events.messages import texts
from events.models import Attendee, Event, Notification, Registration, Workshop
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_workshop,
)
from tests.lines import full_event, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def found(event: Event) -> list[Mismatch]:
    return audit(Event.objects.get(pk=event.pk), timezone.now())


def mismatch(invariant: int, event: Event, about: object, text: str) -> list[Mismatch]:
    return [Mismatch(invariant, event.slug, str(about), text)]


def write(registration: Registration, **values: object) -> None:
    Registration.objects.filter(pk=registration.pk).update(**values)


# --- 1 and 2: places -----------------------------------------------------------------------------


def oversold(clock: Clock) -> Event:
    event = make_event(capacity=2)
    for _ in range(2):
        clock.shift(1)
        register(make_attendee(), event)
    Event.objects.update(capacity=1)
    return event


def test_more_places_than_the_capacity_are_found(clock: Clock) -> None:
    event = oversold(clock)
    text = "2 places are taken, the capacity is 1"
    assert found(event) == mismatch(1, event, event.slug, text)


def test_capacity_lowered_before_the_last_came_is_no_excuse(clock: Clock) -> None:
    event = oversold(clock)
    Event.objects.update(capacity_lowered_at=timezone.now() - timedelta(seconds=1))
    text = "2 places are taken, the capacity is 1"
    assert found(event) == mismatch(1, event, event.slug, text)


def test_oversold_workshop_is_found_by_its_own_name() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=1)
    attendee = make_attendee()
    register(attendee, event)
    register(attendee, workshop)
    Workshop.objects.update(capacity=0)
    text = "1 places are taken, the capacity is 0"
    assert found(event) == mismatch(1, event, workshop.slug, text)


def test_two_registrations_of_one_person_are_found() -> None:
    """The database refuses to store them, so they are shown to the check itself."""
    event = make_event()
    first = register(make_attendee(), event)
    second = Registration(event=event, attendee=first.attendee, status="waitlisted")
    books = Books(event, NOON, [event], [first, second], {}, {})
    text = f"attendee {first.attendee.pk} has 2 active registrations"
    assert list(never_twice(books)) == mismatch(2, event, event.slug, text)
    second.status = "cancelled"
    assert list(never_twice(books)) == []


def test_database_refuses_two_registrations_of_one_person() -> None:
    first = register(make_attendee(), make_event())
    first.pk = None
    first._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


# --- 3: the line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("capacity", "free"), [(2, "1"), (4, "3"), (None, "unlimited places")])
def test_free_place_while_somebody_waits_is_found(capacity: int | None, free: str) -> None:
    event, (_first, second, _third) = full_event()
    Event.objects.update(capacity=capacity)
    text = f"{free} free while {second.code} waits and may have it"
    assert found(event) == mismatch(3, event, event.slug, text)


def test_free_place_behind_somebody_who_may_not_have_it_is_found() -> None:
    event, (_first, second, third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee.pk).update(neos_locked=True)
    Event.objects.update(capacity=2)
    text = f"1 free while {third.code} waits and may have it"
    assert found(event) == mismatch(3, event, event.slug, text)


def test_somebody_who_was_overtaken_is_found(clock: Clock) -> None:
    event, (first, second, third) = full_event()
    write(first, taken_at=NOON - HOUR)
    clock.shift(1)
    places.cancel(registration=first, in_full=False)
    write(third, turn=-1)
    text = "1 who came before were waiting, 0 could not have it"
    assert found(event) == [
        *mismatch(3, event, second.code, text),
        *mismatch(3, event, third.code, "has turn -1 in line, and should have 0"),
    ]


def test_newcomer_who_walked_past_the_line_is_found(clock: Clock) -> None:
    event, _registrations = full_event()
    clock.shift(1)
    Event.objects.update(has_waitlist=True, capacity=1)
    newcomer = register(make_attendee(), event)
    terms = {"status": "confirmed", "taken_at": NOON + HOUR, "confirmed_at": NOON + HOUR}
    write(newcomer, **terms)
    texts.registered(newcomer)
    Event.objects.update(capacity=2)
    text = "2 who came before were waiting, 0 could not have it"
    assert found(event) == mismatch(3, event, newcomer.code, text)


def test_passing_over_more_than_may_not_have_it_is_found(clock: Clock) -> None:
    event, (first, second, third) = full_event(neos_required=True)
    Attendee.objects.filter(pk=second.attendee.pk).update(neos_locked=True)
    clock.shift(1)
    places.cancel(registration=first, in_full=False)
    assert found(event) == []
    write(third, overtook=0)
    text = "1 who came before were waiting, 0 could not have it"
    assert found(event) == mismatch(3, event, third.code, text)


# --- 5: workshops --------------------------------------------------------------------------------


def at_two_workshops() -> tuple[Event, Registration, Registration, Registration]:
    """The event, one person's place at it, and at an early and a late workshop."""
    event, attendee = make_event(), make_attendee()
    early = make_workshop(event)
    late = make_workshop(event, starts_at=event.starts_at + HOUR)
    one, two, three = (register(attendee, bookable) for bookable in (event, early, late))
    return event, one, two, three


@pytest.mark.parametrize("status", ["cancelled", "expired", "waitlisted"])
def test_workshop_without_a_place_at_the_event_is_found(status: str) -> None:
    event, attendee = make_event(capacity=1), make_attendee()
    place = register(attendee, event)
    workshop = register(attendee, make_workshop(event))
    write(place, status=status, ended_at=NOON, waitlisted_at=NOON)
    Event.objects.update(capacity=0)
    for tell in (texts.cancelled, texts.hold_lapsed, texts.waitlisted):
        tell(place)
    assert found(event) == mismatch(5, event, workshop.code, "no confirmed place at the event")


@pytest.mark.parametrize("moved_at", [None, NOON - HOUR], ids=["never", "before"])
def test_overlap_without_a_move_since_is_found(moved_at: object) -> None:
    event, _place, early, late = at_two_workshops()
    half = event.starts_at + HOUR / 2
    Workshop.objects.filter(pk=late.workshop_id).update(starts_at=half, moved_at=moved_at)
    assert found(event) == mismatch(5, event, early.code, f"overlaps with {late.code}")


# --- What it costs -------------------------------------------------------------------------------


def crowd(event: Event, size: int) -> None:
    """Half of them have a place at the event, the others wait; everybody was told."""
    users = [User(username=f"{event.slug}-{number}") for number in range(size)]
    people = [Attendee(user=user) for user in User.objects.bulk_create(users)]
    rows = [
        Registration(event=event, attendee=person, created_at=NOON, **_row(number))
        for number, person in enumerate(Attendee.objects.bulk_create(people))
    ]
    told = [
        Notification(
            attendee=row.attendee,
            kind="registered" if row.status == "confirmed" else "waitlisted",
            subject=f"registration:{row.code}",
            created_at=NOON,
        )
        for row in Registration.objects.bulk_create(rows)
    ]
    Notification.objects.bulk_create(told)


def _row(number: int) -> dict[str, Any]:
    if number % 2:
        return {"status": "waitlisted", "waitlisted_at": NOON + HOUR}
    return {"status": "confirmed", "taken_at": NOON, "confirmed_at": NOON}


@pytest.mark.parametrize("size", [30, 2_000])
def test_audit_costs_as_many_queries_as_with_one_registration(size: int) -> None:
    costs = []
    for people in (1, size):
        event = make_event(capacity=(people + 1) // 2)
        make_workshop(event)
        crowd(event, people)
        with CaptureQueriesContext(connection) as queries:
            assert audit(event, NOON + 2 * HOUR) == []
        costs.append(len(queries))
    assert costs[1] == costs[0]


# --- 3: the order of a draw ----------------------------------------------------------------------


def test_place_in_line_that_no_draw_gave_is_found(clock: Clock) -> None:
    event = make_event(capacity=0, draw_at=NOON + HOUR)
    for _ in range(3):
        register(make_attendee(), event)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    last = Registration.objects.get(draw_rank=3)
    write(last, turn=-100)
    text = "has turn -100 in line, and should have -1"
    assert found(event) == mismatch(3, event, last.code, text)


def test_event_that_changed_since_it_was_listed_is_read_again() -> None:
    event = make_event(capacity=1)
    register(make_attendee(), event)
    Event.objects.update(capacity=2)
    register(make_attendee(), event)
    assert audit(event) == []
    gone = make_event()
    Event.objects.filter(pk=gone.pk).delete()
    assert audit(gone) == []
