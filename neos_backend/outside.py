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


#: How long the next thread waits for one of the others to come back: a healthy server has
#: answered by then.
PATIENCE_SECONDS = 2.0


class TooManyWait(Exception):
    """As many threads as may wait for this server are waiting."""


class Bound:
    """Counts the threads of this process that wait for one server, and those behind them.

    Only as many may queue as may wait, so that a server which hangs holds twice the bound at most.
    Once somebody has queued in vain, the next are refused at once until a thread comes back.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting = 0
        self._queued = 0
        self._is_stuck = False

    @contextmanager
    def enter(self, at_most: int) -> Iterator[None]:
        """Count this thread inside of the block. Raises TooManyWait after PATIENCE_SECONDS."""
        with self._changed:
            self._queue(at_most)
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._is_stuck = False
                self._changed.notify()

    def _queue(self, at_most: int) -> None:
        """Return once there is room."""
        if self._waiting < at_most:
            return
        if self._is_stuck or self._queued >= at_most:
            raise TooManyWait
        self._queued += 1
        try:
            has_room = self._changed.wait_for(lambda: self._waiting < at_most, PATIENCE_SECONDS)
        finally:
            self._queued -= 1
        if not has_room:
            self._is_stuck = True
            raise TooManyWait


def clean_code(code: object) -> str:
    """Return an error code of another server as it may be logged: short, ASCII, on one line."""
    if code is None or code == "":
        return NO_CODE
    text = str(code) if isinstance(code, str | int) else ""
    return text if CODE.fullmatch(text) else "unreadable"
