"""Statements that a question at the door costs."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.doors import keys
from events.models import Block, DoorKey, Event, Registration
from tests.events.doors.stage import (
    ask,
    make_key,
    make_open_event,
)
from tests.factories import NOON, make_attendee, make_event, make_role
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def statements(path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        ask(path)
    return [each["sql"].split()[0] for each in asked]


def crowd(event: Event, people: int) -> None:
    for number in range(people):
        guest = make_attendee(neos_id=f"U-crowd-{number}")
        register(guest, event)
        make_role(event, guest, kind="helper", outside_capacity=False)
        Block.objects.create(neos_id=f"U-other-{number}", event=event, reason="why")


def weekly(event: Event, occurrences: int) -> list[Event]:
    """Return the event and those of the weeks after it."""
    starts = [event.starts_at + number * 7 * DAY for number in range(1, occurrences)]
    return [event, *(make_event(starts_at=start) for start in starts)]


@pytest.mark.parametrize("people", [1, 30])
@pytest.mark.parametrize("occurrences", [1, 60])
def test_question_costs_two_statements(people: int, occurrences: int) -> None:
    series = weekly(make_open_event(), occurrences)
    key = make_key(*series, last_used_at=NOON)
    crowd(series[0], people)
    costs = {
        sent: statements(f"/door/{key}/{sent}")
        for sent in ("U-crowd-0", "U-stranger", "U-CROWD-0", "list.txt", "list.json", "\0", "Ü")
    }
    two = ["SELECT", "SELECT"]
    if connection.vendor == "postgresql":  # reads a list through a cursor
        assert [costs.pop(each) for each in ("list.txt", "list.json")] == [
            ["SELECT", "DECLARE"]
        ] * 2
    assert costs == dict.fromkeys(costs, two) | {"\0": ["SELECT"]}
    assert statements(f"/door/{keys.new_secret()}/U-crowd-0") == ["SELECT"]
    assert statements("/door/short/U-crowd-0") == []


def test_no_asks_each_other_event_that_is_on_and_three_of_them_at_most() -> None:
    key = make_key(*(make_open_event() for _ in range(9)), last_used_at=NOON)
    assert statements(f"/door/{key}/U-stranger") == ["SELECT"] * 5


def test_use_is_noted_once_a_minute_after_the_answer(
    ada: Registration, key: str, clock: time_machine.Traveller
) -> None:
    path = f"/door/{key}/U-ada"
    costs, noted = [], []
    for _ in range(4):
        costs.append(statements(path)[2:])
        noted.append(DoorKey.objects.get().last_used_at)
        clock.shift(40 * timedelta(seconds=1))
    seconds = timedelta(seconds=1)
    assert costs == [["UPDATE"], [], ["UPDATE"], []]
    assert noted == [NOON, NOON, NOON + 80 * seconds, NOON + 80 * seconds]


def test_wrong_keys_note_no_use(ada: Registration, key: str) -> None:
    ask(f"/door/{keys.new_secret()}/U-ada")
    ask(f"/door/{key}/U-ada", "POST")
    assert DoorKey.objects.get().last_used_at is None
