"""`deploy/manage`: settings of a file, a database that the caller may name, files for one owner.

A small program stands in for Python, and one for `runuser`: the script is the same for any command.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .processes import ROOT

pytestmark = pytest.mark.once

SHOWN = """#!/bin/sh
echo "$DATABASE_URL|$SITE_NAME|$(umask)|$(pwd)|$*"
"""
AS_OTHER = '#!/bin/sh\nshift 3\nexec "$@"\n'
TOLD = "works on the DATABASE_URL that it was called with, not on that of {}/site.env.\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Return a folder with the script, its settings, and the two programs."""
    programs = {".venv/bin/python": SHOWN, "bin/runuser": AS_OTHER}
    for name, text in programs.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "manage", tmp_path / "deploy")
    settings = "DATABASE_URL='postgresql:///eventsite'\nSITE_NAME='Harbour Nights'\n"
    (tmp_path / "site.env").write_text(settings)
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


def run(site: Path, *arguments: str, **variables: str) -> tuple[str, str]:
    """Return what `deploy/manage` prints and what it says, called from another folder."""
    path = f"{site}/bin:{os.environ['PATH']}"
    done = subprocess.run(
        [site / "deploy" / "manage", *arguments],
        cwd=site / "elsewhere",
        env={"PATH": path, "EVENTSITE_ENV": f"{site}/site.env", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.rstrip("\n"), done.stderr


def test_command_has_the_settings_of_the_file_and_the_folder_of_the_caller(site: Path) -> None:
    words = f"{site}/manage.py restore a file.zip"
    expected = f"postgresql:///eventsite|Harbour Nights|0077|{site}/elsewhere|{words}"
    assert run(site, "restore", "a file.zip") == (expected, "")


def test_database_of_the_caller_wins_and_is_said(site: Path) -> None:
    printed, said = run(site, "migrate", DATABASE_URL="sqlite:////tmp/x", SITE_NAME="Other")
    assert printed.split("|")[:2] == ["sqlite:////tmp/x", "Harbour Nights"]
    assert said == f"deploy/manage: {TOLD.format(site)}"


def test_database_of_the_file_named_once_more_is_not_said(site: Path) -> None:
    printed, said = run(site, "migrate", DATABASE_URL="postgresql:///eventsite")
    assert (printed.split("|")[0], said) == ("postgresql:///eventsite", "")


def test_link_to_the_script_leads_to_its_own_folder(site: Path) -> None:
    (site / "current").symlink_to(site)
    done = subprocess.run(
        [site / "current" / "deploy" / "manage", "audit"],
        env={"PATH": f"{site}/bin:{os.environ['PATH']}", "EVENTSITE_ENV": f"{site}/site.env"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split("|")[-1] == f"{site}/manage.py audit\n"
