"""The code of before serves on the tables of now: so migrations can run while the site is up.

The commit before the newest migrations is taken out of git, and its real server runs on the
migrated database; a process, because two versions of the same modules do not fit into one.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from events.models import Registration
from tests.factories import make_event
from tests.people import newcomers, rows, sign_in
from tests.platform import PLATFORM
from tests.servers import ROOT, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

MIGRATIONS = "events/migrations"
PLAIN = "Plain Visitor"


def git(*arguments: str) -> str:
    command = ("git", "-c", "safe.directory=*", *arguments)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def commit_before_the_newest_tables() -> str:
    """Return the newest commit whose migrations are a part of ours; empty if git has none.

    Not each commit has one: a migration that was renamed on its way is unknown to our tables.
    """
    ours = {path.name for path in (ROOT / MIGRATIONS).glob("0*.py")}
    changes = git("log", "--first-parent", "-m", "--format=%H", "--", MIGRATIONS)
    for commit in dict.fromkeys(changes.split()):
        listed = git("ls-tree", "--name-only", f"{commit}^", f"{MIGRATIONS}/").split()
        theirs = {name for path in listed if (name := Path(path).name).startswith("0")}
        if theirs and theirs < ours:
            return f"{commit}^"
    return ""


@pytest.fixture(scope="module")
def old_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    commit = commit_before_the_newest_tables() if shutil.which("git") else ""
    if not commit:
        reason = "git does not have the commit before the newest migrations"
        if os.environ.get("CI") and git("rev-parse", "--is-shallow-repository") == "false":
            pytest.fail(reason)
        pytest.skip(f"{reason}: these files came without the project's history")
    folder = tmp_path_factory.mktemp("old")
    archive = folder.with_suffix(".tar")
    git("archive", "-o", str(archive), commit)
    shutil.unpack_archive(archive, folder, filter="data")
    assert (folder / "manage.py").exists()
    return folder


@pytest.fixture
def old_site(old_code: Path) -> Iterator[str]:
    with running_site(folder=old_code) as site:
        yield site.url
        assert "Traceback" not in site.output


def test_old_code_signs_up_and_cancels_on_the_tables_of_now_f17(old_site: str) -> None:
    event = make_event(neos_required=True, capacity=1)
    address = event.get_absolute_url()
    with newcomers(old_site) as newcomer:
        visitor = newcomer()
        assert visitor.visit("/").status == 200
        sign_in(visitor, event, PLAIN)
        assert visitor.press("Take a place").place == "You are in"
        assert visitor.visit(address).place == "You are in"
        assert rows(event) == [(PLATFORM.plain, "confirmed")]
        visitor.press("Yes, give it up")
        assert visitor.visit("/account/").status == 200
        place = f"/registrations/{Registration.objects.get().code}/"
        stranger = newcomer().visit(place)
        assert stranger.url == f"{old_site}/accounts/login/?next={place}"
    assert rows(event) == [(PLATFORM.plain, "cancelled")]
