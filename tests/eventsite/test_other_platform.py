"""A site with accounts of one platform does not start as a site of the other.

Most is asked in this process; how a start ends, only a process shows. The suite runs it on Neos.
"""

import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings
from social_django.models import UserSocialAuth

from events.accounts.other_platform import find_other_platform
from events.doctor import Asked
from events.doctor import platform as doctor
from events.doctor.finding import State
from events.models import Attendee, Block, Event, FormerNeosId
from events.models.platform import Platform
from eventsite import platforms, readiness
from tests.factories import make_attendee, make_local_attendee
from tests.other_platform import (
    KINDS,
    OTHER,
    change_platform,
    make_block,
    make_link,
    make_person,
    sign_in_there,
)
from tests.platform import KEY, PLATFORM, PLATFORMS
from tests.servers import database_url
from tests.sign_in import sign_in, signed_in_as

from .processes import ROOT, refusal, run

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = [("neos", "resonite"), ("resonite", "neos")]
START = {
    "neos": {"DEBUG": "1", "PLATFORM": "neos", "NEOS_SANDBOX": "1"},
    "resonite": {"DEBUG": "1", "PLATFORM": "resonite", "RESONITE_SANDBOX": "1"},
}
LOAD = ("-c", "from eventsite.wsgi import application")
REASONS = {
    "neos": "the database has accounts of Neos, but PLATFORM=resonite. Set PLATFORM=neos, or give "
    "the site another database.",
    "resonite": "the database has accounts of Resonite, but PLATFORM=neos. Set PLATFORM=resonite, "
    "or give the site another database.",
}

BOTH_ARE_THERE = (
    "the database has accounts of Neos and of Resonite. A site can serve one of them only, so "
    "another PLATFORM does not help: go back to a copy of the database from before, or give the "
    "site another database."
)


def why_unready(settings: Settings, key: str) -> str:
    """Return why a site of this platform would not start here; "" if it would."""
    settings.PLATFORM = platforms.PLATFORMS[key]
    try:
        readiness.check_database()
    except readiness.Unready as reason:
        return str(reason)
    return ""


# --- In this process -----------------------------------------------------------------------------


@pytest.mark.parametrize(("theirs", "ours"), BOTH)
@pytest.mark.parametrize("make", KINDS)
def test_one_row_of_the_other_platform_is_enough(
    settings: Settings, make: Callable[[str], None], theirs: str, ours: str
) -> None:
    make(theirs)
    assert why_unready(settings, ours) == REASONS[theirs]
    assert why_unready(settings, theirs) == ""


@pytest.mark.parametrize("key", ["neos", "resonite"])
@pytest.mark.parametrize("make_own", KINDS)
def test_rows_of_both_platforms_point_to_neither(
    settings: Settings, make_own: Callable[[str], None], key: str
) -> None:
    make_own(key)
    make_person(PLATFORMS[key].other)
    assert why_unready(settings, key) == BOTH_ARE_THERE
    (found,) = doctor.check_platform(Asked())
    assert f"the{found.sentence[3:]} {found.next_step}" == BOTH_ARE_THERE


@pytest.mark.parametrize("key", ["neos", "resonite"])
def test_rows_of_nobody_elsewhere_are_in_nobodys_way(settings: Settings, key: str) -> None:
    """No rows at all; people without an account there; providers that others have added."""
    assert why_unready(settings, key) == ""
    make_local_attendee(platform="neos")
    make_local_attendee(platform="resonite")
    make_link("google-oauth2")
    make_link("github", user=make_attendee(platform=key).user)
    assert why_unready(settings, key) == ""


def test_search_costs_four_questions(django_assert_num_queries: Callable[..., object]) -> None:
    make_attendee()
    with django_assert_num_queries(4):  # type: ignore[attr-defined]
        assert find_other_platform(connection) is None


def test_choices_of_rows_are_the_platforms_of_the_settings() -> None:
    names = {key: one.name for key, one in platforms.PLATFORMS.items()}
    assert dict(Platform.choices) == names == {"neos": "Neos", "resonite": "Resonite"}


@pytest.mark.parametrize("make", KINDS)
def test_doctor_says_whom_the_site_serves(make: Callable[[str], None]) -> None:
    (fine,) = doctor.check_platform(Asked())
    assert (fine.state, fine.sentence) == (
        State.OK,
        f"The site is for people of {PLATFORM.name}.",
    )
    make(PLATFORM.other)
    (found,) = doctor.check_platform(Asked())
    assert (found.state, found.sentence, found.next_step) == (
        State.PROBLEM,
        f"The database has accounts of {OTHER.name}, but PLATFORM={KEY}.",
        f"Set PLATFORM={PLATFORM.other}, or give the site another database.",
    )


# --- In processes: how a start ends --------------------------------------------------------------


@pytest.mark.parametrize(("theirs", "ours"), BOTH)
def test_server_of_the_other_platform_does_not_start(theirs: str, ours: str) -> None:
    make_link(theirs)
    connection.close()
    url = {"DATABASE_URL": database_url()}
    assert refusal(*LOAD, **START[ours], **url) == REASONS[theirs]
    own = run(*LOAD, **START[theirs], **url)
    assert (own.returncode, own.stdout, own.stderr) == (0, "", "")


WITHOUT_CLIENT = (
    "The client id or the client secret of Resonite is missing. Set RESONITE_CLIENT_ID and "
    "RESONITE_CLIENT_SECRET as Resonite gave them to you, or "
)


@pytest.mark.parametrize(
    ("theirs", "second"), [("neos", [f"Besides, {REASONS['neos']}"]), ("resonite", [])]
)
def test_server_without_a_client_says_both(theirs: str, second: list[str]) -> None:
    """One PLATFORM is wrong, so a client for it would only lead to the next refusal."""
    make_link(theirs)
    connection.close()
    start = {"DEBUG": "1", "PLATFORM": "resonite", "DATABASE_URL": database_url()}
    said = refusal(*LOAD, **start)
    assert said.startswith(WITHOUT_CLIENT) is True
    assert re.findall("Besides, .*", said) == second


@pytest.mark.parametrize("url", ["sqlite:///{}/none.sqlite3", "postgresql://x@127.0.0.1:9/x"])
def test_server_without_a_client_waits_for_no_database(url: str, tmp_path: Path) -> None:
    started = time.monotonic()
    said = refusal(*LOAD, DEBUG="1", PLATFORM="resonite", DATABASE_URL=url.format(tmp_path))
    assert (said.startswith(WITHOUT_CLIENT), "Besides" in said) == (True, False)
    assert time.monotonic() - started < readiness.WAIT_SECONDS
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["housekeeping", "dumpdata"])
def test_command_that_works_on_rows_does_not_start(command: str) -> None:
    make_link("neos")
    connection.close()
    url = {"DATABASE_URL": database_url()}
    assert refusal("manage.py", command, **START["resonite"], **url) == REASONS["neos"]


@pytest.mark.parametrize(("theirs", "ours"), BOTH)
def test_demo_is_not_loaded_beside_accounts_of_the_other_platform(theirs: str, ours: str) -> None:
    """The process is the demo itself, because the platform is chosen when it reads settings."""
    make_block(theirs)
    connection.close()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        site = f"http://127.0.0.1:{listener.getsockname()[1]}"
    demo = run("manage.py", "demo", SITE_URL=site, DATABASE_URL=database_url(), **START[ours])
    assert demo.stdout == "Loading the demo. This takes about a minute, once.\n"
    assert demo.stderr == f"CommandError: The demo was not loaded: {REASONS[theirs]}\n"
    assert (demo.returncode, User.objects.count(), Event.objects.count()) == (1, 0, 0)


def test_tables_can_be_made_and_the_doctor_asked_all_the_same() -> None:
    """So that somebody can look, and a newer version can change the rows."""
    make_link("neos")
    connection.close()
    start = START["resonite"] | {"DATABASE_URL": database_url()}
    assert run("manage.py", "migrate", **start).returncode == 0
    told = run("manage.py", "doctor", "--offline", "--json", **start)
    sentences = [one["sentence"] for one in json.loads(told.stdout)["checks"]]
    assert "The database has accounts of Neos, but PLATFORM=resonite." in sentences
    assert told.returncode == 1


# --- From one site to another --------------------------------------------------------------------


def test_rows_say_their_platform_wherever_they_are_loaded(
    settings: Settings, tmp_path: Path
) -> None:
    for make in KINDS:
        make("neos")
    file = tmp_path / "rows.json"
    models = ("auth.user", "social_django", "events.attendee", "events.block")
    call_command("dumpdata", *models, "events.formerneosid", output=str(file))
    call_command("flush", interactive=False)
    assert why_unready(settings, "resonite") == ""
    call_command("loaddata", str(file), verbosity=0)
    assert why_unready(settings, "resonite") == REASONS["neos"]
    rows = (Attendee.objects.exclude(neos_id=None), FormerNeosId.objects, Block.objects)
    assert [one.values_list("platform", flat=True).get() for one in rows] == ["neos"] * 3


def lines_of_readme() -> list[str]:
    found = re.findall(
        r"^UPDATE .* SET .* = 'resonite' .*;$", (ROOT / "README.md").read_text(), re.M
    )
    assert len(found) == len(KINDS)
    return found


def test_lines_of_the_readme_let_a_site_change_its_platform(
    settings: Settings, client: Client
) -> None:
    """For sites that served Resonite before there was a choice: their rows say Neos."""
    sign_in(client)
    before = Attendee.objects.get()
    FormerNeosId.objects.create(attendee=before, neos_id="U-old")
    Block.objects.create(neos_id="U-griefer")
    assert why_unready(settings, PLATFORM.other) == REASONS[KEY]
    with connection.cursor() as cursor:
        for line in lines_of_readme():
            cursor.execute(line)
    assert why_unready(settings, PLATFORM.other) == ""
    assert why_unready(settings, KEY) == REASONS[PLATFORM.other]
    change_platform(settings, PLATFORM.other)
    again = Client()
    sign_in_there(again)
    assert signed_in_as(again) == "U-gearfox"
    assert (Attendee.objects.get().pk, UserSocialAuth.objects.get().provider) == (
        before.pk,
        PLATFORM.other,
    )
