"""`restore` puts all into a database, or nothing, and only where it fits."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from events import backups
from events.backups import Archive, Mail, NotRestored, count_rows
from events.backups.manifest import schema_of_code
from events.models import Event, Notification, PasswordResetRequest, SitePage
from eventsite.platforms import RESONITE
from tests.events.management.running import environment
from tests.factories import make_attendee, make_event, make_local_attendee, make_user
from tests.lines import register
from tests.servers import ROOT

from .copying import back_up, mismatches, people, places, put_back, with_manifest, with_value

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a back-up of a site with one person, who is in."""
    register(make_attendee(neos_id="U-ada"), make_event(slug="jam"))
    return back_up(tmp_path / "file.zip")


HURRY = {"sqlite": "PRAGMA busy_timeout = 100", "postgresql": "SET lock_timeout = '100ms'"}


# --- All of it, or nothing -----------------------------------------------------------------------


def test_what_came_after_the_back_up_is_gone(file: Path) -> None:
    register(make_attendee(neos_id="U-bo"), Event.objects.get())
    assert put_back(file) == 0
    assert (people(), len(places()), mismatches()) == (["U-ada"], 1, [])


def test_nothing_is_deleted_unasked(file: Path) -> None:
    make_attendee(neos_id="U-bo")
    with Archive.open(file) as archive, pytest.raises(NotRestored, match=r"^Somebody else has"):
        backups.restore(archive, may_empty=False, mail=Mail.SEND)
    assert people() == ["U-ada", "U-bo"]


KILLED = """
import django; django.setup()
import os, signal, sys
from pathlib import Path
from events import backups
with backups.Archive.open(Path(sys.argv[1])) as archive:
    many = archive.manifest.rows - 5
    done = 0
    def report(rows):
        global done
        done += rows
        if done >= many:
            os.kill(os.getpid(), signal.SIGKILL)
    backups.restore(archive, may_empty=True, mail=backups.Mail.HOLD, report=report)
"""


@pytest.mark.server
def test_restore_that_is_killed_changes_nothing(file: Path) -> None:
    """Needs a process, to be killed when nearly all rows are in."""
    make_attendee(neos_id="U-bo")
    before = (people(), places(), Notification.objects.count())
    connection.close()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(file)],
        cwd=ROOT,
        env=environment(DJANGO_SETTINGS_MODULE="eventsite.settings"),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (-signal.SIGKILL, b"")
    assert (people(), places(), Notification.objects.count()) == before
    assert make_user().pk > User.objects.get(username="U-bo").pk


def test_site_that_still_writes_is_told_to_stop(file: Path) -> None:
    """Another connection has begun to write. The wait for it is cut short on both databases."""
    begun, end = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                make_event()
                begun.set()
                end.wait(60)
        finally:
            connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    begun.wait(60)
    try:
        with hurry(), pytest.raises(NotRestored, match=r"^Another process is using the database\."):
            put_back(file)
    finally:
        end.set()
        thread.join()
    assert people() == ["U-ada"]


@contextmanager
def hurry() -> Iterator[None]:
    """Wait for locks for a moment only. The pool of PostgreSQL hands the connection on."""
    with connection.cursor() as cursor:
        cursor.execute(HURRY[connection.vendor])
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")
        connection.close()


# --- Only where it fits --------------------------------------------------------------------------


def test_file_of_the_other_platform_is_refused(file: Path, settings: Settings) -> None:
    settings.PLATFORM = RESONITE
    with pytest.raises(
        NotRestored, match=r"with PLATFORM=neos, and this one has PLATFORM=resonite"
    ):
        put_back(file)
    assert people() == ["U-ada"]


def test_file_of_a_newer_version_is_refused_by_name(file: Path) -> None:
    newer = schema_of_code() | {"events": "9999_far_ahead"}
    expected = r"a newer version of the site \(9\.0, with events 9999_far_ahead\)\. Install that"
    with pytest.raises(NotRestored, match=expected):
        put_back(with_manifest(file, schema=newer, version="9.0"))


def test_file_of_an_older_version_is_refused_by_name(file: Path) -> None:
    older = schema_of_code() | {"events": "0002_places_and_mail"}
    expected = (
        r"older version of the site \(0\.0, with events 0002_places_and_mail\)\. Install that"
    )
    with pytest.raises(NotRestored, match=expected):
        put_back(with_manifest(file, schema=older, version="0.0"))


def test_file_without_a_version_is_read_and_refused_by_its_tables(file: Path) -> None:
    """Files were written without it at first."""
    make_attendee(neos_id="U-bo")
    put_back(with_manifest(file, left_out=("version",)))
    assert people() == ["U-ada"]
    older = schema_of_code() | {"events": "0002_places_and_mail"}
    with pytest.raises(NotRestored, match=r"of the site \(events 0002_places_and_mail\)\. Install"):
        put_back(with_manifest(file, schema=older))


LONG, NUL = "x" * 200, "a\0b"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("title", LONG, "the text is too long"),
        ("description", NUL, "the text has a NUL character"),
        ("capacity", 2**40, "the number is out of range"),
    ],
)
def test_value_that_postgresql_does_not_take_is_named(
    tmp_path: Path, column: str, value: object, reason: str
) -> None:
    """SQLite takes such values; here they are written into the file of one."""
    event = make_event()
    file = with_value(back_up(tmp_path / "file.zip"), column, value)
    if connection.vendor == "sqlite":
        put_back(file)
        assert Event.objects.values_list(column, flat=True).get() == value
        return
    what = rf"events_event, id {event.pk}, column {column}: {reason}\."
    with pytest.raises(NotRestored, match=what):
        put_back(file)
    assert Event.objects.get() == event


# --- What it leaves ------------------------------------------------------------------------------


def test_ids_that_were_given_out_do_not_come_again(tmp_path: Path) -> None:
    """Calendars and the admin's history know events by their ids, also after they were deleted."""
    make_event()
    last = make_event()
    last_pk = last.pk
    last.delete()
    put_back(back_up(tmp_path / "file.zip"))
    assert make_event().pk == last_pk + 1


def test_everybody_signs_in_again(file: Path) -> None:
    Session.objects.create(session_key="a" * 32, session_data="", expire_date=timezone.now())
    put_back(file)
    assert Session.objects.count() == 0


def test_mail_that_waited_is_held_or_sent(tmp_path: Path) -> None:
    register(make_local_attendee(), make_event())
    file = back_up(tmp_path / "file.zip")
    assert put_back(file, mail=Mail.HOLD) == 1
    held = Notification.objects.get()
    assert (held.state, held.last_error) == (
        "dead",
        "Held: it was due before the back-up was restored, and may have been sent already.",
    )
    assert Notification.objects.due(timezone.now()).count() == 0
    put_back(file, mail=Mail.SEND)
    assert Notification.objects.due(timezone.now()).count() == 1


def test_request_for_a_new_password_is_held_by_forgetting_it(tmp_path: Path) -> None:
    asked = timezone.now() - timedelta(hours=1)
    PasswordResetRequest.objects.create(address="ada@example.org", created_at=asked)
    file = back_up(tmp_path / "file.zip")
    put_back(file, mail=Mail.SEND)
    assert PasswordResetRequest.objects.count() == 1
    put_back(file, mail=Mail.HOLD)
    assert PasswordResetRequest.objects.count() == 0


def test_migrated_database_counts_as_empty_and_one_page_does_not() -> None:
    assert count_rows() == {}
    SitePage.objects.create(name="imprint", text="We")
    assert count_rows() == {"events_sitepage": 1}
