"""Events of one key that follow each other: who comes in while one ends and the next is open."""

from datetime import timedelta

import pytest
import time_machine

from events.models import Block, DoorKey, Event, Registration
from tests.events.doors.stage import ask, make_key
from tests.factories import NOON, make_attendee, make_event, make_role
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def evening(clock: time_machine.Traveller) -> str:
    """The key of one event that ends in ten minutes and of the next, whose door is open; Ada has a
    place at the first, Bo at the second. A third was cancelled.
    """
    first = make_event(title="first", starts_at=NOON - HOUR, ends_at=NOON + 10 * MINUTE)
    second = make_event(title="second", starts_at=NOON + 10 * MINUTE)
    off = make_event(starts_at=NOON - 2 * HOUR, ends_at=NOON + 9 * HOUR, status="cancelled")
    register(make_attendee(neos_id="U-ada"), first)
    register(make_attendee(neos_id="U-bo"), second)
    make_attendee(neos_id="U-stranger")
    return make_key(off, first, second, may_check_in=True)


def test_people_of_both_events_are_let_in(evening: str, clock: time_machine.Traveller) -> None:
    said = []
    for _ in range(2):
        people = ("U-ada", "U-bo", "U-stranger", "u-BO")
        said.append([ask(f"/door/{evening}/{who}")[1] for who in people])
        clock.shift(10 * MINUTE)
    let_in, unknown = "ALLOW guest", "DENY not-registered"
    assert said == [[let_in, let_in, unknown, let_in], [unknown, let_in, unknown, let_in]]


def test_no_is_that_of_the_event_asked_first(evening: str) -> None:
    first, second = (Event.objects.get(title=title) for title in ("first", "second"))
    Block.objects.create(neos_id="U-ada", event=first)
    Block.objects.create(neos_id="U-bo", event=second)
    said = [ask(f"/door/{evening}/{who}")[1] for who in ("U-ada", "U-bo")]
    assert said == ["DENY banned", "DENY not-registered"]


def test_person_banned_at_one_event_comes_in_with_a_place_at_the_next(evening: str) -> None:
    ada = Registration.objects.get(attendee__neos_id="U-ada")
    Block.objects.create(neos_id="U-ada", event=ada.event)
    said = [ask(f"/door/{evening}/U-ada")[1]]
    register(ada.attendee, Event.objects.get(title="second"))
    said.append(ask(f"/door/{evening}/U-ada")[1])
    assert said == ["DENY banned", "ALLOW guest"]


def test_host_of_the_next_event_comes_in_before_its_door_is_open(
    evening: str, clock: time_machine.Traveller
) -> None:
    second = Event.objects.get(title="second")
    bo = Registration.objects.get(event=second).attendee
    make_role(second, bo, kind="host", early_minutes=30, outside_capacity=False)
    clock.shift(-20 * MINUTE)
    assert ask(f"/door/{evening}/U-bo") == (200, "ALLOW host")


def test_lists_are_those_of_the_event_asked_first(evening: str) -> None:
    assert ask(f"/door/{evening}/list.txt") == (200, "U-ada")


def test_use_is_noted_at_the_event_that_answered(evening: str) -> None:
    ask(f"/door/{evening}/U-bo")
    used = DoorKey.objects.filter(last_used_at=NOON).values_list("event__title", flat=True)
    assert list(used) == ["second"]


def test_coming_and_going_are_noted_at_the_event_that_lets_in(evening: str) -> None:
    said = [
        ask(f"/door/{evening}/{who}/{action}", "POST")[1]
        for who, action in (("U-bo", "out"), ("U-bo", "in"), ("U-bo", "out"), ("U-stranger", "in"))
    ]
    assert said == ["OUT", "ALLOW guest", "OUT", "DENY not-registered"]
    noted = Registration.objects.filter(checked_in_at=NOON, left_at=NOON)
    assert [each.event.title for each in noted] == ["second"]
