"""Count requests in the cache, per fixed window, and give back those that were honest.

A request is counted before it runs, so that many at once do not get past the limit. With a cache
in local memory every server process counts for itself; a shared `CACHE_URL` makes limits exact.
"""

import contextlib
import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from .addresses import client_network

logger = logging.getLogger(__name__)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Result = TypeVar("Result")


class CacheAway(Exception):
    """The server of the cache does not answer, so nobody knows how often somebody has tried."""


class Counts(StrEnum):
    """Name the requests that stay counted once their outcome is known."""

    ALL = "all"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` requests in each window of `per`, counted for each value of `key`.

    Views with the same `scope` share their counters; without one each view has its own.
    """

    times: int
    per: timedelta
    key: Callable[[HttpRequest], str] = client_network
    counts: Counts = Counts.ALL
    scope: str = ""

    def count(self, view: str, request: HttpRequest) -> int:
        """Count one request. Return 0, or the seconds until the next window if it is too many.

        Raises `CacheAway` where a secret may be guessed; elsewhere requests go on uncounted.
        """
        seconds = int(self.per.total_seconds())
        try:
            number = _add_one(self.counter(view, request), seconds)
        except CacheAway:
            if self.counts is Counts.FAILED:
                raise
            logger.warning("The cache is away; a request was not counted: view=%s", view)
            return 0
        return 0 if number <= self.times else seconds - int(time.time()) % seconds

    def counter(self, view: str, request: HttpRequest) -> str:
        """Return the key in the cache. What a visitor sent is hashed: it may be long or private."""
        seconds = int(self.per.total_seconds())
        who = hashlib.sha256(self.key(request).encode(errors="replace")).hexdigest()
        window = int(time.time()) // seconds
        return f"throttle:{self.scope or view}:{self.counts}:{seconds}:{window}:{who}"


def take_back(counter: str) -> None:
    """Uncount one request, unless nothing is counted: its window may have ended meanwhile."""
    with contextlib.suppress(CacheAway):
        if _ask(lambda: cache.get(counter, 0)) > 0:
            _change(counter, -1)


def _add_one(counter: str, seconds: int) -> int:
    """Return the new number. A full cache may evict the counter at once; then it is 1."""
    number = _change(counter, 1)
    if number is None and not _ask(lambda: cache.add(counter, 1, seconds)):
        number = _change(counter, 1)  # somebody else began to count at the same moment
    return 1 if number is None else number


def _change(counter: str, delta: int) -> int | None:
    try:
        return _ask(lambda: cache.incr(counter, delta))
    except ValueError:
        return None


def _ask(ask: Callable[[], Result]) -> Result:
    """Ask the cache. A counter that is not there is a `ValueError`; each client that asks another
    server has errors of its own besides: here they are a `CacheAway`. Errors of the database stay.
    """
    try:
        return ask()
    except (ValueError, DatabaseError, InterfaceError):
        raise
    except Exception as error:
        raise CacheAway from error
