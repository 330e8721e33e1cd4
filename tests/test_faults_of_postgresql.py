"""PostgreSQL fails under a running site: it ends connections, restarts, is away, or locks for long.

Nobody loses what was confirmed to them, and nothing is half done. People who are turned away read
why in our words and may try again; the site goes on by itself. Servers of our own, because it is
about their connections.
"""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests
from django.db import connection

from events import places
from events.models import Event, Notification, Registration
from tests import unreliable
from tests.crowd import Person, make_person
from tests.factories import make_event, statuses
from tests.insistent import OWN_PAGES, Insistence, assert_turned_away, look, press, recount
from tests.servers import Site, database_url, running_site

pytestmark = [
    *(pytest.mark.server, pytest.mark.django_db(transaction=True)),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has no server that could be away"
    ),
]


@contextmanager
def blocked(
    site: Site, event: Event, people: list[Person]
) -> Iterator[list[Future[requests.Response]]]:
    """Everybody has pressed, and is in the middle of their transaction."""
    with ThreadPoolExecutor(len(people)) as pool, places.locked_event(event.pk):
        answers = [pool.submit(press, site, person, event) for person in people]
        unreliable.wait_for_waiting(len(people))
        yield answers


def test_connection_lost_inside_a_registration_leaves_nothing_behind() -> None:
    event = make_event(neos_required=True, capacity=3)
    people = [make_person() for _ in range(3)]

    with running_site(workers=2, application=OWN_PAGES) as site:
        with blocked(site, event, people) as answers:
            assert unreliable.end_waiting() == len(people)
            turned_away = [answer.result() for answer in answers]
        left = (Registration.objects.count(), Notification.objects.count())
        again = [press(site, person, event).status_code for person in people]

    for answer in turned_away:
        assert_turned_away(answer)
    assert left == (0, 0)
    assert (again, statuses(event)) == ([302] * 3, ["confirmed"] * 3)
    assert recount(event) == []


def test_restarts_of_the_database_are_over_with_the_requests_in_flight() -> None:
    event = make_event(neos_required=True)
    people = [make_person() for _ in range(12)]

    with running_site(workers=2, application=OWN_PAGES) as site:
        for number in range(3):
            with blocked(site, event, people[number::3]) as answers:
                unreliable.end_all()
                lost = [answer.result().status_code for answer in answers]
            first = [look(site, person, event).status_code for person in people]
            assert (lost, first) == ([503] * 4, [200] * 12)
        again = [press(site, person, event).status_code for person in people]

    assert again == [302] * len(people)
    assert recount(event) == []


def test_restart_while_many_connections_are_idle_costs_one_visitor_a_page() -> None:
    event = make_event(neos_required=True)
    people = [make_person() for _ in range(8)]

    with running_site(application=OWN_PAGES) as site:
        with blocked(site, event, people) as answers:
            pass  # each of them has a connection
        pressed = [answer.result().status_code for answer in answers]
        ended = unreliable.end_all()
        first, *others = [look(site, person, event) for person in people]

    assert (pressed, ended >= len(people)) == ([302] * len(people), True)
    assert_turned_away(first)
    assert [answer.status_code for answer in others] == [200] * 7


def test_database_out_of_reach_is_a_page_soon_and_over_by_itself() -> None:
    event, person = make_event(neos_required=True), make_person()

    with unreliable.cable() as cable:
        address = unreliable.address_over(cable)
        with running_site(application=OWN_PAGES, DATABASE_URL=address) as site:
            before = look(site, person, event).status_code
            cable.cut()
            started = time.monotonic()
            away = [look(site, person, event), press(site, person, event)]
            seconds = time.monotonic() - started
            page_without_database = requests.get(f"{site.url}/accounts/login/", timeout=60)
            time.sleep(8)  # the pool has given up by now
            cable.mend()
            after = press(site, person, event).status_code

    for answer in away:
        assert_turned_away(answer)
    assert seconds < 30
    assert (before, page_without_database.status_code, after) == (200, 200, 302)
    assert statuses(event) == ["confirmed"]


def test_long_wait_for_a_lock_turns_away_who_writes_and_shows_pages_h5() -> None:
    event, person = make_event(neos_required=True), make_person()
    address = database_url().replace("lock_timeout%3D10s", "lock_timeout%3D1s")

    with running_site(application=OWN_PAGES, DATABASE_URL=address) as site:
        with places.locked_event(event.pk):
            refused, shown = press(site, person, event), look(site, person, event)
        again = press(site, person, event)

    assert_turned_away(refused)
    assert (shown.status_code, again.status_code) == (200, 302)
    assert statuses(event) == ["confirmed"]


# --- The server itself is restarted --------------------------------------------------------------


def stop_under(trial: Insistence, answered: int, mode: str) -> None:
    """Restart PostgreSQL once so many people have their answer, and not before one was turned away.

    So each restart meets requests, however fast the machine is.
    """
    unreliable.wait_until(lambda: len(trial.told) >= answered)
    before = len(trial.turned_away)
    with unreliable.stopped_server(mode):
        unreliable.wait_until(lambda: len(trial.turned_away) > before)


def test_three_restarts_of_the_server_under_load_lose_nothing() -> None:
    """Once in good order and twice as a crash, after which PostgreSQL reads its log again."""
    event = make_event(neos_required=True, capacity=20)
    people = [make_person() for _ in range(60)]
    unreliable.write_all_to_the_log()

    with (
        running_site(workers=2, application=OWN_PAGES, DATABASE_URL=address_that_keeps()) as site,
        ThreadPoolExecutor(9) as pool,
    ):
        trial = Insistence(site, event)
        pressing = [pool.submit(trial.insist, person) for person in people]
        for number, mode in enumerate(("immediate", "fast", "immediate"), start=1):
            stop_under(trial, 12 * number, mode)
        for each in pressing:
            each.result()

    assert trial.broken == []
    for answer in trial.turned_away:
        assert_turned_away(answer)
    assert dict(Registration.objects.values_list("attendee", "status")) == trial.told
    assert sorted(trial.told.values()) == ["confirmed"] * 20 + ["waitlisted"] * 40
    assert recount(event) == []


def address_that_keeps() -> str:
    """Where a commit waits for the log: the suite's server lets that be, to be quick."""
    return database_url().replace(
        "lock_timeout%3D10s", "lock_timeout%3D10s+-c+synchronous_commit%3Don"
    )


def test_site_whose_database_is_away_is_not_ready_within_five_seconds_and_lives() -> None:
    with unreliable.cable() as cable:
        address = unreliable.address_over(cable)
        with running_site(application=OWN_PAGES, DATABASE_URL=address) as site:
            before = requests.get(f"{site.url}/readyz", timeout=60)
            cable.cut()
            time.sleep(1)  # so long an answer counts
            started = time.monotonic()
            away = requests.get(f"{site.url}/readyz", timeout=60)
            seconds = time.monotonic() - started
            alive = requests.get(f"{site.url}/livez", timeout=60)
            cable.mend()
            after = insist_on(f"{site.url}/readyz", 200)

    assert [(one.status_code, one.text) for one in (before, away, alive, after)] == [
        (200, "late\n"),
        (503, "unready\n"),
        (200, "alive\n"),
        (200, "late\n"),
    ]
    assert seconds < 5


def insist_on(address: str, status: int) -> requests.Response:
    deadline = time.monotonic() + 60
    while True:
        answer = requests.get(address, timeout=60)
        if answer.status_code == status or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)
