"""Two rules for every call to another server: few wait at the same time, and its codes are clean.

Calls are bounded per process, so that a server which never answers cannot hold all threads.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: The shape of an error code (RFC 6749 §5.2 has longer ones, but nobody uses them).
CODE = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
NO_CODE = "-"


class TooManyWait(Exception):
    """As many threads as may wait for this server are waiting."""


class Bound:
    """Counts the threads of this process that wait for one server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = 0

    @contextmanager
    def enter(self, at_most: int) -> Iterator[None]:
        """Count this thread inside of the block. Raises TooManyWait at once instead of waiting."""
        with self._lock:
            if self._waiting >= at_most:
                raise TooManyWait
            self._waiting += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting -= 1


def clean_code(code: object) -> str:
    """Return an error code of another server as it may be logged: short, ASCII, on one line."""
    if code is None or code == "":
        return NO_CODE
    text = str(code) if isinstance(code, str | int) else ""
    return text if CODE.fullmatch(text) else "unreadable"
