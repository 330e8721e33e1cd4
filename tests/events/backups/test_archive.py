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


def changed(file: Path, whole: bytes, place: int) -> bool:
    """Change one byte; return whether that is refused."""
    file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
    return refuses(file)


def test_changed_byte_is_noticed_or_means_nothing(file: Path) -> None:
    """Some bytes of a ZIP say nothing that is read, like the time of a part."""
    whole, rows = file.read_bytes(), read(file)
    for place in range(0, len(whole), len(whole) // 150):
        assert changed(file, whole, place) or read(file) == rows


def test_every_changed_byte_of_rows_is_noticed(file: Path) -> None:
    """The middle of each part that has something in it, by the place that the ZIP says."""
    whole = file.read_bytes()
    with zipfile.ZipFile(file) as parts:
        infos = [info for info in parts.infolist() if info.file_size]
    assert len(infos) > 5
    for info in infos:
        start = info.header_offset
        names = int.from_bytes(whole[start + 26 : start + 28], "little")
        more = int.from_bytes(whole[start + 28 : start + 30], "little")
        data = start + 30 + names + more
        assert changed(file, whole, data + info.compress_size // 2), info.filename


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
