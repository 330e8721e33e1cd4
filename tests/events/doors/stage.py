"""A world with a key, and what it hears."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache.backends.base import BaseCache
from django.db import connection
from django.test import Client
from django.utils import timezone

from events.doors import keys
from events.http.request_ids import HEADER
from events.models import Bookable, DoorKey, Event, Registration
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
    headers = dict(response.items())
    assert re.fullmatch("[0-9a-f]{32}", headers.pop(HEADER))  # another for each answer
    return Heard(response.status_code, headers | cookies, response.content)


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


class CacheAway(BaseCache):
    """Raises what no exception of Django is, as the client of another server may."""

    def __init__(self, *_arguments: object) -> None:
        super().__init__({})

    def add(self, *_arguments: object, **_named: object) -> bool:
        raise EOFError("a secret")

    get = set = add  # type: ignore[assignment]

    def incr(self, *_arguments: object, **_named: object) -> int:
        raise EOFError("a secret")


#: For `settings.CACHES`.
AWAY = {"default": {"BACKEND": f"{__name__}.CacheAway", "LOCATION": "nowhere"}}


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the log has of warnings, and of errors, which are mailed."""
    found = [each for each in caplog.records if each.levelno >= logging.WARNING]
    return [
        f"{'' if each.levelno == logging.WARNING else 'MAIL '}{each.getMessage()}" for each in found
    ]


@contextmanager
def failing(error: Exception, *, only: str = "") -> Iterator[None]:
    def fail(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith(only):
            raise error
        return execute(sql, *arguments)

    with connection.execute_wrapper(fail):
        yield


@contextmanager
def deleting(model: type[Event | Registration], *, before: int) -> Iterator[list[object]]:
    """Delete all rows of the model before that many statements have run, as somebody else does."""
    run: list[str] = []
    deleted: list[object] = []

    def count(execute: Any, sql: str, *arguments: Any) -> Any:
        run.append(sql)
        if len(run) == before:
            for each in {Registration: None, model: None}:  # an event keeps its registrations
                each.objects.all().delete()
            deleted.append(model)
        return execute(sql, *arguments)

    with connection.execute_wrapper(count):
        yield deleted
