"""A browser in front of the backend, and providers that really misbehave on 127.0.0.1."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import responses
import social_core
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import RequestFactory
from social_django.strategy import DjangoStrategy

from neos_backend.backends import NeosOAuth2
from neos_backend.oauth import PlatformOAuth2

# The library's own test harness: it is not in the wheel, see the Makefile.
HARNESS = Path(__file__).resolve().parents[2] / ".cache" / "psa"
if (HARNESS / "tests").is_dir():
    social_core.__path__.append(str(HARNESS))

SETTINGS = {"KEY": "a-client", "SECRET": "a-client-secret"}
SCOPES = {"neos": ["profile", "email", "patreon"], "resonite": ["profile", "email"]}

# Written out here, not taken from the backend.
TOKEN = "https://cloudx-account.azurewebsites.net/connect/token"
PROFILES = "https://auth.neos.com/api/user/profiles"
PROFILE = "https://auth.neos.com/api/user/profile"
TOKEN_ANSWER = {"access_token": "a-secret-token", "token_type": "Bearer", "expires_in": 3600}
ACCOUNT = {
    "id": "U-gearfox",
    "username": "gear fox",
    "email": "gearfox@example.org",
    "isVerified": True,
    "patreonData": {"isPatreonSupporter": True, "email": "private@example.org"},
}


class MemoryNonces:
    """python-social-auth's store of started logins, without a database."""

    def __init__(self) -> None:
        self.started: set[tuple[str, int, str]] = set()

    def use(self, server_url: str, timestamp: int, salt: str) -> bool:
        self.started.add((server_url, timestamp, salt))
        return True

    def consume(self, server_url: str, timestamp: int, salt: str) -> bool:
        known = (server_url, timestamp, salt) in self.started
        self.started.discard((server_url, timestamp, salt))
        return known


class MemoryStrategy(DjangoStrategy):
    """Django's strategy with settings in a dict; a login ends in what the pipeline would get."""

    def __init__(self, request: Any, settings: dict[str, Any], nonces: MemoryNonces) -> None:
        super().__init__(SimpleNamespace(nonce=nonces), request)
        self.settings = settings

    def get_setting(self, name: str) -> Any:
        return self.settings[name]

    def authenticate(self, backend: PlatformOAuth2, **kwargs: Any) -> dict[str, Any]:
        return {"backend": backend, **kwargs}


class Browser:
    """One visitor with a session; settings are given without the prefix SOCIAL_AUTH_<NAME>_."""

    def __init__(self, kind: type[PlatformOAuth2] = NeosOAuth2, **settings: Any) -> None:
        self.kind = kind
        self.path = f"/auth/complete/{kind.name}/"
        own = {"SCOPE": SCOPES[kind.name], "REDIRECT_URI": f"https://events.example.org{self.path}"}
        named = {**SETTINGS, **own, **settings}
        prefix = f"SOCIAL_AUTH_{kind.name.upper()}_"
        self.settings = {f"{prefix}{name}": value for name, value in named.items()}
        self.session = SessionStore()
        self.nonces = MemoryNonces()

    def backend(self, query: dict[str, str] | None = None, method: str = "GET") -> PlatformOAuth2:
        """The backend as one request to the callback address gets it."""
        request = RequestFactory().generic(method, f"{self.path}?{urlencode(query or {})}")
        request.session = self.session
        strategy = MemoryStrategy(request, self.settings, self.nonces)
        return self.kind(strategy, redirect_uri=self.path)

    def start(self) -> dict[str, str]:
        """The parameters with which the browser is sent to the provider."""
        return dict(parse_qsl(urlsplit(self.backend().start().url).query))

    def finish(self, method: str = "GET", **query: str) -> dict[str, Any]:
        """The arguments of the pipeline after the provider's redirect with `query`."""
        return self.backend(query, method).complete()

    def sign_in(self) -> dict[str, Any]:
        return self.finish(code="a-code", state=self.start()["state"])


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def provider() -> Iterator[responses.RequestsMock]:
    """The provider, in process; what is not added is refused."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def neos(provider: responses.RequestsMock) -> responses.RequestsMock:
    """The provider when all is well."""
    provider.post(TOKEN, json=TOKEN_ANSWER)
    provider.get(PROFILES, json=ACCOUNT)
    return provider


class Wire:
    """Real servers on 127.0.0.1 which do what a script says with each connection."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.listeners: list[socket.socket] = []

    def serve(
        self, script: Callable[[socket.socket], object], tls: ssl.SSLContext | None = None
    ) -> str:
        """The address of a new server; `script` gets the connection after the request headers."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.listeners.append(listener)
        threading.Thread(target=self.accept, args=(listener, script, tls), daemon=True).start()
        return f"http{'s' if tls else ''}://127.0.0.1:{listener.getsockname()[1]}/"

    def accept(self, listener: socket.socket, script: Any, tls: ssl.SSLContext | None) -> None:
        # The client going away, or the listener at the end of the test, is no error here.
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError):
                    self.answer(connection, script, tls)

    def answer(self, connection: socket.socket, script: Any, tls: ssl.SSLContext | None) -> None:
        if tls:
            connection = tls.wrap_socket(connection, server_side=True)
        with connection:
            self.requests.append(connection.recv(65536).decode())
            script(connection)

    def close(self) -> None:
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)  # wakes up accept()
            listener.close()


@pytest.fixture
def wire() -> Iterator[Wire]:
    servers = Wire()
    yield servers
    servers.close()
