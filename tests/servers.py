"""Real servers for the tests that speak HTTP: gunicorn, as in production, on the test database."""

import contextlib
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import requests
from django.conf import settings
from django.db import connection

from tests.platform import SANDBOX

ROOT = Path(__file__).resolve().parent.parent
# Generous: other work on the machine must not fail a test.
START_SECONDS = 90
STOP_SECONDS = 15


class NotStarted(Exception):
    """The server ended, or never answered; what it printed is on standard error."""


@dataclass(frozen=True)
class Site:
    """A running site. It lives on its own: a row has to be committed for it to see it."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        """Everything the server has printed so far."""
        return self.log.read_text(errors="replace")

    @property
    def answering(self) -> set[str]:
        """Ids of the worker processes that have answered so far."""
        return set(re.findall(r"^<(\d+)> ", self.output, re.MULTILINE))


@contextlib.contextmanager
def running_site(
    *,
    workers: int = 1,
    threads: int = 8,
    application: str = "eventsite.wsgi:application",
    folder: Path = ROOT,
    **environment: str,
) -> Iterator[Site]:
    """A site with the sandbox as provider on a free port of 127.0.0.1, for as long as the block.

    `folder` has its code: this one's, unless another version is asked for.

    The sandbox remembers what it granted in the cache, which is local memory unless `CACHE_URL`
    says otherwise: sign-ins need one worker then. What the server printed goes to standard error
    at the end, where pytest shows it if the test failed.
    """
    with (
        tempfile.TemporaryDirectory() as directory,
        socket.create_server(("127.0.0.1", 0), backlog=512) as listener,
    ):
        url = f"http://localhost:{listener.getsockname()[1]}"
        log = Path(directory) / "server.log"
        command = [*_gunicorn(workers, threads), "--bind", f"fd://{listener.fileno()}", application]
        process = _start(command, listener, log, server_environment(url) | environment, folder)
        site = Site(url=url, log=log, process=process)
        try:
            # The server has its own copy; with ours open, nobody would learn that it died.
            listener.close()
            _wait_until_all_answer(site, workers)
            yield site
        finally:
            _stop(process)
            sys.stderr.write(site.output)


def _gunicorn(workers: int, threads: int) -> list[str]:
    options = {
        "--worker-class": "gthread",
        "--workers": str(workers),
        "--threads": str(threads),
        "--timeout": "120",
        "--graceful-timeout": "5",
        "--access-logfile": "-",
        "--access-logformat": "%(p)s %(m)s %(U)s %(s)s",  # the query may hold a secret
    }
    arguments = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "gunicorn", "--no-control-socket", *arguments]


def server_environment(url: str) -> dict[str, str]:
    """The suite's own environment, its secret key too: sessions made by a test are valid."""
    inherited = {name: value for name, value in os.environ.items() if name != "GUNICORN_CMD_ARGS"}
    return inherited | {
        "DATABASE_URL": database_url(),
        "DEBUG": "1",
        "EMAIL_URL": "dummymail://",
        **SANDBOX,
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": url,
    }


def database_url() -> str:
    """The address of the database that the running test uses, as `DATABASE_URL` takes it."""
    database = connection.settings_dict
    name = quote(str(database["NAME"]))
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    login = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    port = f":{database['PORT']}" if database["PORT"] else ""
    # What the engine needs on top, the pool say, the settings add by themselves.
    options = {key: value for key, value in database["OPTIONS"].items() if isinstance(value, str)}
    return f"postgresql://{login}@{database['HOST']}{port}/{name}?{urlencode(options)}"


def _start(
    command: list[str],
    listener: socket.socket,
    log: Path,
    environment: dict[str, str],
    folder: Path,
) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


def _wait_until_all_answer(site: Site, workers: int) -> None:
    """A page that needs no database; connections made too early wait in the socket's backlog."""
    deadline = time.monotonic() + START_SECONDS
    with requests.Session() as session:
        session.trust_env = False
        # A kept connection would always end at the same worker.
        session.headers["Connection"] = "close"
        while site.process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(requests.RequestException):
                session.get(f"{site.url}/accounts/login/", timeout=5)
            if len(site.answering) == workers:
                return
            time.sleep(0.05)
    raise NotStarted(f"{site.process.args} ended with {site.process.poll()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Ask, then insist; gunicorn's workers end by themselves once their parent is gone."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
