"""Commands as staff run them: from files and pipes, on a terminal, and with a reader that goes.

Each needs a process of its own: only there are a terminal, a pipe and an exit status real. A
process takes some seconds to start, so each is started for as much as it can show.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from events.models import Attendee, Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_organizer
from tests.lines import register
from tests.servers import ROOT

from .running import SECONDS, environment, start, start_on_terminal

pytestmark = [pytest.mark.both, pytest.mark.server, pytest.mark.django_db(transaction=True)]

ROW = "Fog,2040-06-10 20:00,1:30,Europe/Berlin\n"
FILE = f"title,starts_at,length,time_zone\n{ROW}{ROW}"


@pytest.fixture
def ada() -> Registration:
    return register(make_attendee(neos_id="U-ada", neos_username="Åda"), make_event(slug="jam"))


def is_in(registration: Registration) -> bool:
    registration.refresh_from_db()
    return registration.checked_in_at is not None


# --- import_events -------------------------------------------------------------------------------


def test_import_through_a_pipe_prints_json_alone() -> None:
    make_organizer(username="mika")
    options = ("import_events", "-", "--organizer", "mika", "--json")
    refused = start(*options, typed=b"title\n\xff\n")
    assert (refused.status, refused.err) == (1, "")
    assert [(one["line"], one["column"]) for one in refused.json["errors"]] == [(2, None)]
    done = start(*options, typed=FILE.encode())
    assert (done.status, done.err) == (0, "")
    assert [one["slug"] for one in done.json["events"]] == ["fog", "fog-2"]
    assert Event.objects.filter(status="draft", organizers__username="mika").count() == 2


def test_import_draws_a_bar_on_a_terminal_only(tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(FILE, encoding="utf-8")
    shown = start_on_terminal("import_events", str(file))
    assert (shown.status, "Events:" in shown.out) == (0, True)
    assert shown.out.endswith("2 drafts made.\r\n")


# --- export_registrations ------------------------------------------------------------------------


def test_export_into_a_pipe_is_the_file_itself(ada: Registration) -> None:
    ran = start("export_registrations", "jam", "--columns", "name", PYTHONIOENCODING="ascii")
    assert (ran.status, ran.out, ran.err) == (0, "\ufeffname\r\nÅda\r\n", "")


LISTS = [
    ("export_registrations", "jam"),
    ("export_registrations", "jam", "--format", "json"),
    ("door_list", "jam"),
]


@pytest.mark.parametrize("arguments", LISTS)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_list_to_nobody_is_quiet(
    ada: Registration, arguments: tuple[str, ...], unbuffered: str
) -> None:
    """The reader of the pipe has gone before anything is written. Without a buffer it is noticed
    at the first line, while the database still has more.
    """
    register(make_attendee(), ada.event)
    connection.close()
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(PYTHONUNBUFFERED=unbuffered),
        stdout=writes,
        stderr=subprocess.PIPE,
        timeout=SECONDS,
        check=False,
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (141, b"")


def test_export_writes_no_xlsx_to_a_terminal(ada: Registration) -> None:
    shown = start_on_terminal("export_registrations", "jam", "--format", "xlsx")
    assert shown.status == 1
    assert "A terminal cannot show XLSX. Add --output FILE." in shown.out


# --- check_in ------------------------------------------------------------------------------------


def test_scanner_gets_an_answer_for_each_line(ada: Registration) -> None:
    options = ("check_in", "jam", "-", "--json", "--even-early")
    typed = f"U-ada\r\n\n{ada.code}\nU-none\n".encode() + b"\xff\n"
    tried = start(*options, "--dry-run", typed=typed)
    assert [one["answer"] for one in tried.lines] == ["checked-in", "checked-in", *["unknown"] * 2]
    assert not is_in(ada)
    ran = start(*options, typed=typed)
    assert ran.status == 1
    assert re.fullmatch(r"INFO events.happened: checked-in registration=\d+ event=\d+\n", ran.err)
    assert [one["answer"] for one in ran.lines] == ["checked-in", "was-in", *["unknown"] * 2]
    assert is_in(ada)


def test_terminal_shows_answers_and_no_log(ada: Registration) -> None:
    shown = start_on_terminal("check_in", "jam", "U-ada", "--even-early")
    assert is_in(ada)
    assert (shown.status, "events.happened" in shown.out) == (0, False)


# --- purge_personal_data, events cancel ----------------------------------------------------------


def test_purge_asks_on_a_terminal_and_draws_a_bar() -> None:
    make_attendee()
    old = {"date_joined": NOON.replace(year=2020)}
    attendee = Attendee.objects.get()
    type(attendee.user).objects.update(**old)
    Attendee.objects.update(verified_at=old["date_joined"])
    options = ("purge_personal_data", "--older-than", "365")
    refused = start_on_terminal(*options, typed=b"n\n")
    assert (refused.status, "Nothing was changed." in refused.out) == (1, True)
    assert Attendee.objects.get().erased_at is None
    done = start_on_terminal(*options, typed=b"y\n")
    assert (done.status, "Rows:" in done.out) == (0, True)
    assert done.out.endswith("Forgotten.\r\n")
    assert Attendee.objects.get().erased_at is not None


def test_cancel_asks_on_a_terminal_and_an_end_is_a_no(ada: Registration) -> None:
    shown = start_on_terminal("events", "cancel", "jam", typed=b"\x04")
    assert (shown.status, "Cancel jam? [y/N]" in shown.out) == (1, True)
    assert Event.objects.get().status == "published"
    done = start("events", "cancel", "jam", "--yes", "--json")
    assert (done.status, done.json["people"], done.err) == (0, 1, "")
    assert Event.objects.get().status == "cancelled"


# --- doctor, and bad input -----------------------------------------------------------------------


def test_doctor_looks_at_a_site_without_a_database(tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite3"
    address = {"DATABASE_URL": f"sqlite:///{missing}", "WEB_CONCURRENCY": "2"}
    ran = start("doctor", "--json", **address)
    found = [one for one in ran.json["checks"] if one["state"] == "problem"]
    assert (ran.status, ran.err, ran.json["problems"]) == (1, "", 2)
    assert [one["name"] for one in found] == ["cache", "database"]
    assert not missing.exists()
    shown = start_on_terminal("doctor", "--offline", **address)
    assert "redirect address  http://localhost:8000/auth/complete/neos/ is what Neos" in shown.out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("housekeeping", "--loop", "0"), 2, "must be a number of seconds from 0.1 to 86400."),
        (("events", "show", b"\xff"), 1, "There is no event '\\udcff'."),
        (("events",), 2, "the following arguments are required: ACTION"),
        (("purge_personal_data", "--older-than", "0"), 2, "must be a whole number from 30"),
    ],
)
def test_bad_input_ends_without_a_traceback(
    arguments: tuple[str, ...], status: int, words: str
) -> None:
    ran = start(*arguments)
    assert (ran.status, ran.out) == (status, "")
    assert words in ran.err
    assert "Traceback" not in ran.err
