"""A process whose forks die at a named point, for the tests about that: see `tests.crasher`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.servers import ROOT, database_url

Crasher = subprocess.Popen[str]
START = "import django; django.setup(); from tests.crasher import main; main()"
SECONDS = 90


@pytest.fixture(scope="module")
def crasher(django_db_setup: None) -> Iterator[Crasher]:
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
        bufsize=1,
    ) as process:
        yield process
        process.communicate(timeout=SECONDS)


def crash(crasher: Crasher, point: str, action: str, *, stripe: str = "", **values: object) -> None:
    """Do something in a fork, which has to die at the point."""
    order = {"point": point, "action": action, "stripe": stripe, "values": values}
    assert crasher.stdin is not None
    assert crasher.stdout is not None
    crasher.stdin.write(json.dumps(order) + "\n")
    assert int(crasher.stdout.readline()) == -signal.SIGKILL
