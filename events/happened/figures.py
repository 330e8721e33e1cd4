"""Add what this process has counted to the figures in the database, which all processes share.

Each flush is one short transaction. Rows are added to in the order of their keys, so that two
processes never wait for each other. A process that is killed loses what it counted since the last
one, some seconds: figures are for looking, what must be exact is in the rows themselves.
"""

import atexit
import logging
import threading
import time
from datetime import datetime, timedelta

from django.db import DatabaseError, InterfaceError, connection, transaction

from events.models import Figure

from . import counts

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 10.0
KEPT = timedelta(days=8)
TABLE = Figure._meta.db_table  # noqa: SLF001 - Django documents it
ADDED = ("number", "seconds", "within_100_ms", "within_1_s", "within_5_s")
ADD = (
    f"INSERT INTO {TABLE} (hour, name, label, {', '.join(ADDED)}) "  # noqa: S608 - names of ours
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (hour, name, label) DO UPDATE SET "
    + ", ".join(f"{name} = {TABLE}.{name} + excluded.{name}" for name in ADDED)
)


def flush() -> int:
    """Write what was counted; return how many sums. Raises what the database does, and keeps them.

    Each sum is added to its hour and to the sum of all time.
    """
    taken = counts.take_all()
    if not taken:
        return 0
    try:
        _add(taken)
    except BaseException:
        counts.put_back(taken)
        raise
    return len(taken)


def _add(sums: dict[counts.Key, counts.Sum]) -> None:
    all_time: dict[counts.Key, counts.Sum] = {}
    for (_hour, name, label), one in sums.items():
        all_time.setdefault((Figure.ALL_TIME, name, label), counts.Sum()).add(one)
    rows = [
        (
            connection.ops.adapt_datetimefield_value(hour),
            name,
            label,
            s.number,
            s.seconds,
            *s.within,
        )
        for (hour, name, label), s in sorted((sums | all_time).items(), key=lambda item: item[0])
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(ADD, rows)


def purge(now: datetime) -> int:
    """Forget hours that no page shows any more; the sums of all time stay."""
    old = Figure.objects.filter(hour__gt=Figure.ALL_TIME, hour__lt=now - KEPT)
    return old.delete()[0] if old.exists() else 0


# --- A thread that writes ------------------------------------------------------------------------


class Writer:
    """Flushes from a thread of its own, so that no page waits for it.

    It starts at the first count, because a server forks its workers after loading the site.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="figures", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            time.sleep(PAUSE_SECONDS)
            flush_or_leave()


def flush_or_leave() -> None:
    """Flush, or leave it to the next time if the database is away; then give the connection back.

    `/readyz` tells people that it is away.
    """
    try:
        flush()
    except (DatabaseError, InterfaceError) as error:
        logger.debug("Figures are written later: %s", type(error).__name__)
    finally:
        connection.close()


def keep_writing() -> None:
    """Write in this process every ten seconds, and at its end."""
    counts.tell(Writer().wake)
    atexit.register(flush_or_leave)
