"""Remember which pages staff have written, for the footer of every page.

A process remembers it for a minute, because every page asks and hardly anything ever changes.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError

from events.models import SitePage

SECONDS = 60


@dataclass
class _Memory:
    names: list[str] = field(default_factory=list)
    until: float = 0.0


_memory = _Memory()


def written() -> list[SitePage]:
    """Return the pages that are there, without their texts; none while the database is away."""
    if time.monotonic() >= _memory.until:
        try:
            remember(SitePage.objects.values_list("name", flat=True))
        except (DatabaseError, InterfaceError):
            return []
    return [SitePage(name=name) for name in _memory.names]


def remember(names: Iterable[str]) -> None:
    there = set(names)
    _memory.names = [name for name in SitePage.Name.values if name in there]
    _memory.until = time.monotonic() + SECONDS


def forget() -> None:
    """Look again at the next page: one was written."""
    _memory.until = 0.0
