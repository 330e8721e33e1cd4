"""A file that is damaged, cut, or something else is refused before anything is written."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from pytest_django import Settings

from events.backups import Archive, Damaged
from tests.factories import make_attendee
from tests.servers import ROOT

from .copying import back_up, people, put_back, rewritten, with_manifest

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    make_attendee(neos_id="U-ada")
    return back_up(tmp_path / "file.zip")


def read(file: Path) -> list[int]:
    """Read all of a file, as `restore` does first; return the rows of each table."""
    with Archive.open(file) as archive:
        return list(archive.verify())


def refuses(file: Path) -> bool:
    try:
        read(file)
    except Damaged:
        return True
    return False


def test_whole_file_is_read(file: Path) -> None:
    with Archive.open(file) as archive:
        assert read(file) == [part.rows for part in archive.manifest.parts]
        assert archive.manifest.rows_of("events_attendee") == 1


def test_file_names_the_version_that_wrote_it(file: Path) -> None:
    written = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    with Archive.open(file) as archive:
        assert written is not None
        assert archive.manifest.version == written[1]


def test_site_without_the_file_of_the_project_names_no_version(
    tmp_path: Path, settings: Settings
) -> None:
    settings.BASE_DIR = tmp_path
    with Archive.open(back_up(tmp_path / "file.zip")) as archive:
        assert archive.manifest.version == ""


def test_file_that_was_cut_anywhere_is_refused(file: Path) -> None:
    whole = file.read_bytes()
    for size in (0, 1, 30, *range(100, len(whole), len(whole) // 40), len(whole) - 1):
        file.write_bytes(whole[:size])
        assert refuses(file), size


def test_changed_byte_is_noticed_or_means_nothing(file: Path) -> None:
    """Some bytes of a ZIP say nothing that is read, like the time of a part: in a file as small as
    this one a third of them, and a little more where numbers compress to other bytes.
    """
    whole, rows = file.read_bytes(), read(file)
    noticed, places = 0, range(0, len(whole), len(whole) // 150)
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        if refuses(file):
            noticed += 1
        else:
            assert read(file) == rows
    assert noticed > len(places) / 2


def test_rows_that_were_changed_inside_are_refused(file: Path) -> None:
    """The ZIP itself is right; only our own checksum tells."""
    with zipfile.ZipFile(file) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    assert not refuses(rewritten(file, parts))
    name = "tables/auth_user.jsonl"
    assert refuses(rewritten(file, parts | {name: parts[name].replace(b"U-ada", b"U-eve")}))
    assert refuses(rewritten(file, parts | {name: b""}))
    with pytest.raises(Damaged):
        put_back(file)
    assert people() == ["U-ada"]


@pytest.mark.parametrize(
    "facts",
    [{"format": 2}, {"parts": []}, {"parts": None}, {"taken_at": "today"}, {"schema": 3}],
)
def test_manifest_that_says_something_else_is_refused(file: Path, facts: dict[str, object]) -> None:
    with pytest.raises(Damaged, match=r"^The file is damaged, cut, or no back-up of this site\."):
        put_back(with_manifest(file, **facts))
    assert people() == ["U-ada"]


def test_other_zip_is_no_back_up(tmp_path: Path) -> None:
    inside = io.BytesIO()
    with zipfile.ZipFile(inside, "w") as file:
        file.writestr("manifest.json", json.dumps([1, 2]))
    other = tmp_path / "other.zip"
    for content in (inside.getvalue(), b"PK", b"SQLite format 3\0", b"[]"):
        other.write_bytes(content)
        assert refuses(other)
