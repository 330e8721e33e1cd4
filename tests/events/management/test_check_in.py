"""`manage.py check_in`: one person, or what a scanner types; rules are those of the door."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError

from events.management import scanned
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register

from .running import Ran, run

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]
Clock = time_machine.Traveller


@pytest.fixture
def ada(clock: Clock) -> Registration:
    event = make_event(slug="jam", starts_at=NOON)
    return register(make_attendee(neos_id="U-ada", neos_username="Ada"), event)


def is_in(registration: Registration) -> bool:
    registration.refresh_from_db()
    return registration.checked_in_at is not None


def scan(person: str, *options: str) -> Ran:
    return run("check_in", "jam", person, *options)


@pytest.mark.parametrize("form", ["U-ada", "u-ADA", "  U-ada\u200b ", "code", "hex"])
def test_person_is_found_by_neos_id_or_code(ada: Registration, form: str) -> None:
    typed = {"code": str(ada.code), "hex": ada.code.hex.upper()}.get(form, form)
    (answer,) = scan(typed, "--json").lines
    assert answer == {
        "line": 1,
        "typed": typed,
        "answer": "checked-in",
        "name": "Ada",
        "code": str(ada.code),
        "checked_in_at": "2030-06-01T12:00:00Z",
        "dry_run": False,
    }
    assert is_in(ada)


def test_second_scan_is_fine_and_says_since_when(ada: Registration, clock: Clock) -> None:
    scan("U-ada")
    clock.shift(timedelta(minutes=5))
    again = scan("U-ada")
    since = "since Sat 1 June 2030, 12:00 (UTC)"
    assert (again.status, again.out) == (0, f"U-ada (Ada) was in already, {since}\n")


def test_dry_run_answers_and_notes_nothing(ada: Registration) -> None:
    assert scan("U-ada", "--dry-run").out == "U-ada (Ada) is in (nothing was noted)\n"
    assert not is_in(ada)


def test_check_in_is_taken_back_with_its_history(ada: Registration) -> None:
    mika = make_organizer(username="mika")
    scan("U-ada", "--by", "mika")
    ada.refresh_from_db()
    assert ada.checked_in_by == mika
    assert scan("U-ada", "--undo", "--by", "mika").out == "U-ada (Ada) is not in any more\n"
    assert not is_in(ada)
    assert LogEntry.objects.filter(user=mika).count() == 2
    again = scan("U-ada", "--undo")
    assert (again.status, again.out) == (0, "U-ada (Ada) was not in\n")


@pytest.mark.parametrize(
    "typed", ["U-other", "u-other", "U-ada2", "Ada", "", "\udcff", "x" * 5_000, "\0", "%", "0" * 32]
)
def test_anybody_else_is_not_known(ada: Registration, typed: str) -> None:
    other = register(make_attendee(neos_id="U-other"), make_event(slug="ball", starts_at=NOON))
    ran = scan(typed, "--json")
    assert (ran.status, [one["answer"] for one in ran.lines]) == (1, ["unknown"])
    assert not is_in(ada)
    assert not is_in(other)


def test_id_in_other_letters_counts_where_it_is_one_persons_only(ada: Registration) -> None:
    other = register(make_attendee(neos_id="u-Ada"), ada.event)
    assert scan("U-ADA").status == 1
    assert (is_in(ada), is_in(other)) == (False, False)
    assert scan("u-Ada").status == 0
    assert (is_in(ada), is_in(other)) == (False, True)


def test_too_early_no_place_and_cancelled_are_refused(ada: Registration) -> None:
    event = ada.event
    Event.objects.update(starts_at=NOON + timedelta(days=1), ends_at=NOON + timedelta(days=2))
    early = scan("U-ada")
    assert (early.status, early.out) == (
        1,
        "U-ada (Ada) is too early; add --even-early if it is meant\n",
    )
    assert scan("U-ada", "--even-early").status == 0
    Event.objects.update(capacity=1)
    register(make_attendee(neos_id="U-waits"), event)
    waits = scan("U-waits", "--even-early", "--json")
    assert (waits.status, waits.lines[0]["answer"]) == (1, "no-place")


def test_workshop_is_asked_by_its_address(ada: Registration) -> None:
    fog = register(ada.attendee, make_workshop(ada.event, slug="fog"))
    assert scan("U-ada", "--workshop", "fog").status == 0
    assert (is_in(fog), is_in(ada)) == (True, False)
    with pytest.raises(CommandError, match=r"^jam has no workshop 'none'\.$"):
        scan("U-ada", "--workshop", "none")


def test_what_somebody_has_comes_before_what_they_had(ada: Registration) -> None:
    Registration.objects.filter(pk=ada.pk).update(status="cancelled", ended_at=NOON)
    again = register(ada.attendee, ada.event)
    scan("U-ada")
    assert (is_in(again), is_in(ada)) == (True, False)


def test_lines_of_a_scanner_are_read_as_they_come() -> None:
    typed = b"\xef\xbb\xbfU-ada\r\n\n \t\nU-\xff\n" + b"x" * 1_000 + b"\nU-eve"
    assert list(scanned.lines_of(BytesIO(typed))) == ["U-ada", "U-\ufffd", "x" * 300, "U-eve"]


def test_options_that_do_not_go_together_are_refused(ada: Registration) -> None:
    with pytest.raises(CommandError, match=r"^--even-early is for checking in"):
        scan("U-ada", "--undo", "--even-early")
    with pytest.raises(CommandError, match=r"^No member of staff has the user name 'ada'\.$"):
        scan("U-ada", "--by", "ada")
