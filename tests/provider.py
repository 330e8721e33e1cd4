"""A provider that does what a test tells it, on an origin of its own, over real HTTP.

The authorization code names the case: it decides what the token endpoint answers, and the token
then decides about the profile. So many cases run side by side.
"""

import contextlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.platform import PLATFORM

#: No answer goes on for longer, so that a test which fails to stop it still ends.
LONGEST = 40.0


@dataclass(frozen=True)
class Answer:
    """One HTTP answer: `delay` in seconds before it, `repeat` times the body, `pause` between."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    repeat: int = 1
    pause: float = 0.0


def say(value: Any, **answer: Any) -> Answer:
    """An answer of JSON."""
    return Answer(json.dumps(value).encode(), **answer)


def token(case: str) -> Answer:
    """A good token answer, whose token is the name of the case."""
    return say({"access_token": case, "token_type": "Bearer", "expires_in": 3600})


@dataclass(frozen=True)
class Case:
    """Answers to one sign-in; those that are not named are good."""

    profile: Answer
    token: Answer | None = None


class Provider(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, cases: Mapping[str, Case], port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.cases = dict(cases)
        self.asked: Counter[str] = Counter()
        self.url = f"http://127.0.0.1:{self.server_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The site's settings that point here."""
        variables = {
            "SANDBOX": "0",
            "CLIENT_ID": "test-client",
            "CLIENT_SECRET": "test-client-secret",
            "AUTHORIZATION_URL": f"{self.url}/connect/authorize",
            "TOKEN_URL": f"{self.url}/connect/token",
            "PROFILE_URL": self.url + urlsplit(PLATFORM.profile_url).path,
        }
        return {f"{PLATFORM.variables}{name}": value for name, value in variables.items()}

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is what many cases are about."""


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        case = parse_qs(self.rfile.read(length).decode())["code"][0]
        self.server.asked[f"token {case}"] += 1
        self.give(self.server.cases[case].token or token(case))

    def do_GET(self) -> None:
        case = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self.server.asked[f"{self.path} {case}"] += 1
        self.give(self.server.cases[case].profile)

    def give(self, answer: Answer) -> None:
        time.sleep(min(answer.delay, LONGEST))
        self.send_response(answer.status)
        for name, value in ({"Content-Type": "application/json"} | dict(answer.headers)).items():
            self.send_header(name, value)
        self.end_headers()
        ends_at = time.monotonic() + LONGEST
        for _ in range(answer.repeat):
            self.wfile.write(answer.body)
            time.sleep(answer.pause)
            if time.monotonic() > ends_at:
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name for it
        """Nothing: what was asked is in `asked`."""


@contextlib.contextmanager
def running_provider(cases: Mapping[str, Case], *, port: int = 0) -> Iterator[Provider]:
    """A provider on a free port, or on `port` where another one was before."""
    with Provider(cases, port) as provider:
        thread = threading.Thread(target=provider.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()
