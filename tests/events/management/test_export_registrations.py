"""`manage.py export_registrations`: a list in a file of its owner's, whole or not at all."""

import json
import os
import signal
import stat
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import CommandError

from events.management import output_file
from events.models import Event
from tests.factories import make_attendee, make_event
from tests.lines import register

from .running import run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jam(clock: time_machine.Traveller) -> Event:
    event = make_event(slug="jam", title="=1+1", price=500)
    register(make_attendee(neos_id="U-ada", neos_username="=Ada"), event)
    return event


def exported(*options: str) -> str:
    return run("export_registrations", "jam", *options).out


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.usefixtures("jam")
def test_csv_is_that_of_the_desk() -> None:
    head, row = exported("--columns", "amount,name,neos_id").splitlines()
    assert (head, row) == ("\ufeffname,neos_id,amount", "'=Ada,U-ada,5.00")


@pytest.mark.usefixtures("jam")
def test_json_has_real_types() -> None:
    (row,) = json.loads(exported("--format", "json"))
    assert (row["name"], row["status"], row["checked_in"]) == ("=Ada", "awaiting_payment", None)
    assert row["amount"] == {"amount": 500, "currency": "EUR"}
    assert row["registered"] == "2030-06-01T12:00:00Z"
    attendees = json.loads(exported("--format", "json", "--table", "attendees"))
    assert [one["verified"] for one in attendees] == [True]


def test_json_of_nobody_is_an_empty_list() -> None:
    make_event(slug="jam")
    assert json.loads(exported("--format", "json")) == []


@pytest.mark.usefixtures("jam")
def test_file_is_for_its_owner_only_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    ran = run("export_registrations", "jam", "--format", "xlsx", "--output", str(path))
    assert (ran.out, ran.err) == ("", f"{path}: {path.stat().st_size} bytes\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "xl/workbook.xml" in ZipFile(BytesIO(path.read_bytes())).namelist()
    assert names(tmp_path) == ["list.xlsx"]


@pytest.mark.usefixtures("jam")
def test_file_that_is_there_is_replaced_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("mine")
    with pytest.raises(CommandError, match=r"is there already\. Add --force to replace it\.$"):
        exported("--output", str(path))
    assert path.read_text() == "mine"
    exported("--output", str(path), "--force")
    assert path.read_text().startswith("\ufeffregistration,")
    assert names(tmp_path) == ["list.csv"]


@pytest.mark.usefixtures("jam")
def test_link_and_folder_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name in ("link", "."):
        with pytest.raises(CommandError, match=r"is no ordinary file\. Choose another name\.$"):
            exported("--output", str(tmp_path / name), "--force")
    assert (tmp_path / "target").read_text() == "mine"


@pytest.mark.usefixtures("jam")
@pytest.mark.parametrize("name", ["missing/list.csv", "x" * 5_000, "\0"])
def test_file_that_cannot_be_written_is_said_in_our_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match=r"could not be written|cannot be looked at"):
        exported("--output", f"{tmp_path}/{name}")


def test_file_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"some"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        output_file.write(tmp_path / "list.csv", pieces(), may_replace=False)  # type: ignore[arg-type]
    assert names(tmp_path) == []


def test_process_that_is_told_to_end_leaves_nothing(tmp_path: Path) -> None:
    def pieces() -> object:
        yield b"some"
        os.kill(os.getpid(), signal.SIGTERM)
        yield b"more"

    with pytest.raises(SystemExit, match="143"):
        output_file.write(tmp_path / "list.csv", pieces(), may_replace=False)  # type: ignore[arg-type]
    assert names(tmp_path) == []
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


def test_file_that_another_makes_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"

    def pieces() -> object:
        path.write_text("theirs")
        yield b"ours"

    with pytest.raises(CommandError, match=r"is there already"):
        output_file.write(path, pieces(), may_replace=False)  # type: ignore[arg-type]
    assert (path.read_text(), names(tmp_path)) == ("theirs", ["list.csv"])


@pytest.mark.usefixtures("jam")
def test_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    assert exported("--dry-run", "--output", str(path)) == "would write 1 row\n"
    assert names(tmp_path) == []


@pytest.mark.usefixtures("jam")
@pytest.mark.parametrize(
    "options",
    [("--format", "pdf"), ("--table", "secrets"), ("--columns", "email"), ("--columns", ",")],
)
def test_list_that_is_not_there_is_refused(options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        exported(*options)
