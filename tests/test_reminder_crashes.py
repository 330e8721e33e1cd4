"""A process is killed between each two steps of reminding people, and housekeeping comes round.

Nobody is reminded twice, and nobody is lost: what was claimed when the process died may have gone
out, so it is a dead letter that staff sees and can send again.
"""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from events.messages import delivery, reminders
from events.models import Attendee, Notification, Registration
from tests.factories import make_attendee, make_event, make_user
from tests.lines import register
from tests.servers import ROOT, database_url

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

START = "import django; django.setup(); from tests.crasher import main; main()"
SECONDS = 90
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVERYBODY = {f"{name}@example.org" for name in ("ada", "bo", "cy", "di")}


@pytest.fixture(scope="module")
def crasher(django_db_setup: None) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own whose forks can be killed: it takes a second to start, they do not."""
    environment = {
        "DATABASE_URL": database_url(),
        "PAYMENT_PROVIDER": "stripe",
        "STRIPE_SECRET_KEY": "sk_test_of_the_test_suite",
        "STRIPE_WEBHOOK_SECRET": "whsec_of_the_test_suite",
        "EMAIL_URL": "dummymail://",
        "DEBUG": "1",
    }
    with subprocess.Popen(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.communicate(timeout=SECONDS)


def crash(
    crasher: "subprocess.Popen[str]",
    point: str,
    folder: Path,
    *,
    action: str = "remind",
    **values: object,
) -> None:
    values["folder"] = str(folder)
    order = {"point": point, "action": action, "stripe": "", "values": values}
    assert crasher.stdin is not None
    assert crasher.stdout is not None
    crasher.stdin.write(json.dumps(order) + "\n")
    crasher.stdin.flush()
    assert int(crasher.stdout.readline()) == -signal.SIGKILL


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """Where mails go, also those of the killed process; two at each of two events are due."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    for names in (("ada", "bo"), ("cy", "di")):
        event = make_event(starts_at=timezone.now() + 20 * HOUR)
        for name in names:
            register(reader(name), event)
    Registration.objects.update(confirmed_at=timezone.now() - 3 * DAY)
    Notification.objects.update(state="sent", sent_at=timezone.now())
    return tmp_path


def reader(name: str) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, email_confirmed_at=timezone.now())


def reminded(folder: Path) -> Counter[str]:
    """Count the mails that each has got."""
    text = "\n".join(path.read_text() for path in folder.iterdir())
    lines = (line for line in text.splitlines() if line.startswith("To: "))
    return Counter(line.removeprefix("To: ") for line in lines)


def keep_house() -> None:
    for _ in range(2):
        reminders.tell(timezone.now())
        delivery.deliver_due()


@pytest.mark.parametrize(
    ("point", "sent", "dead"),
    [
        ("reminder due", 4, 0),
        ("reminder owed", 4, 0),
        ("reminder claimed", 3, 1),
        ("reminder handed over", 4, 1),
        ("reminder noted", 4, 0),
    ],
)
def test_killed_reminder_run_loses_nobody_and_reminds_nobody_twice(
    crasher: "subprocess.Popen[str]", folder: Path, point: str, sent: int, dead: int
) -> None:
    crash(crasher, point, folder)
    keep_house()
    told = Notification.objects.filter(kind="reminder-day")
    assert (told.count(), reminded(folder).total()) == (4, sent)
    assert max(reminded(folder).values()) == 1

    with time_machine.travel(timezone.now() + HOUR):
        letters = Notification.objects.dead(timezone.now())
        assert letters.count() == dead
        if sent == 4:
            assert set(reminded(folder)) == EVERYBODY
        else:
            assert [delivery.send_again(letter) for letter in letters] == [True]
            delivery.deliver_due()
            assert (set(reminded(folder)), reminded(folder).total()) == (EVERYBODY, 4)


def test_run_that_nobody_kills_reminds_everybody_once(folder: Path) -> None:
    keep_house()
    assert reminded(folder) == Counter(dict.fromkeys(EVERYBODY, 1))
