"""Staff see who has a second factor, and remove a lost one."""

import json
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from events.messages.delivery import deliver_due
from tests.factories import make_local_attendee, make_organizer, make_user
from tests.second_factor import is_open, make_app, make_recovery_codes, proved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


@pytest.fixture
def mika() -> User:
    user = make_organizer(username="mika", email="mika@example.org")
    make_app(user)
    make_recovery_codes(user)
    return user


def run(*arguments: str) -> str:
    printed = StringIO()
    call_command("second_factor", *arguments, stdout=printed, stderr=StringIO())
    return printed.getvalue()


def rows() -> tuple[int, int]:
    return TOTPDevice.objects.count(), StaticDevice.objects.count()


def test_list_names_everybody_who_may_enter_the_admin(mika: User) -> None:
    make_local_attendee()
    make_user(username="root", is_staff=True, is_superuser=True)
    make_user(username="gone", is_staff=True, is_active=False)
    assert [json.loads(line) for line in run("list", "--json").splitlines()] == [
        {"username": "mika", "superuser": False, "second_factor": True, "recovery_codes": 10},
        {"username": "root", "superuser": True, "second_factor": False, "recovery_codes": 0},
    ]


def test_reset_removes_it_is_logged_and_told(
    mika: User, settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    browser = proved(mika, TOTPDevice.objects.get())
    assert is_open(browser)
    expected = "username mika  superuser False  second_factor True  recovery_codes 10"
    assert run("reset", "mika", "--yes") == f"{expected}  reset True  dry_run False\n"
    assert (rows(), is_open(browser)) == ((0, 0), False)
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (
        str(mika.pk),
        "The second factor was removed on the command line.",
    )
    deliver_due()
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (
        ["mika@example.org"],
        "Your second factor was removed for you",
    )


def test_dry_run_changes_nothing(mika: User, mailoutbox: list[EmailMessage]) -> None:
    answer = json.loads(run("reset", "mika", "--dry-run", "--json"))
    assert (answer["reset"], answer["dry_run"]) == (False, True)
    deliver_due()
    assert (rows(), LogEntry.objects.count(), mailoutbox) == ((1, 1), 0, [])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["reset"], "Say whose second factor it is"),
        (["reset", "nobody", "--yes"], "Nobody has the username 'nobody' here."),
        (["reset", "robin", "--yes"], "robin has no second factor."),
        (["reset", "mika"], r"^Nobody is there to ask\."),
    ],
)
def test_reset_that_cannot_be_meant_is_refused(
    mika: User, arguments: list[str], sentence: str
) -> None:
    make_organizer(username="robin")
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert rows() == (1, 1)


@pytest.mark.parametrize(("answer", "left"), [("y", (0, 0)), ("", (1, 1)), ("no", (1, 1))])
def test_reset_asks_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, mika: User, answer: str, left: tuple[int, int]
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: f"{answer}\n", raising=False)
    if left == (0, 0):
        run("reset", "mika")
    else:
        with pytest.raises(CommandError, match="Nothing was changed"):
            run("reset", "mika")
    assert rows() == left


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("second_factor", "--help")
    assert "manage.py second_factor reset mika --dry-run" in capsys.readouterr().out
