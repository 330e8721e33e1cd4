"""Say how many processes serve the site, and whether they count tries together."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

NUMBER = re.compile(r"[1-9][0-9]{0,3}")
OPTION = re.compile(r"(?:-w=?|--workers=)(.*)")
STEP = "Set CACHE_URL=dbcache://cache, then run `manage.py createcachetable`."


def workers_of_environment() -> int | None:
    """Return how many workers gunicorn is told to start, where its variables say so."""
    words = os.environ.get("GUNICORN_CMD_ARGS", "").split()
    return _option(words) or _number(os.environ.get("WEB_CONCURRENCY", ""))


def workers_of_server(command_line: list[str]) -> int | None:
    """Return how many workers the server of this process starts; None if it is no gunicorn.

    gunicorn prefers its command line to its variables. `deploy/gunicorn.conf.py` leaves the number
    to these; another file of settings may say something that is not seen here.
    """
    # `gunicorn`, or `gunicorn/__main__.py` with `python -m`.
    if "gunicorn" not in Path(command_line[0]).parts[-2:]:
        return None
    return _option(command_line[1:]) or workers_of_environment() or 1


def _option(words: list[str]) -> int | None:
    """Return the last number that the options name, as gunicorn reads them."""
    found = [_number(value) for value in _values(words)]
    return found[-1] if found else None


def _values(words: list[str]) -> Iterator[str]:
    for word, following in zip(words, [*words, ""][1:], strict=True):
        if word in ("-w", "--workers"):
            yield following
        elif match := OPTION.fullmatch(word):
            yield match[1]


def _number(text: str) -> int | None:
    return int(text) if NUMBER.fullmatch(text) else None


def is_cache_alone() -> bool:
    """Return whether each process has a cache of its own."""
    return "locmem" in settings.CACHES["default"]["BACKEND"]


def say_cache_is_alone(workers: int) -> str:
    return f"{workers} workers have no cache in common: each counts tries by itself."
