"""`manage.py backup` and `manage.py restore`: what they ask, print and refuse."""

import re
import resource
import stat
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError
from django.db import connection
from django.utils import timezone

from events.models import Attendee, Job, Registration
from tests.factories import NOON, make_attendee, make_event
from tests.lines import register

from .running import run, start_on_terminal

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    register(make_attendee(neos_id="U-ada"), make_event())
    path = tmp_path / "monday.zip"
    assert run("backup", str(path)).status == 0
    return path


def database() -> str:
    return re.escape(str(connection.settings_dict["NAME"]))


def test_file_is_for_its_owner_and_replaced_only_by_force(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match=r"is there already\. Add --force to replace it\.$"):
        run("backup", str(file))
    before = file.read_bytes()
    assert run("backup", str(file), "--dry-run", "--force").out.startswith("would write ")
    assert file.read_bytes() == before
    again = run("backup", str(file), "--force", "--json").json
    assert again["bytes"] == file.stat().st_size


def test_back_up_is_noted_when_it_is_there(tmp_path: Path) -> None:
    run("backup", str(tmp_path / "a.zip"), "--dry-run")
    with pytest.raises(CommandError):
        run("backup", str(tmp_path / "none" / "file.zip"))
    before = noted()
    began = timezone.now()
    run("backup", str(tmp_path / "a.zip"))

    assert before == {}
    assert noted().keys() == {"backup"}
    assert began <= noted()["backup"] <= timezone.now()


def test_database_that_was_restored_has_no_work_behind_it(file: Path) -> None:
    before = noted().keys()
    run("restore", str(file), "--force", "--yes")

    assert (before, noted()) == ({"backup"}, {})


def noted() -> dict[str, datetime]:
    return dict(Job.objects.values_list("name", "ended_at"))


def test_file_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"could not be written: No such file or directory\.$"):
        run("backup", str(tmp_path / "none" / "file.zip"))
    assert list(tmp_path.iterdir()) == []


def test_disk_that_is_full_leaves_no_file(file: Path) -> None:
    """A limit on the size of files stands in for the disk. The file of yesterday stays."""
    before, (usual, most) = file.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, most))
    try:
        with pytest.raises(
            CommandError, match=r"monday\.zip could not be written: File too large\.$"
        ):
            run("backup", str(file), "--force")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))
    assert (list(file.parent.iterdir()), file.read_bytes()) == ([file], before)


def test_database_with_people_is_not_overwritten(file: Path) -> None:
    expected = (
        rf"^{database()} is not empty: it has 1 person, 1 event, 1 registration, \d+ rows in all\. "
        r"Restore into an empty database, or add --force, which deletes all of that first\.$"
    )
    with pytest.raises(CommandError, match=expected):
        run("restore", str(file))
    with pytest.raises(CommandError, match=r"^Nobody is there to ask\."):
        run("restore", str(file), "--force")
    assert Registration.objects.count() == 1


def test_dry_run_reads_all_of_the_file_and_changes_nothing(file: Path) -> None:
    make_attendee(neos_id="U-bo")
    said = run("restore", str(file), "--dry-run").out
    assert said.startswith("The file is whole and fits: would restore ")
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(CommandError, match=r"^The file is damaged, cut, or no back-up"):
        run("restore", str(file), "--force", "--dry-run")
    assert Attendee.objects.count() == 2


def test_dry_run_on_the_running_site_says_what_a_restore_would_delete(file: Path) -> None:
    asked = run("restore", str(file), "--dry-run")
    expected = (
        rf"^{database()} has 1 person, 1 event, 1 registration, \d+ rows in all\. So a restore "
        r"into it is refused, and with --force deletes all of that first\.$"
    )
    assert (asked.status, asked.out.count("\n")) == (0, 2)
    assert re.match(expected, asked.out.splitlines()[1])
    assert run("restore", str(file), "--dry-run", "--json").json["was_empty"] is False


def test_restore_says_what_audit_found(file: Path) -> None:
    make_attendee(neos_id="U-bo")
    done = run("restore", str(file), "--force", "--yes", "--json")
    assert (done.status, done.json["mismatches"], done.json["held"]) == (0, [], 0)
    assert Attendee.objects.count() == 1


def test_mismatches_of_the_site_are_restored_and_told_by_the_status(file: Path) -> None:
    """Two people on one place, as no site writes it."""
    full, bo = Registration.objects.get(), make_attendee(neos_id="U-bo")
    full.event.capacity = 1
    full.event.save()
    full.pk, full.attendee, full.code = None, bo, uuid4()
    full.save(force_insert=True)
    run("backup", str(file), "--force")
    done = run("restore", str(file), "--force", "--yes")
    assert done.status == 3
    assert "invariant 1 (" in done.out
    assert Registration.objects.count() == 2


def test_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=r"none\.zip cannot be read: No such file or directory\.$"
    ):
        run("restore", str(tmp_path / "none.zip"))


@pytest.mark.server
def test_force_asks_for_the_word_on_a_terminal(file: Path) -> None:
    """A terminal needs a process. A yes is not enough."""
    Attendee.objects.update(verified_at=NOON)
    asked = start_on_terminal("restore", str(file), "--force", typed=b"y\n")
    assert (asked.status, "Nothing was changed." in asked.out) == (1, True)
    assert "Delete all of it? Type replace if so:" in asked.out
    assert Attendee.objects.get().verified_at == NOON
    done = start_on_terminal("restore", str(file), "--force", typed=b"replace\n")
    assert (done.status, "audit found 0 mismatches." in done.out) == (0, True)
    assert Attendee.objects.get().verified_at != NOON
