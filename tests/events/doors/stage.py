"""A world with a key, and what it hears."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from events.doors import keys
from events.models import Bookable, DoorKey, Event
from tests.factories import make_event

HOUR = timedelta(hours=1)


def make_key(*bookables: Bookable, secret: str = "", **fields: Any) -> str:
    """Return the secret of a key that all of these have."""
    secret = secret or keys.new_secret()
    for bookable in bookables:
        defaults = {"label": "world", "created_at": timezone.now()}
        DoorKey.objects.create(
            event=bookable.event,
            workshop=bookable.workshop,
            digest=keys.digest_of(secret),
            **defaults | fields,
        )
    return secret


def make_open_event(**fields: Any) -> Event:
    """An event that began an hour ago, and goes on for one more."""
    now = timezone.now()
    return make_event(**{"starts_at": now - HOUR, "ends_at": now + HOUR} | fields)


def ask(path: str, method: str = "GET", **environ: str) -> tuple[int, str]:
    """Return status and text, without a session or anything else that a browser has."""
    response = Client().generic(method, path, **environ)
    return response.status_code, response.content.decode()


@dataclass(frozen=True)
class Heard:
    """An answer as the server gets it from the site."""

    status: int
    headers: dict[str, str]
    body: bytes


def call(path: str, method: str = "GET", **environ: Any) -> Heard:
    """Call the site as a server does, with exactly these bytes of a path, one character each."""
    asked = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": Unread()}
    response = Client().request(**asked | environ)
    cookies = {"Set-Cookie": str(response.cookies)} if response.cookies else {}
    return Heard(response.status_code, dict(response.items()) | cookies, response.content)


class Unread:
    """A body that nobody may read."""

    def read(self, *_size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


PLAIN = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def plain(line: str) -> dict[str, str]:
    return PLAIN | {"Content-Length": str(len(line))}


@contextmanager
def failing(error: Exception, *, only: str = "") -> Iterator[None]:
    def fail(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith(only):
            raise error
        return execute(sql, *arguments)

    with connection.execute_wrapper(fail):
        yield
