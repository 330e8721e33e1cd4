"""Invariants 1 to 3 of the design over HTTP: a rush on a real server of two processes.

Forty people press the button of an event with three places at the same moment.
"""

import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from django.conf import settings
from django.db import connection
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from events import places
from events.models import Attendee, Event, Registration
from tests.factories import make_attendee, make_event
from tests.markup import TreeBuilder
from tests.servers import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

PLACES, PEOPLE = 3, 40
SECONDS = 120
BACKEND = "neos_backend.backends.NeosOAuth2"
Status = Registration.Status


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with the cookies of a browser that has loaded the event's page."""

    attendee: Attendee
    cookies: dict[str, str]

    def press(self, address: str) -> int:
        """The status of what a form is answered with; where that redirects to is not followed."""
        form = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME]}
        return self.send("POST", address, data=form).status_code

    def read_position(self, site: Site) -> int | None:
        """The number in line that the page of the person's registrations tells."""
        answer = self.send("GET", f"{site.url}/registrations/")
        told = re.search(r"You are number (\d+) in line", TreeBuilder(answer.text).root.text)
        return int(told[1]) if told else None

    def send(self, method: str, address: str, **options: Any) -> requests.Response:
        """On a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            session.cookies.update(self.cookies)
            return session.request(
                method, address, allow_redirects=False, timeout=SECONDS, **options
            )


def make_person() -> Person:
    attendee = make_attendee()
    client = Client()
    client.force_login(attendee.user, backend=BACKEND)
    request = RequestFactory().get("/")
    get_token(request)
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    return Person(attendee, cookies)


def rush(presses: Sequence[tuple[Person, str]]) -> Counter[int]:
    """Everybody presses at the same moment; how often which status came back."""
    start = threading.Barrier(len(presses))

    def press(person: Person, address: str) -> int:
        start.wait(SECONDS)
        return person.press(address)

    with ThreadPoolExecutor(len(presses)) as pool:
        return Counter(pool.map(press, *zip(*presses, strict=True)))


def register_address(site: Site, event: Event) -> str:
    return f"{site.url}{event.get_absolute_url()}register/"


def cancel_address(site: Site, registration: Registration) -> str:
    return f"{site.url}/registrations/{registration.code}/cancel/"


def count(event: Event) -> dict[str, int]:
    """How many registrations of the event have which status."""
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
