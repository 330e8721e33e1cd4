"""The mail queue under several threads and processes, one of which is killed."""

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local
from typing import ClassVar

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from pytest_django import Settings

from events.messages import delivery
from events.messages.delivery import Delivered
from events.models import Notification
from tests.factories import NOON
from tests.mail_server import mail_server
from tests.servers import database_url

from .test_delivery import SMTP, make_person, owe, recipients

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

DELIVER = """
import sys, django
django.setup()
from django.conf import settings
from events.messages import delivery
settings.EMAIL_BACKEND = sys.argv[1]
print(delivery.deliver_due().sent)
"""


def start_elsewhere(backend: str, *, port: int = 1) -> "subprocess.Popen[str]":
    """A process of its own that empties the queue."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "eventsite.settings",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "-c", DELIVER, backend]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


class Meeting(BaseEmailBackend):
    """Each thread waits here for the other, with the same messages in hand and none claimed."""

    barrier: ClassVar[Barrier]
    met: ClassVar[local]
    taken: ClassVar[list[str]]

    def open(self) -> None:
        if not hasattr(self.met, "once"):
            self.met.once = True
            self.barrier.wait(20)

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        self.taken.extend(recipients(list(messages)))
        return len(messages)


def deliver_twice_at_once(settings: Settings) -> list[str]:
    settings.EMAIL_BACKEND = f"{__name__}.Meeting"
    Meeting.barrier, Meeting.met, Meeting.taken = Barrier(2), local(), []

    def deliver(_number: int) -> None:
        try:
            delivery.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(deliver, range(2)))
    return sorted(Meeting.taken)


def test_two_at_once_send_each_message_once(settings: Settings) -> None:
    owe(*map(make_person, ["ada", "bo", "cy"]))
    assert deliver_twice_at_once(settings) == [f"{who}@example.org" for who in ["ada", "bo", "cy"]]


def test_two_at_once_without_the_claim_send_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "_claim", lambda _pk: True)
    owe(make_person("ada"))
    assert deliver_twice_at_once(settings) == ["ada@example.org"] * 2


@pytest.mark.server
def test_two_processes_share_the_queue() -> None:
    owe(*(make_person(f"p{number}") for number in range(30)))
    with mail_server() as server:
        processes = [start_elsewhere(SMTP, port=server.port) for _ in range(2)]
        said = [int(process.communicate(timeout=60)[0]) for process in processes]
    noted = Notification.objects.filter(state="sent").count()
    assert (sum(said), len(server.taken), noted) == (30, 30, 30)
    to = {line for text in server.taken for line in text.splitlines() if line.startswith("To:")}
    assert len(to) == 30


@pytest.mark.server
def test_killed_process_leaves_a_dead_letter_and_nothing_is_sent_twice(
    mailoutbox: list[EmailMessage],
) -> None:
    owe(*map(make_person, ["ada", "bo"]))
    process = start_elsewhere("tests.mail_server.Killing")
    assert (process.communicate(timeout=60)[0], process.returncode) == ("", -9)
    rows = Notification.objects.order_by("pk")
    assert list(rows.values_list("state", flat=True)) == ["sending", "queued"]
    assert delivery.deliver_due() == Delivered(sent=1)
    assert recipients(mailoutbox) == ["bo@example.org"]
    # The claim ran out by the stopped clock of this test: a dead letter, and the other one sent.
    assert list(rows.values_list("state", flat=True)) == ["sending", "sent"]
    assert list(Notification.objects.dead(NOON)) == [rows[0]]
