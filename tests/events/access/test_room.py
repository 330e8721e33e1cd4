"""Events with room, as the database finds them and as the rules say of each."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from events import places
from events.access import room, rules
from events.access.facts import read_facts
from events.access.refusals import Code
from events.models import Attendee, Event
from tests.factories import NOON, make_attendee, make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
#: States of an event, of which every combination is made.
STATES: list[list[dict[str, Any]]] = [
    [{"status": "published"}, {"status": "cancelled"}],
    [{}, {"opens_at": NOON}, {"opens_at": NOON + HOUR}],
    [{}, {"closes_at": NOON + 2 * HOUR}],
    [{}, {"draw_at": NOON + 2 * HOUR}, {"draw_at": NOON + 2 * HOUR, "drawn_at": NOON}],
    [{"capacity": None}, {"capacity": 1}, {"capacity": 2}],
    [{"has_waitlist": True}, {"has_waitlist": False}],
]
#: So many are open, and have places: at noon, an hour later, two hours later, when all is over.
NUMBERS = [[64, 48], [96, 48], [48, 24], [0, 0]]


def titles(narrow: Any) -> set[str]:
    q = narrow(Event.objects.with_occupancy(timezone.now()), timezone.now())
    return set(q.values_list("title", flat=True))


def judged(person: Attendee) -> tuple[set[str], set[str]]:
    """Return the events at which the rules let the person sign up, and those with a free place."""
    is_open, free = set(), set()
    for event in Event.objects.all():
        facts = read_facts(event, person, timezone.now())
        codes = {refusal.code for refusal in rules.refusals(facts, event)}
        is_open |= set() if codes else {event.title}
        has_room = facts.has_room(event) and codes <= {Code.REGISTRATION_NOT_OPEN}
        free |= {event.title} if has_room else set()
    return is_open, free


def test_database_finds_what_the_rules_allow(clock: time_machine.Traveller) -> None:
    guest, newcomer = make_attendee(), make_attendee()
    for number, fields in enumerate(product(*STATES)):
        merged = {name: value for part in fields for name, value in part.items()}
        event = make_event(title=str(number), **merged)
        takes_one = {"status": "confirmed", "taken_at": NOON, "confirmed_at": NOON}
        event.registrations.create(attendee=guest, created_at=NOON, **takes_one)
    person = Attendee.objects.facing(event).select_related("user").get(pk=newcomer.pk)
    numbers = []
    for shift in (timedelta(), HOUR, HOUR, timedelta(days=8)):
        clock.shift(shift)
        found = titles(room.open_to_all), titles(room.with_places)
        assert found == judged(person)
        numbers.append([len(titles) for titles in found])
    assert numbers == NUMBERS


def test_held_place_is_free_again_once_the_hold_lapses(clock: time_machine.Traveller) -> None:
    event = make_event(title="Jam", capacity=1, has_waitlist=False, price=500)
    held = places.register(user=make_attendee().user, bookable=event)
    assert (titles(room.with_places), titles(room.open_to_all)) == (set(), set())
    assert held.hold_until is not None
    clock.move_to(held.hold_until)
    assert (titles(room.with_places), titles(room.open_to_all)) == ({"Jam"}, {"Jam"})


def test_places_of_workshops_and_people_who_wait_take_none_of_the_event() -> None:
    event = make_event(title="Jam", capacity=2)
    places.register(user=make_attendee().user, bookable=event)
    assert titles(room.with_places) == {"Jam"}
    places.register(user=make_attendee().user, bookable=event)
    places.register(user=make_attendee().user, bookable=event)
    assert titles(room.with_places) == set()
    assert titles(room.open_to_all) == {"Jam"}
