"""The file of a logo, looked into before the site starts."""

import io
from pathlib import Path

import pytest
from PIL import Image

from .processes import PRODUCTION, ROOT, read, reason

SVG = (ROOT / "static/img/icon.svg").read_bytes()


def drawn(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (40, 30), "#5334cf").save(file, kind)
    return file.getvalue()


PNG, JPEG, WEBP = drawn("PNG"), drawn("JPEG"), drawn("WEBP")


def refused(file: Path, content: bytes | None = None) -> str:
    """Return what the start says of this file, without its name and its path."""
    if content is not None:
        file.write_bytes(content)
    said = reason(**PRODUCTION | {"SITE_LOGO": str(file)})
    assert (said.startswith("SITE_LOGO "), said.endswith(f": {file}")) == (True, True)
    return said.removeprefix("SITE_LOGO ").removesuffix(f": {file}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("logo.svg", SVG),
        ("logo.SVG", b"<?xml version='1.0'?><!-- ours -->" + SVG),
        ("logo.png", PNG),
        ("logo.jpg", JPEG),
        ("logo.jpeg", JPEG),
        ("logo.webp", WEBP),
        ("lögo 柚子.svg", SVG + b" " * (200_000 - len(SVG))),
    ],
)
def test_picture_that_is_what_its_name_says_is_shown(
    tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert read("SITE_LOGO", SITE_LOGO=str(file)) == [str(file)]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("logo.png", b"junk", "PNG"),
        ("logo.png", b"", "PNG"),
        ("logo.png", JPEG, "PNG"),
        ("logo.png", PNG[: len(PNG) // 2], "PNG"),
        ("logo.PNG", SVG, "PNG"),
        ("logo.jpg", PNG, "JPEG"),
        ("logo.webp", PNG, "WebP"),
        ("logo.svg", b"junk", "SVG"),
        ("logo.svg", b"", "SVG"),
        ("logo.svg", SVG[:-9], "SVG"),
        ("logo.svg", b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "SVG"),
        ("logo.svg", b"<svg/>", "SVG"),
        ("logo.svg", b"<?xml version='1.0' encoding='klingon'?><svg/>", "SVG"),
        ("logo.svg", PNG, "SVG"),
    ],
)
def test_junk_with_the_name_of_a_picture_is_refused(
    tmp_path: Path, name: str, content: bytes, kind: str
) -> None:
    expected = f"is no {kind} picture, though it is named so"
    assert refused(tmp_path / name, content) == expected


def test_file_that_is_too_big_is_refused_with_its_size(tmp_path: Path) -> None:
    big = SVG + b" " * (299_001 - len(SVG))
    assert refused(tmp_path / "logo.svg", big) == "is too big: 300 kB, where 200 are allowed"


def test_file_that_is_not_there_or_none_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "logo.svg") == "is not found"
    assert refused(tmp_path / ("x" * 300 + ".svg")) in ("is not found", "cannot be read")
    assert refused(tmp_path) == "is no file"


@pytest.mark.parametrize("name", ["README.md", "logo.gif", "svg"])
def test_file_of_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    expected = "must be an SVG, PNG, WebP or JPEG file, and be named so"
    assert refused(tmp_path / name, SVG) == expected


def test_relative_path_is_shown_from_the_root() -> None:
    said = reason(**PRODUCTION | {"SITE_LOGO": "static/nothing.svg"})
    assert said == f"SITE_LOGO is not found: {ROOT}/static/nothing.svg"


def test_relative_path_begins_in_the_project_wherever_a_command_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read("SITE_LOGO", SITE_LOGO="static/img/icon.svg") == [f"{ROOT}/static/img/icon.svg"]
