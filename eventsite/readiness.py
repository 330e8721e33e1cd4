"""Refuse to start without a database that is there and migrated, instead of answering 503 for ever.

One with accounts of another platform is refused, too: an id would let in somebody else there.

SQLite would make an empty file for a name that is wrong. A PostgreSQL that is away is waited for.
"""

import os
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from eventsite import database
from eventsite.environment import BOOT_FAILED, COUNTING_CACHES, refuse_to_start

#: How long a server that is away is waited for. gunicorn kills a worker that loads for 30 s.
WAIT_SECONDS = 20.0
PAUSE_SECONDS = 1.0
CONNECT_SECONDS = 4
#: Exit status if it is still away: systemd starts the site again, unlike after BOOT_FAILED.
STILL_AWAY = 1

#: Commands of `manage.py` that read or write rows, so that the tables have to be there.
WORK_ON_ROWS = frozenset(
    {
        *("audit", "draw", "explain_access", "housekeeping", "payments", "runserver"),
        *("check_in", "events", "export_registrations", "import_events", "purge_personal_data"),
        *("backup", "door_keys", "door_list", "restore", "second_factor"),
        *("changepassword", "clearsessions", "clearsocial", "createsuperuser", "dumpdata"),
        *("createcachetable", "loaddata"),
    }
)

FILE_MISSING = (
    "the database file of DATABASE_URL is not there. Correct the path, or run `manage.py migrate` "
    "to make it."
)
FOLDER_MISSING = "the folder of the database file in DATABASE_URL is not there."
FILE_CLOSED = "the database file of DATABASE_URL, or its folder, may not be written by this user."
NOT_OURS = "DATABASE_URL leads to something that is no database, or has options that do not work."
NOT_MIGRATED = "the tables are missing or old. Run `manage.py migrate`."
NO_CACHE_TABLE = "the table of CACHE_URL is missing. Run `manage.py createcachetable`."
REFUSED = "PostgreSQL refuses DATABASE_URL: check user, password and name of the database."
POOLER = "a pooler refuses an option of ours. If it is PgBouncer, set DATABASE_POOLER=transaction."
NO_LOCK_TIMEOUT = (
    "the pooler of DATABASE_URL lets PostgreSQL wait for locks without end. Write into the line of "
    "the database in pgbouncer.ini: connect_query='SET lock_timeout = 10000'"
)
AWAY = "the PostgreSQL of DATABASE_URL cannot be reached."
BUSY = "the database file of DATABASE_URL is locked by another process."
#: What a server says that has answered, in the order of likelihood; waiting changes none of it.
REFUSALS = ("authentication failed", "does not exist", "no password supplied", "no pg_hba.conf")


class Unready(Exception):
    """The site cannot work with this database; the text says why and what to do."""

    def __init__(self, reason: str, status: int = BOOT_FAILED) -> None:
        super().__init__(reason)
        self.status = status


class OtherPlatform(Unready):
    """The database has accounts of a platform that the site does not serve."""


def require_database(*, cache: bool = False) -> None:
    """End the process with one line if the tables, with `cache` its table too, are not ready."""
    try:
        check_database(cache=cache)
    except Unready as reason:
        refuse_to_start(str(reason), status=reason.status)


def works_on_rows(arguments: list[str]) -> bool:
    """Return whether this command line of `manage.py` needs the tables."""
    is_question = not {"--help", "-h"}.isdisjoint(arguments)
    return bool(WORK_ON_ROWS.intersection(arguments[1:2])) and not is_question


def check_database(*, cache: bool = False) -> None:
    """Raise `Unready`. Use a connection of its own, which no forked worker inherits."""
    if connection.vendor == "sqlite":
        check_file(connection.settings_dict["NAME"])
    direct = without_pool()
    try:
        connect(direct)
        check_tables(direct, cache=cache)
    except OperationalError as error:
        raise why_not(error) from error
    except (DatabaseError, ImproperlyConfigured, TypeError, ValueError) as error:
        raise Unready(NOT_OURS) from error
    finally:
        direct.close()
        leave_the_pool()


def leave_the_pool() -> None:
    """Close what the look at migrations took from the pool: Django asks it by the alias.

    gunicorn forks afterwards with --preload. Two workers would then talk on one connection.
    """
    connection.close()
    if connection.alias in getattr(connection, "_connection_pools", {}):
        connection.close_pool()  # type: ignore[attr-defined]


def other_platform() -> list[str]:
    """Return one sentence if there are accounts of another platform, as far as that is known now.

    A database that is away is not waited for.
    """
    direct = without_pool()
    try:
        if direct.vendor == "sqlite":
            check_file(direct.settings_dict["NAME"])
        check_platform(direct)
    except Unready as reason:
        return [f"Besides, {reason}"] if isinstance(reason, OtherPlatform) else []
    except (DatabaseError, ImproperlyConfigured, TypeError, ValueError):
        return []
    finally:
        direct.close()
    return []


def why_not(error: OperationalError) -> Unready:
    if connection.vendor == "postgresql":
        return Unready(NOT_OURS) if "invalid" in str(error) else Unready(AWAY, STILL_AWAY)
    is_busy = getattr(error.__cause__, "sqlite_errorname", "") == "SQLITE_BUSY"
    return Unready(BUSY, STILL_AWAY) if is_busy else Unready(FILE_CLOSED)


def check_file(name: str) -> None:
    if name == ":memory:":
        return  # it has no tables, as will be seen
    file = Path(name)
    if not file.parent.is_dir():
        raise Unready(FOLDER_MISSING)
    if not file.is_file():
        raise Unready(FILE_MISSING)
    if not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK)):
        raise Unready(FILE_CLOSED)


def without_pool() -> BaseDatabaseWrapper:
    """Return a wrapper without the pool, which would log each try in words of its own."""
    direct = connection.copy()
    options = {k: v for k, v in direct.settings_dict["OPTIONS"].items() if k != "pool"}
    if direct.vendor == "postgresql":
        options = {"connect_timeout": CONNECT_SECONDS} | options
    direct.settings_dict["OPTIONS"] = options
    return direct


def connect(direct: BaseDatabaseWrapper) -> None:
    """Connect, with patience for PostgreSQL. Raises `Unready`, and what a driver raises."""
    deadline = time.monotonic() + WAIT_SECONDS
    tries = 0
    while True:
        try:
            direct.ensure_connection()
        except OperationalError as error:
            if refusal := refusal_in(str(error)):
                raise Unready(refusal) from error
            is_worth_waiting = direct.vendor == "postgresql" and "invalid" not in str(error)
            if not is_worth_waiting or time.monotonic() > deadline:
                raise
            tries += 1
            if tries == 1:
                sys.stderr.write(f"eventsite waits {WAIT_SECONDS:.0f} seconds for PostgreSQL.\n")
            time.sleep(PAUSE_SECONDS)
        else:
            return


def refusal_in(said: str) -> str:
    """Return what to do about an answer that waiting does not change, "" for none."""
    if "unsupported startup parameter" in said:
        return POOLER
    return REFUSED if any(words in said for words in REFUSALS) else ""


def check_tables(direct: Any, *, cache: bool) -> None:
    if direct.vendor == "postgresql" and waits_without_end(direct):
        raise Unready(NO_LOCK_TIMEOUT)
    executor = MigrationExecutor(direct)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Unready(NOT_MIGRATED)
    if cache and cache_tables() - set(direct.introspection.table_names()):
        raise Unready(NO_CACHE_TABLE)
    check_platform(direct)


def check_platform(direct: BaseDatabaseWrapper) -> None:
    # here: models cannot be imported before the apps are loaded
    from events.accounts.other_platform import refusal_of_accounts

    if refusal := refusal_of_accounts(direct):
        raise OtherPlatform(str(refusal))


def waits_without_end(direct: BaseDatabaseWrapper) -> bool:
    """Return whether a pooler has left out the limit that a connection of our own begins with."""
    if not database.IS_POOLED:
        return False
    with direct.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (limit,) = cursor.fetchone()
    return str(limit) == "0"


def cache_tables() -> set[str]:
    backend = COUNTING_CACHES["db"]
    return {one["LOCATION"] for one in settings.CACHES.values() if one["BACKEND"] == backend}
