"""Look for reasons in a thread, so that nobody who asks waits for longer than some seconds.

A server that is cut off, or stopped in the middle, answers nothing and breaks no connection: only a
clock of our own notices. At most one thread of a process waits for it.
"""

import threading
import time
from concurrent.futures import Future, wait

from django.db import connection
from django.utils import timezone

from .reasons import Reason, find_reasons

#: Many may ask; so long an answer counts.
KEPT_SECONDS = 1.0
#: Longer than the pool of connections waits, and short enough for every balancer.
ANSWER_SECONDS = 4.5

Found = tuple[Reason, ...]


class Watch:
    """Keeps an answer for a second. Of many who ask at once, one looks, and the others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._found: Found = ()
        self._look: Future[Found] | None = None

    def reasons(self) -> Found:
        with self._lock:
            if time.perf_counter() >= self._until:
                self._found = self._ask()
                self._until = time.perf_counter() + KEPT_SECONDS
            return self._found

    def _ask(self) -> Found:
        """Return what is found in time. A look that came to no end counts until it does."""
        is_old = self._look is not None
        look = self._look = self._look or _begin()
        wait([look], timeout=0 if is_old else ANSWER_SECONDS)
        if not look.done():
            return (Reason.DATABASE_AWAY,)
        self._look = None
        return self._ask() if is_old else look.result()

    def forget(self) -> None:
        self._until = 0.0


def _begin() -> Future[Found]:
    look: Future[Found] = Future()
    threading.Thread(target=_look_into, args=(look,), name="readyz", daemon=True).start()
    return look


def _look_into(look: Future[Found]) -> None:
    """Give the connection back at the end: it belongs to this thread, which ends too."""
    try:
        look.set_result(find_reasons(timezone.now()))
    except Exception as error:  # noqa: BLE001 - raised where the answer is waited for
        look.set_exception(error)
    finally:
        connection.close()


watch = Watch()
