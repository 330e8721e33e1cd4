"""Commands in this process, as `call_command` runs them, and in one of their own."""

import json
import os
import pty
import subprocess
import sys
import termios
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection

from tests.platform import SANDBOX
from tests.servers import ROOT, database_url

SECONDS = 90
DEMO = {"PAYMENT_PROVIDER": "sandbox", "DEBUG": "1", **SANDBOX}


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def run(*arguments: str) -> Ran:
    """Run it here. Raises `CommandError` for what it refuses."""
    out, err, status = StringIO(), StringIO(), 0
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except SystemExit as ended:
        status = int(str(ended.code))
    return Ran(status, out.getvalue(), err.getvalue())


def environment(**variables: str) -> dict[str, str]:
    return os.environ | DEMO | {"DATABASE_URL": database_url(), "PYTHONUTF8": "1"} | variables


def start(*arguments: str, typed: bytes = b"", **variables: str) -> Ran:
    """Run it in a process of its own, with pipes."""
    connection.close()
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(**variables),
        input=typed,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def start_on_terminal(*arguments: str, typed: bytes = b"", **variables: str) -> Ran:
    """Run it on a terminal of its own; `out` is all that the terminal shows."""
    connection.close()
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, 80))
    with subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment(TERM="xterm", **variables),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        os.write(ours, typed)
        shown = b"".join(iter(lambda: _read(ours), b""))
        status = process.wait(SECONDS)
    os.close(ours)
    return Ran(status, shown.decode(errors="replace"), "")


def _read(number: int) -> bytes:
    try:
        return os.read(number, 4_096)
    except OSError:  # the other end is closed
        return b""
