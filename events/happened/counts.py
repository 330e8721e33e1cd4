"""Count in memory what happens in this process, by hour; `figures.py` adds it to the database.

A page that counts waits for nothing: a lock of this process for some microseconds, no statement.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

#: Names of figures. What a label of each says is in docs/operations.md.
HAPPENED, REQUEST, PROVIDER, LOCK, DOOR = "happened", "request", "provider", "lock", "door"
#: Upper bounds, in seconds, of what is counted as quick.
BOUNDS = (0.1, 1.0, 5.0)
MOST_OF_LABEL = 100

#: Hour, name, label.
Key = tuple[datetime, str, str]


@dataclass(slots=True)
class Sum:
    """`within` has a number for each of `BOUNDS`: how many took no longer than that."""

    number: int = 0
    seconds: float = 0.0
    within: tuple[int, int, int] = (0, 0, 0)

    def add(self, other: "Sum") -> None:
        self.number += other.number
        self.seconds += other.seconds
        a, b, c = (mine + more for mine, more in zip(self.within, other.within, strict=True))
        self.within = (a, b, c)


_lock = threading.Lock()
_sums: dict[Key, Sum] = {}
_listeners: list[Callable[[], None]] = []


def count(name: str, label: str, seconds: float = 0.0) -> None:
    """Count one more of it. A label is one of few words, and never says who it is about."""
    first, second, third = (int(seconds <= bound) for bound in BOUNDS)
    _add(_key(name, label), Sum(1, seconds, (first, second, third)))
    for listener in _listeners:
        listener()


def _key(name: str, label: str) -> Key:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    return hour, name, label[:MOST_OF_LABEL]


def _add(key: Key, more: Sum) -> None:
    with _lock:
        _sums.setdefault(key, Sum()).add(more)


def take_all() -> dict[Key, Sum]:
    """Return what was counted since the last call, and begin anew."""
    global _sums
    with _lock:
        taken, _sums = _sums, {}
    return taken


def put_back(sums: dict[Key, Sum]) -> None:
    """Count again what could not be written."""
    for key, one in sums.items():
        _add(key, one)


def provider_answered(provider: str, outcome: str, seconds: float) -> None:
    count(PROVIDER, f"{provider} {outcome}", seconds)


def tell(listener: Callable[[], None]) -> None:
    """Call `listener` after each count."""
    _listeners.append(listener)


@contextmanager
def timed(name: str, label: str, *, failed: str) -> Iterator[None]:
    """Count what runs inside with its time; under the label `failed` if it raises."""
    began = time.perf_counter()
    try:
        yield
    except BaseException:
        count(name, failed, time.perf_counter() - began)
        raise
    count(name, label, time.perf_counter() - began)
