"""`manage.py door_list`: the list of a door in each of its forms."""

import csv
import json
import re
import stat
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import CommandError
from pytest_django import DjangoAssertNumQueries

from events.doors import snapshot
from events.management.door_forms import FORMS
from events.models import Attendee, Event
from tests.events.doors.people import LET_IN, make_jam
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register

from .running import Ran, run

pytestmark = pytest.mark.django_db

VARIABLE = ("--group", "G-Example", "--variable", "jam.guests")
#: What each form cannot be written without.
NEEDED = {name: VARIABLE if name == "bot" else () for name in FORMS}


@pytest.fixture
def jam(clock: time_machine.Traveller) -> Event:
    return make_jam()


def listed(form: str, *options: str) -> Ran:
    return run("door_list", "jam", "--format", form, *NEEDED[form], *options)


def test_ids_stand_on_a_line_each(jam: Event) -> None:
    ran = listed("ids")
    assert (ran.out, ran.err) == ("U-ada\nU-bo\nU-cleo\nU-dan\n", "")
    assert run("door_list", "jam").out == ran.out


def test_id_that_is_no_line_is_left_out_and_said(jam: Event) -> None:
    Attendee.objects.filter(neos_id="U-bo").update(neos_id="U-bo\nU-hal")
    ran = listed("ids")
    assert ran.out == "U-ada\nU-cleo\nU-dan\n"
    assert ran.err == "Left out: 1 id with a line break or a sign that is not seen.\n"


def test_csv_has_role_and_opening(jam: Event) -> None:
    rows = list(csv.reader(StringIO(listed("csv").out.removeprefix("\ufeff"))))
    assert rows[0] == ["id", "role", "opens_at"]
    assert [(row[0], row[1]) for row in rows[1:]] == list(LET_IN)
    assert rows[1][2] == "2030-06-08T11:45:00Z"


def test_csv_has_no_formula(jam: Event) -> None:
    """Neos gives no such ids; somebody who edits rows may."""
    Attendee.objects.filter(neos_id="U-ada").update(neos_id="=1+1")
    assert "\n'=1+1,guest," in listed("csv").out.replace("\r", "")


def test_json_has_a_person_each(jam: Event) -> None:
    people = json.loads(listed("json").out)
    assert [(each["id"], each["role"]) for each in people] == list(LET_IN)
    assert people[1] == {"id": "U-bo", "role": "host", "opens_at": "2030-06-08T11:15:00Z"}


def test_bot_makes_the_variable_and_lets_in_each(jam: Event) -> None:
    lines = listed("bot").out.splitlines()
    assert lines[0] == '/createGroupVar "G-Example" jam.guests'
    assert lines[4:] == [
        f'/setGroupVarValue "G-Example" jam.guests {neos_id} true' for neos_id, _role in LET_IN
    ]


def test_bot_writes_only_what_changed_since_earlier_lists(jam: Event, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(listed("bot").out)
    Attendee.objects.filter(neos_id="U-ada").update(neos_locked=True)
    second.write_text(listed("bot", "--previous", str(first)).out)
    assert second.read_text() == '/setGroupVarValue "G-Example" jam.guests U-ada false\n'
    Attendee.objects.filter(neos_id="U-ada").update(neos_locked=False)
    both = ("--previous", str(first), "--previous", str(second))
    assert listed("bot", *both).out == '/setGroupVarValue "G-Example" jam.guests U-ada true\n'


def test_bot_takes_a_list_of_ids_for_an_earlier_one(jam: Event, tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    ids.write_bytes("\ufeffU-ada\r\nU-bo\r\nU-cleo\r\nU-dan\r\nU-gone\n\n".encode())
    ran = listed("bot", "--previous", str(ids))
    assert ran.out == '/setGroupVarValue "G-Example" jam.guests U-gone false\n'


@pytest.mark.parametrize("line", ["neos_id,name", "U-bo U-ada", "[", "/ban U-ada", "\xff", "U-"])
def test_bot_refuses_a_file_that_is_no_earlier_list(jam: Event, tmp_path: Path, line: str) -> None:
    other = tmp_path / "other"
    other.write_bytes(f"U-ada\n\n{line}\n".encode("latin-1"))
    refusal = f"{other}, line 3, is neither an id nor a command of door_list."
    with pytest.raises(CommandError) as refused:
        listed("bot", "--previous", str(other))
    assert str(refused.value) == refusal


def test_bot_refuses_an_earlier_list_of_another_variable(jam: Event, tmp_path: Path) -> None:
    """It would take people of that one for people who have this one."""
    first = tmp_path / "first"
    first.write_text(listed("bot").out)
    other = ("--group", "Our Group", "--variable", "ball", "--previous", str(first))
    words = (
        "--previous is of jam.guests of the group G-Example, and the new list of ball of the group "
        "Our Group. Name files of one."
    )
    with pytest.raises(CommandError, match=f"^{re.escape(words)}$"):
        run("door_list", "jam", "--format", "bot", *other)


def test_bot_leaves_out_an_id_that_it_would_not_read(jam: Event) -> None:
    Attendee.objects.filter(neos_id="U-ada").update(neos_id='U-a" true\n/deleteGroupVar')
    ran = listed("bot")
    assert [line.split()[3] for line in ran.out.splitlines()[4:]] == ["U-bo", "U-cleo", "U-dan"]
    assert ran.err == "Left out: 1 id that the bot would not read as one word.\n"


def test_headless_is_an_item_of_start_worlds(jam: Event) -> None:
    world = json.loads(listed("headless", *VARIABLE).out)
    assert world["requiredUserJoinCloudVariable"] == "G-Example.jam.guests"
    assert json.loads(listed("headless").out)["accessLevel"] == "Private"


@pytest.mark.usefixtures("resonite")
def test_headless_of_resonite_asks_a_verifier(jam: Event) -> None:
    verified = json.loads(listed("headless", "--join-verifier").out)
    assert verified["useCustomJoinVerifier"] is True


@pytest.mark.usefixtures("neos")
def test_headless_of_neos_has_no_verifier(jam: Event) -> None:
    with pytest.raises(CommandError, match="Worlds of Neos have no join verifier"):
        listed("headless", "--join-verifier")


def test_headless_says_who_is_left_out(jam: Event) -> None:
    Attendee.objects.filter(neos_id="U-bo").update(neos_username="<b>")
    assert listed("headless").err == (
        "Left out: 1 person without a user name that is theirs alone and has no odd signs.\n"
    )


def test_snapshot_tells_the_key_that_checks_it(jam: Event) -> None:
    ran = listed("snapshot", "--good-for", "3")
    known = snapshot.read(ran.out.encode(), ran.err.split()[-1])
    assert ran.err == (
        "Good until Sat 1 June 2030, 15:00 (UTC).\n"
        "It ends before the door opens (Sat 8 June 2030, 11:45 (UTC)). Make it later, or add "
        f"--good-for N.\nCheck it with --public-key {snapshot.public_key()}\n"
    )
    long = listed("snapshot", "--good-for", "720").err.splitlines()
    assert [line for line in long if not line.startswith("Check")] == [
        "Good until Sat 8 June 2030, 14:00 (UTC)."
    ]
    assert (known.event, known.workshop, len(known.exact)) == ("jam", None, 4)
    assert (known.expires_at - NOON).total_seconds() == 3 * 3_600


@pytest.mark.parametrize("form", FORMS)
def test_form_has_no_name_address_price_or_pledge(jam: Event, form: str) -> None:
    """User names stand in the settings of a headless server, which knows people by them."""
    Attendee.objects.update(display_name="Zed Zero", patreon_cents=987654)
    User.objects.update(email="zed@example.org")
    Event.objects.update(price=45678, payment_instructions="Bring it")
    text = listed(form).out
    secrets = ("Zed", "zed@", "987654", "45678", "Bring")
    assert [each for each in secrets if each in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_form_of_a_workshop_has_its_people_only(clock: time_machine.Traveller, form: str) -> None:
    event = make_event(slug="jam")
    workshop = make_workshop(event, slug="fog")
    ada, stranger = make_attendee(neos_username="Ada"), make_attendee(neos_username="Zed")
    for attendee in (ada, stranger):
        register(attendee, event)
    register(ada, workshop)
    ran = listed(form, "--workshop", "fog", "--dry-run")
    assert ran.out.startswith("would write 1 person (")
    text = listed(form, "--workshop", "fog").out
    assert stranger.neos_id is not None
    assert [each for each in (stranger.neos_id, "Zed") if each in text] == []


@pytest.mark.parametrize("form", FORMS)
def test_form_of_nobody_says_why(clock: time_machine.Traveller, form: str) -> None:
    event = make_event(slug="jam", status="draft")
    assert "jam is a draft, so nobody is let in.\n" in listed(form).err
    type(event).objects.update(status="published")
    assert "nobody is let in" not in listed(form).err
    clock.move_to(event.ends_at)
    assert "jam is over, so nobody is let in.\n" in listed(form).err


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("people", [1, 30])
def test_form_costs_two_queries(
    clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
    form: str,
    people: int,
) -> None:
    """One for the event, one for all of its people."""
    event = make_event(slug="jam")
    for _ in range(people):
        register(make_attendee(), event)
    with django_assert_num_queries(2):
        listed(form)


def test_file_is_for_its_owner_only_and_replaced_by_force(jam: Event, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    assert listed("ids", "--output", str(path)).err == f"{path}: 24 bytes\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(CommandError, match=r"is there already\. Add --force to replace it\.$"):
        listed("csv", "--output", str(path))
    assert path.read_text().startswith("U-ada\n")
    listed("csv", "--output", str(path), "--force")
    assert path.read_text().startswith("\ufeffid,role")


def test_dry_run_writes_nothing(jam: Event, tmp_path: Path) -> None:
    path = tmp_path / "ids"
    ran = listed("ids", "--output", str(path), "--dry-run")
    assert ran.out.strip() == "would write 4 people (24 bytes)"
    assert not path.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--format", "bot"), "--format bot needs --group and --variable."),
        (("--format", "headless", "--variable", "a"), "--group and --variable go together."),
        (("--format", "ids", *VARIABLE), "--group is for --format bot and --format headless."),
        (("--format", "csv", "--previous", "x"), "--previous is for --format bot."),
        (("--format", "bot", "--join-verifier"), "--join-verifier is for --format headless."),
        (("--format", "json", "--good-for", "2"), "--good-for is for --format snapshot."),
        (("--format", "bot", "--group", 'a"b', "--variable", "a"), "without quotation marks"),
        (("--format", "bot", "--group", "a", "--variable", "a b"), "dots between them"),
        (("--format", "headless", "--group", "Us", "--variable", "a"), "the id of the group"),
        (("--format", "bot", *VARIABLE, "--previous", "/none"), "/none cannot be read."),
        (("--format", "bot", *VARIABLE, "--previous", "\0"), "cannot be read."),
        (("--workshop", "none"), "jam has no workshop 'none'."),
    ],
)
def test_options_that_make_no_list_are_refused(
    jam: Event, options: tuple[str, ...], words: str
) -> None:
    with pytest.raises(CommandError, match=f"{words.replace('.', '[.]')}"):
        run("door_list", "jam", *options)
