"""Remember which pages staff have written, for the footer of every page.

A process remembers it for a minute, because every page asks and hardly anything ever changes.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, InterfaceError

from events.models import PageVersion, SitePage
from events.site_pages import newest_versions

SECONDS = 60


@dataclass
class _Memory:
    pages: list[dict[str, Any]] = field(default_factory=list)
    until: float = 0.0


_memory = _Memory()


def written() -> list[SitePage]:
    """Return the pages that people can read, without their texts; none while the database is away.

    Their titles are those that were published: the rows of pages have what staff are writing. The
    four known ones come first, in our order, and then the others by their addresses.
    """
    if time.monotonic() >= _memory.until:
        try:
            remember(_published())
        except (DatabaseError, InterfaceError):
            return []
    return [SitePage(**page) for page in _memory.pages]


def _published() -> list[dict[str, Any]]:
    return [_titles(version) for version in newest_versions().defer("text", "page__text")]


def _titles(version: PageVersion) -> dict[str, Any]:
    titles = {
        language: {"title": words["title"]}
        for language, words in version.translations.items()
        if "title" in words
    }
    return {"name": version.page.name, "title": version.title, "translations": titles}


def remember(pages: Iterable[dict[str, Any]]) -> None:
    known = [*SitePage.Name.values]

    def place(page: dict[str, Any]) -> tuple[int, str]:
        name = page["name"]
        return (known.index(name) if name in known else len(known), name)

    _memory.pages = sorted(pages, key=place)
    _memory.until = time.monotonic() + SECONDS


def forget() -> None:
    """Look again at the next page: one was written."""
    _memory.until = 0.0
