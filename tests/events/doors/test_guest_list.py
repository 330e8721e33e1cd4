"""People on the lists of a door."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from events.doors.guest_list import Listed, listed_at
from events.models import Attendee, Event
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register

from .people import LET_IN, make_jam

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


def ids(event: Event) -> list[str]:
    return [person.neos_id for person in listed_at(event, NOON)]


def test_list_has_people_whom_the_door_lets_in(clock: time_machine.Traveller) -> None:
    people = list(listed_at(make_jam(), NOON))
    assert [(each.neos_id, each.role) for each in people] == list(LET_IN)


def test_list_says_from_when_each_may_come_in(clock: time_machine.Traveller) -> None:
    early, usual = timedelta(minutes=45), timedelta(minutes=15)
    found = {each.neos_id: NOON + WEEK - each.opens_at for each in listed_at(make_jam(), NOON)}
    assert found == {"U-ada": usual, "U-bo": early, "U-cleo": usual, "U-dan": usual}


@pytest.mark.parametrize("status", ["draft", "cancelled"])
def test_list_of_an_event_that_is_not_held_is_empty(
    clock: time_machine.Traveller, status: str
) -> None:
    event = make_jam()
    assert len(ids(event)) == 4
    event.status = status
    assert ids(event) == []


def test_list_of_an_event_that_is_over_is_empty(clock: time_machine.Traveller) -> None:
    event = make_jam()
    assert list(listed_at(event, event.ends_at)) == []


def test_list_of_a_workshop_has_its_own_people(clock: time_machine.Traveller) -> None:
    event = make_event()
    workshop = make_workshop(event)
    ada, bo = make_attendee(neos_id="U-ada"), make_attendee(neos_id="U-bo")
    for attendee in (ada, bo):
        register(attendee, event)
    register(bo, workshop)
    opens_at = workshop.starts_at - timedelta(minutes=15)
    assert list(listed_at(workshop, NOON)) == [Listed("U-bo", "guest", opens_at)]


@pytest.mark.parametrize("people", [1, 30])
def test_list_costs_one_query(
    clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
    people: int,
) -> None:
    event = make_event()
    for number in range(people):
        register(make_attendee(neos_id=f"U-{number}"), event)
    with django_assert_num_queries(1):
        found = ids(event)
    assert len(found) == people == Attendee.objects.count()
