"""Find what keeps the site from working, in a few short statements.

A `Reason` that stops pages is one for which a balancer should send nobody here. With the others
pages are answered, and something that time owes is late.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, Q

from events.http.errors import replace_broken_connections
from events.models import Job, Notification

from .late_work import ROUND, Applied, late_jobs
from .queue import oldest_due

DEAD_SINCE = timedelta(days=1)
#: How the outbox writes down that the mail server does not know an address, or does not want it.
REFUSED = "SMTPRecipientsRefused"
STATEMENT_SECONDS = 2


class Reason(StrEnum):
    DATABASE_AWAY = "database-away"
    TABLES_OLD = "tables-old"
    CACHE_AWAY = "cache-away"
    HOUSEKEEPING_LATE = "housekeeping-late"
    MAIL_LATE = "mail-late"
    MAIL_DEAD = "mail-dead"
    BACKUP_LATE = "backup-late"
    DAILY_LATE = "daily-late"

    @property
    def stops_pages(self) -> bool:
        return self in STOPS


STOPS = frozenset({Reason.DATABASE_AWAY, Reason.TABLES_OLD, Reason.CACHE_AWAY})
OF_JOBS = {
    Job.HOUSEKEEPING: Reason.HOUSEKEEPING_LATE,
    Job.BACKUP: Reason.BACKUP_LATE,
    Job.PURGE: Reason.DAILY_LATE,
}


def find_reasons(now: datetime) -> tuple[Reason, ...]:
    """Return all that apply. If the database is away, nothing else is asked."""
    try:
        with bounded():
            found = list(_of_rows(now))
    except (DatabaseError, InterfaceError):
        replace_broken_connections()
        return (Reason.DATABASE_AWAY,)
    if not _is_cache_there():
        found.append(Reason.CACHE_AWAY)
    return tuple(found)


@contextmanager
def bounded() -> Iterator[None]:
    """End a statement on PostgreSQL after two seconds. SQLite only reads here, and waits for
    nobody; a transaction there would begin as a writer.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true)", [f"{STATEMENT_SECONDS}s"]
        )
        yield


def _of_rows(now: datetime) -> Iterator[Reason]:
    applied = MigrationRecorder(connection).applied_migrations()
    if not are_tables_new(applied):
        yield Reason.TABLES_OLD
        return  # what they lack may be what the others read
    yield from (OF_JOBS[name] for name in late_jobs(now, applied))
    oldest = oldest_due(now)
    if oldest is not None and oldest <= now - ROUND:
        yield Reason.MAIL_LATE
    if _is_mail_dead(now):
        yield Reason.MAIL_DEAD


def _is_mail_dead(now: datetime) -> bool:
    """Return whether a message of the last day was given up for a reason of ours.

    The mail server refuses an address that does not exist, and strangers can type any. So a link to
    confirm an address is never a reason then, and another message only if none could be sent.
    """
    lately = Notification.objects.filter(created_at__gt=now - DEAD_SINCE)
    is_sent = Exists(lately.filter(state=Notification.State.SENT))
    is_link = Q(kind=Notification.Kind.CONFIRM_ADDRESS)
    of_others = Q(last_error__startswith=REFUSED) & (is_link | Q(is_sent))
    return lately.dead(now).exclude(of_others).exists()


def are_tables_new(applied: Applied) -> bool:
    """Return whether all migrations of this code were applied. More of them may be: newer code
    migrates first, while this one still runs.
    """
    return set(_own_migrations()) <= set(applied)


_known: list[tuple[str, str]] = []


def _own_migrations() -> list[tuple[str, str]]:
    """Return the last migration of each app. Reading the files takes longer than all statements, so
    a process does it once.
    """
    if not _known:
        _known.extend(MigrationLoader(None).graph.leaf_nodes())
    return _known


def _is_cache_there() -> bool:
    try:
        cache.get("readyz")
    except Exception:  # noqa: BLE001 - a client of a cache may raise anything
        return False
    return True
