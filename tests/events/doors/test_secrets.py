"""The key of a door: attacks on it, and every place where it could be left behind."""

import logging
import secrets
import sys
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import ProgrammingError
from pytest_django import Settings

from events.doors import keys
from events.models import DoorKey, Event
from eventsite.logs import without_secret
from tests.error_mail import wait_for_error_mail
from tests.events.doors.stage import ask, call, failing, make_key, make_open_event
from tests.factories import NOON, make_attendee
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

UNKNOWN = (404, "DENY unknown-key")


@pytest.fixture
def event() -> Event:
    event = make_open_event()
    register(make_attendee(neos_id="U-ada"), event)
    return event


# --- Guessed, used again, used elsewhere ----------------------------------------------------------


def test_guesses_near_a_key_find_nothing(event: Event) -> None:
    key = make_key(event)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    after = alphabet[(alphabet.index(key[-1]) + 1) % 32]
    near = [key[:-1], key + "a", key[:-1] + after, key[::-1], key[1:] + key[0], f"{key}%00"]
    digest, pk = DoorKey.objects.values_list("digest", "pk").get()
    asked = [ask(f"/door/{guess}/U-ada") for guess in [*near, digest, digest[:32], str(pk), "%"]]
    assert asked == [UNKNOWN] * 10
    assert ask(f"/door/{key}/U-ada") == (200, "ALLOW guest")


def test_key_is_stored_as_its_digest_only(event: Event) -> None:
    key = make_key(event)
    row = DoorKey.objects.values().get()
    assert [name for name, value in row.items() if key in str(value)] == []


def test_revoked_key_is_of_no_use_at_once(event: Event, clock: time_machine.Traveller) -> None:
    key = make_key(event, may_check_in=True)
    assert ask(f"/door/{key}/U-ada") == (200, "ALLOW guest")
    DoorKey.objects.update(revoked_at=NOON)
    paths = ["U-ada", "list.txt", "list.json"]
    assert [ask(f"/door/{key}/{path}") for path in paths] == [UNKNOWN] * 3
    assert ask(f"/door/{key}/U-ada/in", "POST") == UNKNOWN
    clock.shift(timedelta(days=400))
    assert ask(f"/door/{key}/U-ada") == UNKNOWN


def test_key_of_another_event_tells_nothing_of_this_one(event: Event) -> None:
    other = make_open_event(title="Other")
    register(make_attendee(neos_id="U-other"), other)
    key = make_key(other, may_check_in=True)
    asked = [ask(f"/door/{key}/{who}") for who in ("U-ada", "U-other")]
    assert asked == [(200, "DENY not-registered"), (200, "ALLOW guest")]
    assert ask(f"/door/{key}/list.txt") == (200, "U-other")
    assert "U-ada" not in ask(f"/door/{key}/list.json")[1]
    noted = [ask(f"/door/{key}/U-ada/{action}", "POST") for action in ("in", "out")]
    assert noted == [(200, "DENY not-registered")] * 2
    assert event.registrations.filter(checked_in_at=None, left_at=None).count() == 1


# --- Left behind ----------------------------------------------------------------------------------


def spellings(key: str) -> list[str]:
    return [
        f"/door/{key}/U-ada",
        f"/Door/{key.upper()}/U-ada/",
        f"//door//{key}//U-ada",
        f"/door/{key}",
        f"/door/{key}/list.txt",
        f"/door/{key}/U-ada/in",
        f"/x/door/{key}/U-ada",
        f"/doors/{key}/",
        f"/?door={key}",
        f"/%64oor/{key}/U-ada",
    ]


@pytest.mark.parametrize("fault", [None, ProgrammingError("wrong")])
def test_key_is_in_no_log_and_no_mail(
    settings: Settings,
    event: Event,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[EmailMessage],
    fault: Exception | None,
) -> None:
    """The door itself logs no key, before any filter; other addresses are filtered."""
    settings.ADMINS = [("Staff", "staff@example.org")]
    caplog.set_level(logging.DEBUG)
    key = make_key(event)
    stream = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    old = stream.setStream(LiveError())
    if fault is None:
        for path in spellings(key):
            call(path)
    else:
        with failing(fault):
            for path in spellings(key)[:5]:
                assert call(path).status == 500
    stream.setStream(old)
    wait_for_error_mail()
    written = capfd.readouterr().err.lower()
    mailed = "".join(f"{mail.subject}{mail.body}" for mail in mailoutbox).lower()
    assert (key in written, key in mailed, len(mailoutbox)) == (False, False, 5 if fault else 0)
    of_door = [r.getMessage().lower() for r in caplog.records if r.getMessage().startswith("Door")]
    assert [line for line in of_door if key in line] == []


class LiveError:
    """Writes to the standard error of this moment, which pytest captures."""

    def write(self, text: str) -> None:
        sys.stderr.write(text)

    def flush(self) -> None:
        return


@pytest.mark.parametrize(
    "line",
    [
        "Not Found: /door/{key}/U-ada",
        "Not Found: //Door//{KEY}//U-ada",
        "Referer checking failed - https://events.example.org/door/{key}/U-ada does not match",
        "GET /%64oor/{key}/U-ada HTTP/1.1",
        "/accounts/login/?next=%2Fdoor%2F{key}%2FU-ada",
        "ValueError('{key}')",
    ],
)
def test_filter_of_the_log_leaves_keys_out(line: str) -> None:
    key = keys.new_secret()
    written = str(without_secret(line.format(key=key, KEY=key.upper())))
    assert (key in written.lower(), "…" in written) == (False, True)


@pytest.mark.parametrize(
    "line",
    ["/events/door/", "/outdoor/x", "digest " + "0" * 32, secrets.token_hex(32), "a door: /x"],
)
def test_filter_of_the_log_leaves_other_words(line: str) -> None:
    assert without_secret(line) == line


def test_key_in_the_referer_is_not_repeated(event: Event) -> None:
    """A page that was visited from the door's answer neither shows nor keeps where from."""
    key = make_key(event)
    heard = call("/", HTTP_REFERER=f"http://testserver/door/{key}/U-ada")
    assert (heard.status, key.encode() in heard.body) == (200, False)
    answer = call(f"/door/{key}/U-ada")
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_answers_and_lists_do_not_repeat_the_key(event: Event) -> None:
    key = make_key(event)
    for path in (*spellings(key)[:5], f"/door/{key}/{key}", f"/door/{key}x/U-ada"):
        assert key not in ask(path)[1]
