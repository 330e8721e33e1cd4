"""Invariants 1 to 3 of `docs/design.md` over HTTP: a rush on a real server of two processes.

Forty people press the button of an event with three places at the same moment.
"""

from collections import Counter

import pytest
from django.db import connection

from events import places
from events.models import Event, Registration
from tests.crowd import make_person, register_address, rush
from tests.factories import make_event
from tests.servers import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

PLACES, PEOPLE = 3, 40
Status = Registration.Status


def cancel_address(site: Site, registration: Registration) -> str:
    return f"{site.url}/registrations/{registration.code}/cancel/"


def count(event: Event) -> dict[str, int]:
    """Count the registrations of the event by status."""
    return dict(Counter(Registration.objects.filter(event=event).values_list("status", flat=True)))


def positions(event: Event) -> dict[int, int]:
    """Positions in the waitlist, by attendee."""
    q = Registration.objects.filter(event=event, status=Status.WAITLISTED)
    return {r.attendee_id: r.position for r in q.with_waitlist_position()}


def test_rush_fills_the_places_and_puts_everybody_else_in_one_line() -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    people = [make_person() for _ in range(PEOPLE)]

    with running_site(workers=2) as site:
        answers = rush([(person, register_address(site, event)) for person in people])
        told = {person.attendee.pk: person.read_position(site) for person in people}

    assert answers == {302: PEOPLE}
    assert count(event) == {Status.CONFIRMED: PLACES, Status.WAITLISTED: PEOPLE - PLACES}
    assert Registration.objects.values("attendee").distinct().count() == PEOPLE
    line = positions(event)
    assert sorted(line.values()) == list(range(1, PEOPLE - PLACES + 1))
    assert told == {person.attendee.pk: line.get(person.attendee.pk) for person in people}


def test_impatient_clicks_of_one_person_are_one_registration() -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    person = make_person()

    with running_site(workers=2) as site:
        answers = rush([(person, register_address(site, event))] * 10)

    assert answers == {302: 10}
    assert count(event) == {Status.CONFIRMED: 1}


def test_places_given_up_in_a_rush_go_to_the_first_in_line() -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    people = [make_person() for _ in range(4 * PLACES)]
    known, newcomers = people[: 3 * PLACES], people[3 * PLACES :]
    held = [places.register(user=person.attendee.user, bookable=event) for person in known]

    with running_site(workers=2) as site:
        leaving = [(known[n], cancel_address(site, held[n])) for n in range(PLACES)]
        coming = [(person, register_address(site, event)) for person in newcomers]
        answers = rush([*leaving, *coming])

    assert answers == {302: 2 * PLACES}
    # Nobody who came in the rush overtook: the next in line are in, the others moved up.
    in_line = [registration.attendee_id for registration in held[PLACES:]]
    confirmed = Registration.objects.filter(event=event, status=Status.CONFIRMED).order_by("pk")
    assert list(confirmed.values_list("attendee", flat=True)) == in_line[:PLACES]
    line = positions(event)
    assert [line.pop(attendee) for attendee in in_line[PLACES:]] == [1, 2, 3]
    assert sorted(line.values()) == [4, 5, 6]


# --- Controls: the same rush on a site without its guard ---------------------------------------


def rush_unguarded(event: Event) -> Counter[int]:
    people = [make_person() for _ in range(PEOPLE)]
    with running_site(workers=2, application="tests.unguarded:application") as site:
        return rush([(person, register_address(site, event)) for person in people])


def test_rush_without_the_lock_oversells() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time, lock or no lock: see the next test")
    event = make_event(neos_required=True, capacity=PLACES)

    rush_unguarded(event)

    assert count(event)[Status.CONFIRMED] > PLACES


def test_rush_without_immediate_transactions_turns_people_away() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite refuses a reader that turns writer: see the previous test")
    event = make_event(neos_required=True, capacity=PLACES)

    answers = rush_unguarded(event)

    assert answers[500] > 0
    assert Registration.objects.filter(event=event).count() == PEOPLE - answers[500]
