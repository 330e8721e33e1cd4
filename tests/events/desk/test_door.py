"""People whom a search at the door finds, in how many queries; how many came."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from events.admin.registration_filters import CameFilter
from events.desk import door
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
#: The conditions of the lists to which the numbers lead.
LISTS = {name: condition for name, (_label, condition) in CameFilter.states.items()}


def found(event: Event, text: str) -> list[str]:
    return [one.attendee.name for one in door.people(door.find(event, text), event)]


def test_all_words_have_to_be_there_in_any_order() -> None:
    event = make_event()
    for name in ["Ada Lovelace", "Ada Byron", "みかん 猫", "ミカン"]:
        register(make_attendee(neos_username=name), event)
    assert found(event, "love ada") == ["Ada Lovelace"]
    assert found(event, "ﾐｶﾝ") == ["ミカン", "みかん 猫"]
    assert (found(event, ""), found(event, "zzz")) == ([], [])


def test_search_of_the_event_finds_no_workshops_and_no_other_events() -> None:
    event, ada = make_event(), make_attendee(neos_username="Ada")
    mine = register(ada, event)
    fog = register(ada, make_workshop(event))
    register(ada, make_event())
    assert door.find(event, "ada") == [mine.pk]
    assert door.find(fog.bookable, "ada") == [fog.pk]
    assert door.people([mine.pk, fog.pk], make_event()) == []


def test_attendance_counts_confirmed_places_only() -> None:
    event = make_event(capacity=2)
    for _ in range(3):
        register(make_attendee(), event)
    event.registrations.filter(pk=event.registrations.order_by("pk")[0].pk).update(
        checked_in_at=event.starts_at
    )
    assert door.attendance(event) == door.Attendance(came=1, of=2)
    assert door.attendance(event).missing == 1


def arrive(*registrations: Registration) -> None:
    pks = [one.pk for one in registrations]
    Registration.objects.filter(pk__in=pks).update(checked_in_at=NOON)


def test_turnouts_count_where_anybody_was_checked_in_and_only_after_the_end() -> None:
    event = make_event()
    fog, mist = make_workshop(event), make_workshop(event, starts_at=event.starts_at + HOUR)
    people = [make_attendee() for _ in range(3)]
    held = [register(person, event) for person in people]
    arrive(*held[:2], register(people[0], fog))
    register(people[1], mist)
    assert door.turnouts(event, event.ends_at - HOUR) == []
    assert [(one.bookable, one.attendance) for one in door.turnouts(event, event.ends_at)] == [
        (event, door.Attendance(came=2, of=3)), (fog, door.Attendance(came=1, of=1)),
    ]  # fmt: skip
    event.status = Event.Status.CANCELLED
    assert door.turnouts(event, event.ends_at) == []


def test_turnout_of_an_event_counts_who_came_to_a_workshop_and_its_lists_agree() -> None:
    event = make_event()
    fog = make_workshop(event)
    people = [make_attendee() for _ in range(3)]
    held = [register(person, event) for person in people]
    arrive(held[0], register(people[1], fog))
    register(people[2], fog)
    (own, part) = door.turnouts(event, event.ends_at)
    assert (own.attendance, part.attendance) == (door.Attendance(2, 3), door.Attendance(1, 2))
    found = {name: set(event.registrations.filter(condition)) for name, condition in LISTS.items()}
    assert {one for one in found["yes"] if one.workshop_id is None} == set(held[:2])
    assert {one for one in found["no"] if one.workshop_id is None} == {held[2]}
    assert {one.attendee for one in found["yes"] if one.workshop_id} == {people[1]}


def test_turnouts_say_nothing_where_nobody_was_checked_in() -> None:
    event = make_event()
    register(make_attendee(), event)
    assert door.turnouts(event, event.ends_at) == []


def test_search_is_one_query_however_many_people(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    event = make_event()
    for wanted in [1, 30]:
        while event.registrations.count() < wanted:
            register(make_attendee(), event)
        with django_assert_num_queries(1):
            assert len(door.find(event, "person")) == wanted
