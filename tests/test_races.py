"""Invariants 1 to 7 of `docs/design.md` under races of real processes.

Each race is a function that holds one round of it and returns what came out wrong. The same
function, run by processes without the guards, is its own control: there it has to find something.
"""

import os
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.db import connection

from tests import races_for_mail, races_for_money, races_for_places
from tests.mail_server import Sink, mail_server
from tests.racing import Racers, UnguardedRacers, running_racers, running_unguarded_racers

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

#: RACES=100 looks for what one round in a hundred shows.
ROUNDS = int(os.environ.get("RACES", "8"))
#: A control ends with the first fault, which comes with the first round whose order is a wrong one.
ROUNDS_UNTIL_A_FAULT = 60
Race = Callable[[Racers], list[str]]
RaceWithMail = Callable[[Racers, Sink], list[str]]

RACES: tuple[Race, ...] = (
    races_for_places.last_place,
    races_for_places.impatient_clicks,
    races_for_places.place_given_up_unwanted,
    races_for_places.places_given_up_in_front_of_a_line,
    races_for_places.one_free_place,
    races_for_places.promoted_while_places_are_given_up,
    races_for_places.capacity_lowered,
    races_for_places.capacity_raised,
    races_for_places.workshops_at_the_same_time,
    races_for_places.first_requests_of_a_user,
    races_for_places.closed_while_signing_up,
    races_for_places.unlinked_while_a_place_is_taken,
    races_for_money.hold_that_lapses,
    races_for_money.hold_that_lapses_in_front_of_a_line,
    races_for_money.paid_while_cancelled,
    races_for_money.paid_at_the_deadline,
    races_for_money.paid_twice,
    races_for_money.told_four_times,
    races_for_money.told_while_cancelled,
    races_for_money.given_back_at_once,
    races_for_money.paid_late_while_neos_is_unlinked,
)
RACES_WITH_MAIL: tuple[RaceWithMail, ...] = (
    races_for_mail.housekeeping_at_once,
    races_for_mail.erased_while_written_to,
    races_for_mail.each_at_the_event_of_the_other,
)
each_race = pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
each_race_with_mail = pytest.mark.parametrize(
    "race", RACES_WITH_MAIL, ids=lambda race: race.__name__
)


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def racers(django_db_setup: None, sink: Sink) -> Iterator[Racers]:
    with running_racers(4, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}") as running:
        yield running


@pytest.fixture(scope="module")
def unguarded(django_db_setup: None, sink: Sink) -> Iterator[UnguardedRacers]:
    with running_unguarded_racers(
        4, "places", EMAIL_URL=f"smtp://127.0.0.1:{sink.port}"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def careless(django_db_setup: None, sink: Sink) -> Iterator[UnguardedRacers]:
    with running_unguarded_racers(4, "notes", EMAIL_URL=f"smtp://127.0.0.1:{sink.port}") as running:
        yield running


@pytest.fixture(scope="module")
def unordered(django_db_setup: None, sink: Sink) -> Iterator[UnguardedRacers]:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one lock, which nobody can take in another order")
    with running_unguarded_racers(4, "order", EMAIL_URL=f"smtp://127.0.0.1:{sink.port}") as running:
        yield running


def faults(race: Race, racers: Racers) -> list[str]:
    return [fault for _ in range(ROUNDS) for fault in race(racers)]


def first_faults(race: Race, racers: UnguardedRacers) -> list[str]:
    """Of the first round in which something goes wrong."""
    rounds = map(race, racers.rounds(ROUNDS_UNTIL_A_FAULT))
    return next(filter(None, rounds), [])


@each_race
def test_race_ends_as_if_one_had_come_after_the_other(race: Race, racers: Racers) -> None:
    assert faults(race, racers) == []


@each_race_with_mail
def test_race_with_mail_ends_as_if_one_had_come_after_the_other(
    race: RaceWithMail, racers: Racers, sink: Sink
) -> None:
    assert faults(partial(race, sink=sink), racers) == []


# --- Controls: the same races without the guards -----------------------------------------------


@each_race
def test_race_without_the_guards_goes_wrong(race: Race, unguarded: UnguardedRacers) -> None:
    assert first_faults(race, unguarded) != []


def test_housekeeping_without_the_guards_goes_wrong(unguarded: UnguardedRacers, sink: Sink) -> None:
    race = partial(races_for_mail.housekeeping_at_once, sink=sink)

    assert first_faults(race, unguarded) != []


def test_result_saved_with_the_whole_row_brings_an_erased_person_back(
    careless: UnguardedRacers, sink: Sink
) -> None:
    race = partial(races_for_mail.erased_while_written_to, sink=sink)

    assert [fault.partition(":")[0] for fault in first_faults(race, careless)] == ["messages kept"]


def test_race_without_the_order_of_locks_ends_in_a_deadlock(
    unordered: UnguardedRacers, sink: Sink
) -> None:
    race = partial(races_for_mail.each_at_the_event_of_the_other, sink=sink)
    found = "\n".join(first_faults(race, unordered))
    assert found.count("deadlock detected") >= 1
