"""SQLite fails under a running site: its file is busy, full, read-only, or was left by a crash.

Pages go on, and people who are turned away read why in our words. Servers of our own, because it is
about what each connection meets.
"""

import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import ConnectionHandler, connection

from events import places
from tests.crowd import make_person
from tests.factories import make_event, statuses
from tests.insistent import OWN_PAGES, assert_turned_away, look, press, recount
from tests.servers import database_url, running_site

pytestmark = [
    *(pytest.mark.server, pytest.mark.django_db(transaction=True)),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has other ways to fail"),
]


def test_busy_database_turns_away_who_writes_and_shows_pages() -> None:
    event, person = make_event(neos_required=True), make_person()

    with running_site(application=OWN_PAGES, DATABASE_URL=f"{database_url()}?timeout=1") as site:
        with places.locked_event(event.pk):
            refused, shown = press(site, person, event), look(site, person, event)
        again = press(site, person, event)

    assert_turned_away(refused)
    assert (shown.status_code, again.status_code) == (200, 302)
    assert statuses(event) == ["confirmed"]


def test_file_that_may_not_be_written_turns_away_who_writes_and_shows_pages() -> None:
    event, person = make_event(neos_required=True), make_person()
    address = f"{database_url()}?init_command={quote('PRAGMA query_only=1')}"

    with running_site(application=OWN_PAGES, DATABASE_URL=address) as site:
        refused, shown = press(site, person, event), look(site, person, event)

    assert_turned_away(refused)
    assert (shown.status_code, statuses(event)) == (200, [])


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
