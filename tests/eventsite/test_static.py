"""`collectstatic` collects every file that a page or a style sheet names."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from pytest_django import Settings

from .processes import ROOT

TEMPLATES = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")]
SHEETS = [f"css/{path.name}" for path in ROOT.glob("static/css/*.css")]
MANIFEST_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> Path:
    """Return where a production site would have its static files."""
    settings.STATIC_ROOT = tmp_path / "collected"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": MANIFEST_STORAGE}}
    return tmp_path / "collected"


def collect() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)


def test_everything_that_templates_name_is_collected(collected: Path) -> None:
    collect()

    paths = json.loads((collected / "staticfiles.json").read_text())["paths"]
    source = "\n".join(template.read_text("utf-8") for template in TEMPLATES)
    named = set(re.findall(r"\{% static ['\"]([^'\"]+)['\"] %\}", source))
    assert named >= {"css/site.css", "img/icon.svg"}
    assert named - paths.keys() == set()


def test_style_sheets_name_only_collected_files(collected: Path) -> None:
    collect()

    sheets = [collected / staticfiles_storage.stored_name(name) for name in SHEETS]
    named = [
        sheet.parent / address
        for sheet in sheets
        for address in re.findall(r"url\(\"?(?!data:)([^\")]+)", sheet.read_text("utf-8"))
    ]
    assert [path for path in named if not path.exists()] == []


def test_style_sheet_that_names_a_missing_file_is_not_collected(
    collected: Path, tmp_path: Path, settings: Settings
) -> None:
    """The control: a broken `url()` stops `collectstatic`."""
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "broken.css").write_text('body { background: url("gone.png"); }')
    settings.STATICFILES_DIRS = [*settings.STATICFILES_DIRS, tmp_path / "more"]

    with pytest.raises(ValueError, match=r"gone\.png"):
        collect()
