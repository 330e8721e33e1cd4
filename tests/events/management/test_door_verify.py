"""`manage.py door_verify`: the answers of a snapshot, in this process and on another machine."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from events.doors import snapshot
from events.management.commands import door_verify
from events.models import Event
from tests.events.doors.people import KEPT_OUT, LET_IN, make_jam
from tests.factories import NOON
from tests.servers import ROOT

from .running import SECONDS, run, start


@pytest.fixture
def file(clock: time_machine.Traveller, tmp_path: Path) -> Path:
    """A snapshot of an event that starts in ten minutes."""
    make_jam(starts_at=NOON + timedelta(minutes=10))
    return written(tmp_path)


def written(folder: Path, name: str = "jam.door") -> Path:
    path = folder / name
    run("door_list", "jam", "--format", "snapshot", "--output", str(path))
    return path


# --- In this process -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_answer_is_the_line_of_the_door(file: Path) -> None:
    answers = {each: run("door_verify", str(file), each) for each, _role in LET_IN}
    assert [(each, ran.out, ran.status) for each, ran in answers.items()] == [
        (each, f"ALLOW {role}\n", 0) for each, role in LET_IN
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("neos_id", [*KEPT_OUT, "", "x" * 10_000, "\ud800", "\0"])
def test_answer_to_others_is_no(file: Path, neos_id: str) -> None:
    ran = run("door_verify", str(file), neos_id)
    assert (ran.out, ran.status) == ("DENY not-registered\n", 1)


@pytest.mark.django_db
def test_answer_before_the_opening_counts_the_seconds(
    file: Path, clock: time_machine.Traveller
) -> None:
    Event.objects.update(starts_at=NOON + timedelta(minutes=29))
    early = run("door_verify", str(written(file.parent, "early.door")), "U-ada", "--json")
    assert early.status == 1
    assert early.json == {
        "id": "U-ada",
        "answer": "DENY too-early 840",
        "is_let_in": False,
        "denial": "too-early",
        "role": None,
        "wait": 840,
    }
    clock.shift(timedelta(seconds=840))
    assert run("door_verify", str(file), "U-ada", "--json").json["role"] == "guest"


@pytest.mark.django_db
def test_expired_snapshot_says_nothing(file: Path, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(days=1))
    with pytest.raises(CommandError, match=r"was good until .+Z\. Make a new one\.$") as refused:
        run("door_verify", str(file), "U-ada")
    assert refused.value.returncode == 2


@pytest.mark.django_db
def test_changed_snapshot_says_nothing(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b" guest ", b" admin "))
    with pytest.raises(CommandError, match="was changed, or another site signed it"):
        run("door_verify", str(file), "U-ada")


@pytest.mark.django_db
def test_snapshot_of_another_key_says_nothing(file: Path) -> None:
    own = snapshot.public_key()
    other = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # of RFC 8032
    assert run("door_verify", str(file), "U-ada", "--public-key", own).out == "ALLOW guest\n"
    with pytest.raises(CommandError, match="another site signed it"):
        run("door_verify", str(file), "U-ada", "--public-key", other)


@pytest.mark.django_db
def test_key_that_everybody_knows_checks_nothing(file: Path, settings: Settings) -> None:
    """Everybody with the code could sign a file of their own, which lets anybody in."""
    key = snapshot.public_key()
    settings.SECRET_KEY = "only-for-development-never-in-production"
    forged = written(file.parent, "forged.door")
    with pytest.raises(CommandError, match=r"^This machine has no key of a site\.") as refused:
        run("door_verify", str(forged), "U-ada")
    assert refused.value.returncode == 2
    assert run("door_verify", str(file), "U-ada", "--public-key", key).out == "ALLOW guest\n"


@pytest.mark.parametrize("name", ["none", ".", "\0"])
def test_file_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match=r"cannot be read\.$"):
        run("door_verify", f"{tmp_path}/{name}", "U-ada")


def test_file_without_an_end_is_not_read_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_verify.snapshot, "MAX_BYTES", 1_000)
    with pytest.raises(CommandError, match=r"^/dev/zero is too long for a door snapshot\.$"):
        run("door_verify", "/dev/zero", "U-ada")


@pytest.mark.django_db
def test_answer_costs_no_query(
    file: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert run("door_verify", str(file), "U-ada").out == "ALLOW guest\n"


# --- As people run it ----------------------------------------------------------------------------
# Only a process of its own has another key, no database, a pipe and an exit status.


def on_another_machine(*arguments: str, typed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run it with nothing of the site but its code: no database, no settings."""
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "1",
        "SECRET_KEY": "a key of this machine alone",
        "DATABASE_URL": "sqlite:////nowhere/none.sqlite3",
    }
    return subprocess.run(
        [sys.executable, "manage.py", "door_verify", *arguments],
        cwd=ROOT,
        env=environment,
        input=typed,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.both
@pytest.mark.server
@pytest.mark.django_db(transaction=True)
def test_snapshot_goes_from_the_site_to_a_machine_without_one(tmp_path: Path) -> None:
    make_jam(starts_at=timezone.now() + timedelta(minutes=10))
    path = tmp_path / "jam.door"
    made = start("door_list", "jam", "--format", "snapshot", "--output", str(path))
    assert (made.status, made.out) == (0, "")
    key = made.err.split()[-1]
    options = ("--public-key", key)
    one = on_another_machine(str(path), "U-bo", *options)
    assert (one.returncode, one.stdout, one.stderr) == (0, b"ALLOW host\n", b"")
    typed = b"U-ada\r\n\nU-hal\n" + b"\xff\n"
    some = on_another_machine(str(path), "-", "--json", *options, typed=typed)
    answers = [json.loads(line)["answer"] for line in some.stdout.splitlines()]
    assert answers == ["ALLOW guest", *["DENY not-registered"] * 2]
    assert (some.returncode, some.stderr) == (1, b"")
    foreign = on_another_machine(str(path), "U-bo")
    assert (foreign.returncode, foreign.stdout) == (2, b"")
    assert b"another site signed it" in foreign.stderr
    assert b"Traceback" not in foreign.stderr
