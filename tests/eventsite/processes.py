"""The project as it starts with an environment of its own: in this process, or in a fresh one.

A fresh process takes a second to start, so it is for what only a real start shows.
"""

import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "4f0e8a61b7c20f5de913-4d1c7a5293be-Qm9va2luZ3MtYXJlLW9wZW4",
    "SITE_URL": "https://events.example.org",
    "NEOS_CLIENT_ID": "client",
    "NEOS_CLIENT_SECRET": "client-secret",
    "SITE_CONTACT": "Mika <contact@example.org>",
}
READ = """
import json, sys
from eventsite import settings
print(json.dumps([getattr(settings, name) for name in sys.argv[1:]], default=str))
"""


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Python in the project's folder, with these environment variables and no others of ours.

    One that goes on for ever, like a server that should not have started, is killed and fails.
    """
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def refusal(*arguments: str, **variables: str) -> str:
    """Return what a start says that ends before it began; one line, no traceback."""
    process = run(*arguments, **variables)
    return the_reason(Start(process.returncode, process.stdout, process.stderr))


# --- In this process ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Start:
    """The end of an import of the settings: a status, and what was printed."""

    status: object
    stdout: str
    stderr: str
    settings: Any = None


def start(**variables: str) -> Start:
    """Import the settings anew, with these environment variables and no others of ours.

    The modules and the environment of the running suite are put back afterwards.
    """
    stdout, stderr = io.StringIO(), io.StringIO()
    status, settings = None, None
    with redirect_stdout(stdout), redirect_stderr(stderr), forgotten(**variables):
        try:
            settings = importlib.import_module("eventsite.settings")
        except SystemExit as ended:
            status = ended.code
    return Start(status, stdout.getvalue(), stderr.getvalue(), settings)


@contextmanager
def forgotten(**variables: str) -> Iterator[None]:
    """Inside, nothing of `eventsite` has been imported, and the environment is this one."""
    environment = {"PATH": os.environ["PATH"], **variables}
    with mock.patch.dict(sys.modules), mock.patch.dict(os.environ, environment, clear=True):
        for name in [name for name in sys.modules if name.partition(".")[0] == "eventsite"]:
            del sys.modules[name]
        yield


def read(*names: str, **variables: str) -> Any:
    """The settings of these names, in a production that differs by `variables`."""
    started = start(**PRODUCTION | variables)
    assert (started.status, started.stdout, started.stderr) == (None, "", "")
    values = [getattr(started.settings, name) for name in names]
    return json.loads(json.dumps(values, default=str))  # as a process would print them


def reason(**variables: str) -> str:
    """Return what an import of the settings says that ends before the site began."""
    return the_reason(start(**variables))


def the_reason(started: Start) -> str:
    assert started.status == 3
    assert started.stdout == ""
    assert started.stderr.count("\n") == 1
    return started.stderr.removeprefix("eventsite cannot start: ").rstrip("\n")
