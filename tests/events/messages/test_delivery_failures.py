"""Mail servers that are gone, slow or full: what is tried again, and what is a dead letter."""

import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from pytest_django import Settings

from events.messages import delivery
from events.messages.delivery import Delivered
from events.models import Notification
from tests.factories import NOON
from tests.mail_server import Refusing, Sink, fine, mail_server

from .test_delivery import SMTP, make_person, owe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
NOBODY = {"ada@example.org": (550, b"no such user")}
BUSY = {"ada@example.org": (450, b"mailbox busy")}


def use(settings: Settings, port: int) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = SMTP, 0.3
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port


def refuse(settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(Refusing, "error", error)
    settings.EMAIL_BACKEND = "tests.mail_server.Refusing"


def states() -> list[str]:
    """The states of all messages; one that is tried again is queued with a time."""
    rows = Notification.objects.order_by("pk")
    return [
        "again" if row.state == "queued" and row.next_try_at else str(row.state) for row in rows
    ]


# --- What an error means -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (smtplib.SMTPRecipientsRefused(BUSY), Delivered(retried=1)),
        (smtplib.SMTPSenderRefused(452, b"full", "events@localhost"), Delivered(retried=1)),
        (smtplib.SMTPDataError(451, b"later"), Delivered(retried=1)),
        (smtplib.SMTPResponseException(421, b"too many"), Delivered(retried=1)),
        (smtplib.SMTPRecipientsRefused(NOBODY), Delivered(dead=1)),
        (smtplib.SMTPDataError(554, b"spam"), Delivered(dead=1)),
        (smtplib.SMTPServerDisconnected("gone"), Delivered(dead=1)),
        (TimeoutError("timed out"), Delivered(dead=1)),
        (ValueError("no such header"), Delivered(dead=1)),
    ],
    ids=repr,
)
def test_only_a_server_that_says_later_is_asked_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, error: Exception, outcome: Delivered
) -> None:
    owe(make_person("ada"))
    refuse(settings, monkeypatch, error)
    assert delivery.deliver_due() == outcome
    assert states() == ["again" if outcome.retried else "dead"]
    assert Notification.objects.get().last_error.startswith(f"{type(error).__name__}: ")


def test_tries_come_further_and_further_apart_and_end(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    owe(make_person("ada"))
    refuse(settings, monkeypatch, smtplib.SMTPDataError(451, b"later"))
    waits, before = [], NOON
    while delivery.deliver_due() == Delivered(retried=1):
        at = Notification.objects.get().next_try_at
        assert at is not None
        waits.append((at - before) // timedelta(minutes=1))
        clock.move_to(at - timedelta(seconds=1))
        assert delivery.deliver_due() == Delivered()
        clock.move_to(at)
        before = at
    assert waits == [1, 5, 30, 120, 360, 720]
    assert (states(), Notification.objects.get().tries) == (["dead"], 7)


def test_failure_is_logged_without_address_and_without_foreign_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    owe(make_person("ada"))
    refuse(settings, monkeypatch, smtplib.SMTPDataError(554, b"ada@example.org is spam\x00\xff"))
    delivery.deliver_due()
    notification = Notification.objects.get()
    line = f"Message of notification {notification.pk} is a dead letter: SMTPDataError"
    assert [record.getMessage() for record in caplog.records] == [line]
    # The staff may read it.
    assert r"ada@example.org is spam\x00\xff" in notification.last_error


# --- Real servers ------------------------------------------------------------------------------


def silent(_line: str) -> str:
    return ""


def garbage(_line: str) -> str:
    return "\x00ok?"


@pytest.mark.parametrize("end", [silent, garbage])
def test_message_that_may_have_been_taken_is_never_sent_again(
    settings: Settings, clock: Clock, end: Callable[[str], str]
) -> None:
    owe(make_person("ada"))
    with mail_server(end=end) as server:
        use(settings, server.port)
        assert delivery.deliver_due() == Delivered(dead=1)
        clock.shift(timedelta(days=2))
        assert delivery.deliver_due() == Delivered()
    assert (len(server.taken), states()) == (1, ["dead"])


def test_refused_recipient_stops_nobody_else(settings: Settings) -> None:
    owe(*map(make_person, ["ada", "bo", "cy", "di"]))
    answers = {"bo": "550 no such user", "cy": "450 mailbox busy"}

    def answer(line: str) -> str:
        return next((said for who, said in answers.items() if f"<{who}@" in line), "250 ok")

    with mail_server(recipient=answer) as server:
        use(settings, server.port)
        assert delivery.deliver_due() == Delivered(sent=2, retried=1, dead=1)
    assert states() == ["sent", "dead", "again", "sent"]
    assert len(server.taken) == 2


def test_silence_in_the_middle_of_a_batch_stops_nobody_else(settings: Settings) -> None:
    owe(*map(make_person, ["ada", "bo", "cy"]))
    with mail_server(end=lambda text: "" if "bo@example.org" in text else fine(text)) as server:
        use(settings, server.port)
        assert delivery.deliver_due() == Delivered(sent=2, dead=1)
    assert states() == ["sent", "dead", "sent"]


@pytest.mark.parametrize("door", ["closed", "mute"])
def test_server_that_is_gone_ends_the_batch_and_the_next_one_sends_it(
    settings: Settings, clock: Clock, door: str
) -> None:
    owe(*map(make_person, ["ada", "bo", "cy"]))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        use(settings, listener.getsockname()[1])
        if door == "closed":
            listener.close()
        assert delivery.deliver_due() == Delivered(retried=1)
    assert states() == ["again", "queued", "queued"]
    clock.shift(timedelta(minutes=1))
    with mail_server() as server:
        use(settings, server.port)
        assert delivery.deliver_due() == Delivered(sent=3)
    assert len(server.taken) == 3


@pytest.mark.parametrize("backend", ["Unopenable", "Unclosable"])
def test_backend_that_raises_anything_ends_no_round(
    settings: Settings, clock: Clock, backend: str
) -> None:
    """smtplib, for one, raises ValueError for a password that is not ASCII."""
    owe(*map(make_person, ["ada", "bo"]))
    settings.EMAIL_BACKEND = f"tests.mail_server.{backend}"
    found = delivery.deliver_due()
    expected = {
        "Unopenable": (Delivered(retried=1), ["again", "queued"]),
        "Unclosable": (Delivered(dead=2), ["dead", "dead"]),
    }
    assert (found, states()) == expected[backend]


# --- Dead letters ------------------------------------------------------------------------------


def test_dead_letter_is_sent_again_when_asked_with_all_its_tries(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage]
) -> None:
    owe(make_person("ada"))
    usual = settings.EMAIL_BACKEND
    refuse(settings, monkeypatch, smtplib.SMTPDataError(554, b"spam"))
    delivery.deliver_due()
    notification = Notification.objects.get()
    assert [delivery.send_again(notification) for _ in range(2)] == [True, False]
    assert (states(), Notification.objects.get().tries) == (["queued"], 0)
    settings.EMAIL_BACKEND = usual
    assert (delivery.deliver_due(), len(mailoutbox)) == (Delivered(sent=1), 1)
    assert delivery.send_again(notification) is False


def test_message_that_is_being_handed_over_cannot_be_sent_again(clock: Clock) -> None:
    owe(make_person("ada"))
    notification = Notification.objects.get()
    assert delivery._claim(notification.pk) is True
    assert delivery.send_again(notification) is False
    clock.shift(delivery.HANDING_OVER)
    assert delivery.send_again(notification) is True


def test_sink_takes_what_it_is_sent(settings: Settings) -> None:
    """The control of the tests above: nothing is wrong with a server that answers."""
    owe(make_person("ada"))
    with mail_server() as server:
        assert isinstance(server, Sink)
        use(settings, server.port)
        assert delivery.deliver_due() == Delivered(sent=1)
    assert "Subject: You are in: Jam" in server.taken[0]
