"""Things break under a running site: its processes and its database, in the middle of sign-ups.

Nobody loses what was confirmed to them, and nothing is half done. People who are turned away read
why in our words and may try again. The site goes on by itself once it can.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from django.conf import settings
from django.db import ConnectionHandler, connection
from django.utils import timezone

from events import places
from events.audit import audit
from events.models import Event, Notification, Registration
from tests import unreliable
from tests.crowd import Person, make_person, register_address
from tests.factories import make_event, statuses
from tests.servers import STOP_SECONDS, Site, database_url, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has other ways to fail: see the others"
)
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has no server that could be away"
)

UNAVAILABLE = "Please try again in a minute"
OWN_PAGES = "tests.without_debug:application"
PEOPLE = 60
Status = Registration.Status


def press(site: Site, person: Person, event: Event) -> requests.Response:
    return person.send_form(register_address(site, event))


def look(site: Site, person: Person, event: Event) -> requests.Response:
    return person.send("GET", f"{site.url}{event.get_absolute_url()}")


def recount(event: Event) -> list[object]:
    """Mismatches, and people who have more or fewer messages than one for one registration."""
    registrations = Registration.objects.filter(event=event)
    told = Notification.objects.filter(attendee__in=registrations.values("attendee"))
    people = registrations.values("attendee").distinct().count()
    sums = (registrations.count(), told.count())
    return [*audit(event, timezone.now()), *([] if sums == (people, people) else [sums])]


def assert_turned_away(answer: requests.Response) -> None:
    """A page of ours that says what to do, and no word of the database's."""
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert UNAVAILABLE in answer.text
    assert "Traceback" not in answer.text


# --- Processes that end ------------------------------------------------------------------------


def workers(site: Site) -> list[int]:
    """The site's own worker processes: children of the process that we started."""
    pid = site.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill_workers(site: Site, broken: list[Person], until: threading.Event) -> int:
    """Kill one of them now and then, six at least and until a request broke; return how many.

    A worker that is still starting holds no request: on a busy machine six kills may meet none.
    """
    kills = 0
    while (kills < 6 or not broken) and not until.wait(random.uniform(0.1, 0.4)):
        if running := workers(site):
            os.kill(random.choice(running), signal.SIGKILL)
            kills += 1
    return kills


def insist(site: Site, event: Event, broken: list[Person], person: Person) -> str:
    """Press until there is an answer and return what the next page says; note each lost request."""
    for _ in range(100):
        try:
            answer = press(site, person, event)
            if answer.status_code == 302:
                return _read_outcome(site, event, person)
        except requests.RequestException:
            broken.append(person)
            time.sleep(0.1)
    raise AssertionError


def _read_outcome(site: Site, event: Event, person: Person) -> str:
    for _ in range(100):
        try:
            page = look(site, person, event)
        except requests.RequestException:
            time.sleep(0.1)
        else:
            assert page.status_code == 200
            return "waitlisted" if "You are number" in page.text else "confirmed"
    raise AssertionError


def test_killed_workers_lose_nothing_that_was_confirmed() -> None:
    event = make_event(neos_required=True, capacity=20)
    people = [make_person() for _ in range(PEOPLE)]
    broken: list[Person] = []
    is_over = threading.Event()

    with (
        running_site(workers=2, application=OWN_PAGES) as site,
        ThreadPoolExecutor(9) as pool,
    ):
        kills = pool.submit(kill_workers, site, broken, is_over)
        outcomes = list(pool.map(partial(insist, site, event, broken), people))
        is_over.set()

    told = {person.attendee.pk: outcome for person, outcome in zip(people, outcomes, strict=True)}
    assert kills.result() >= 2
    assert len(broken) >= 1
    assert dict(Registration.objects.values_list("attendee", "status")) == told
    assert Counter(statuses(event)) == {"confirmed": 20, "waitlisted": PEOPLE - 20}
    assert recount(event) == []


def test_requests_in_flight_finish_before_the_server_ends() -> None:
    event = make_event(neos_required=True, capacity=20)
    people = [make_person() for _ in range(6)]

    with running_site(application=OWN_PAGES) as site, ThreadPoolExecutor(len(people)) as pool:
        with places.locked_event(event.pk):
            answers = list(pool.map(partial(pool.submit, press, site, event=event), people))
            time.sleep(1)  # until they all wait for the lock
            site.process.terminate()
            time.sleep(0.5)
        codes = [answer.result().status_code for answer in answers]
        ended_with = site.process.wait(STOP_SECONDS)

    assert (codes, ended_with) == ([302] * len(people), 0)
    assert statuses(event) == ["confirmed"] * len(people)
    assert recount(event) == []


# --- PostgreSQL --------------------------------------------------------------------------------


@contextmanager
def blocked(
    site: Site, event: Event, people: list[Person]
) -> Iterator[list[Future[requests.Response]]]:
    """Everybody has pressed, and is in the middle of their transaction."""
    with ThreadPoolExecutor(len(people)) as pool, places.locked_event(event.pk):
        answers = [pool.submit(press, site, person, event) for person in people]
        unreliable.wait_for_waiting(len(people))
        yield answers


@on_postgresql
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


@on_postgresql
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


@on_postgresql
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


@on_postgresql
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


@on_postgresql
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


@on_postgresql
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


# --- SQLite ------------------------------------------------------------------------------------


@on_sqlite
def test_busy_database_turns_away_who_writes_and_shows_pages() -> None:
    event, person = make_event(neos_required=True), make_person()

    with running_site(application=OWN_PAGES, DATABASE_URL=f"{database_url()}?timeout=1") as site:
        with places.locked_event(event.pk):
            refused, shown = press(site, person, event), look(site, person, event)
        again = press(site, person, event)

    assert_turned_away(refused)
    assert (shown.status_code, again.status_code) == (200, 302)
    assert statuses(event) == ["confirmed"]


def fill_disk() -> int:
    """Give the database as many pages as it may have, and take all of them: how many.

    Rows that earlier tests deleted left free pages, here as on a site. They are taken as well.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE deleted AS SELECT zeroblob(2000000) AS content")
        cursor.execute("DROP TABLE deleted")
        cursor.execute("CREATE TABLE ballast (content BLOB)")
        cursor.execute("PRAGMA freelist_count")
        (free,) = cursor.fetchone()
        cursor.execute("PRAGMA page_size")
        (size,) = cursor.fetchone()
        cursor.execute("INSERT INTO ballast VALUES (zeroblob(%s))", [1_000_000 + free * size])
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
    return int(pages)


def free_disk() -> str:
    """Give the pages back; what SQLite says about the state of the file."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS ballast")
        cursor.execute("PRAGMA integrity_check")
        (state,) = cursor.fetchone()
    return str(state)


@on_sqlite
def test_rows_that_only_the_log_of_a_killed_process_holds_are_there_s9(tmp_path: Path) -> None:
    """A process of its own, because one that ends in good order empties the log."""
    path = tmp_path / "site.sqlite3"
    make = (
        "import os, signal, sqlite3\n"
        f"made = sqlite3.connect({str(path)!r}, isolation_level=None)\n"
        "made.execute('PRAGMA journal_mode=WAL')\n"
        "made.execute('CREATE TABLE place (code)')\n"
        "made.execute('INSERT INTO place VALUES (1)')\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", make], check=False)
    held_by_the_log = Path(f"{path}-wal").stat().st_size

    wrapper = ConnectionHandler({"default": settings.DATABASES["default"] | {"NAME": path}})
    with wrapper["default"].cursor() as cursor:
        rows = cursor.execute("SELECT code FROM place").fetchall()
    wrapper["default"].close()

    assert (ended.returncode, rows) == (-signal.SIGKILL, [(1,)])
    assert held_by_the_log > 0


@on_sqlite
def test_full_disk_turns_away_who_writes_and_shows_pages() -> None:
    event = make_event(neos_required=True)
    people = [make_person() for _ in range(40)]
    limit = f"PRAGMA journal_mode=WAL; PRAGMA max_page_count={fill_disk()}"
    address = f"{database_url()}?init_command={quote(limit)}"

    try:
        with running_site(application=OWN_PAGES, DATABASE_URL=address) as site:
            answers = [press(site, person, event) for person in people]
            kept = len(statuses(event))
            shown = look(site, people[0], event).status_code
            state = free_disk()
            again = [press(site, person, event).status_code for person in people]
    finally:
        free_disk()

    turned_away = [answer for answer in answers if answer.status_code != 302]
    assert len(turned_away) >= 1
    for answer in turned_away:
        assert_turned_away(answer)
    assert (kept, shown, state) == (len(people) - len(turned_away), 200, "ok")
    assert (again, statuses(event)) == ([302] * 40, ["confirmed"] * 40)
    assert recount(event) == []
