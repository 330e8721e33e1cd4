"""No request is lost while the site starts again: neither one that runs, nor one that comes then.

Real servers with the settings of `deploy/`, because it is about signals to processes. The socket is
held by the test, as `deploy/eventsite.socket` lets systemd hold it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from tests.servers import ROOT, START_SECONDS, server_environment

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]

REQUESTS = 50
SERVER = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py")
RUNNING = 10  # requests that have begun before the signal comes


class Held:
    """A socket that outlives its servers, and the server on it."""

    def __init__(self, listener: socket.socket, log: Path) -> None:
        self.listener, self.log = listener, log
        self.url = f"http://localhost:{listener.getsockname()[1]}"
        self.server = self.start()

    def start(self) -> "subprocess.Popen[bytes]":
        fd = self.listener.fileno()
        command = [*SERVER, "--workers", "2", "--bind", f"fd://{fd}", "tests.slow_site:application"]
        with self.log.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=server_environment(self.url),
                pass_fds=[fd],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def ask(self, _number: int) -> str:
        """Return how one request went: whole, or what was missing."""
        try:
            answer = requests.get(
                f"{self.url}/accounts/login/",
                headers={"Connection": "close"},
                timeout=START_SECONDS,
                proxies={},
            )
        except requests.RequestException as error:
            return type(error).__name__
        return "whole" if answer.text.rstrip().endswith("</html>") else "in part"

    def wait_until_running(self, number: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while self.log.read_text().count("begins") < number and time.monotonic() < deadline:
            time.sleep(0.02)


@contextmanager
def held(folder: Path) -> Iterator[Held]:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        site = Held(listener, folder / "server.log")
        try:
            assert site.ask(0) == "whole"
            yield site
        finally:
            site.server.kill()
            site.server.wait()
            sys.stderr.write(site.log.read_text(errors="replace"))


def ask_while(site: Held, signals: signal.Signals, *, is_started_again: bool) -> Counter[str]:
    """Ask often, send the signal once many requests run, and count how all of them went."""
    with ThreadPoolExecutor(REQUESTS) as visitors:
        answers = visitors.map(site.ask, range(2 * REQUESTS))
        site.wait_until_running(1 + RUNNING)
        os.kill(site.server.pid * (-1 if signals is signal.SIGKILL else 1), signals)
        if is_started_again:
            site.server.wait(START_SECONDS)
            site.server = site.start()
        return Counter(answers)


def test_restart_loses_no_request(tmp_path: Path) -> None:
    with held(tmp_path) as site:
        first = site.server.pid
        found = ask_while(site, signal.SIGTERM, is_started_again=True)
        assert site.server.pid != first
    assert found == {"whole": 2 * REQUESTS}


def test_reload_loses_no_request(tmp_path: Path) -> None:
    with held(tmp_path) as site:
        found = ask_while(site, signal.SIGHUP, is_started_again=False)
    assert found == {"whole": 2 * REQUESTS}


def test_server_that_does_not_wait_is_found_out(tmp_path: Path) -> None:
    """The control: master and workers are killed, whatever runs."""
    with held(tmp_path) as site:
        found = ask_while(site, signal.SIGKILL, is_started_again=True)
    assert found["whole"] < 2 * REQUESTS
