"""Look at what the site stores: the database and its tables, the cache, the static files."""

import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from .finding import Asked, Finding, ok, problem, warning
from .workers import STEP, is_cache_alone, say_cache_is_alone, workers_of_environment

DATABASE, CACHE, STATIC = "database", "cache", "static files"
CONNECT_SECONDS = 4

# --- The database ------------------------------------------------------------------------------


def check_database(_asked: Asked) -> Iterator[Finding]:
    """Connect once, without the pool, and compare the tables with the migrations."""
    if _is_file_missing():
        step = "Correct DATABASE_URL, or run `manage.py migrate` to make the file."
        yield problem(DATABASE, "The file of the database is not there.", step)
        return
    direct = without_pool()
    try:
        direct.ensure_connection()
        yield _compare(direct)
    except (DatabaseError, InterfaceError, ImproperlyConfigured, TypeError, ValueError):
        step = "Check DATABASE_URL, and whether the server runs."
        yield problem(DATABASE, f"The database ({_kind()}) cannot be reached.", step)
    finally:
        direct.close()


def _is_file_missing() -> bool:
    """SQLite would make an empty file."""
    name = str(connection.settings_dict["NAME"])
    is_file = connection.vendor == "sqlite" and not connection.is_in_memory_db()  # type: ignore[attr-defined]
    return is_file and not Path(name).is_file()


def without_pool() -> BaseDatabaseWrapper:
    direct = connection.copy()
    options = {k: v for k, v in direct.settings_dict["OPTIONS"].items() if k != "pool"}
    if direct.vendor == "postgresql":
        options = {"connect_timeout": CONNECT_SECONDS} | options
    direct.settings_dict["OPTIONS"] = options
    return direct


def _compare(direct: BaseDatabaseWrapper) -> Finding:
    executor = MigrationExecutor(direct)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        sentence = f"Migrations that were not applied: {missing}. Tables are missing or old."
        return problem(DATABASE, sentence, "Run `manage.py migrate`.")
    return ok(DATABASE, f"{_kind()} answers, and all its tables are there.")


def _kind() -> str:
    return str(connection.display_name)


# --- The cache ---------------------------------------------------------------------------------


def check_cache(asked: Asked) -> Iterator[Finding]:
    """Write into the cache and read it again; then ask who shares it."""
    if not _is_remembered():
        step = "Check CACHE_URL; for dbcache, run `manage.py createcachetable`."
        yield problem(CACHE, "The cache does not keep what is written into it.", step)
        return
    if not is_cache_alone():
        yield ok(CACHE, "The cache works, and all processes share it.")
        return
    workers = asked.workers or workers_of_environment()
    if workers is None and not settings.DEBUG:
        say = problem if asked.is_deployed else warning
        sentence = "Each process counts tries of passwords by itself: right for one worker only."
        yield say(CACHE, sentence, f"With more workers: {STEP} With one: doctor --workers 1.")
    elif (workers or 1) > 1:
        yield problem(CACHE, say_cache_is_alone(workers or 1), STEP)
    else:
        yield ok(CACHE, "The cache works. One process has it, which is enough for one worker.")


def _is_remembered() -> bool:
    name, value = f"doctor-{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        cache.set(name, value, 60)
        is_kept: bool = cache.get(name) == value
        cache.delete(name)
    except Exception:  # noqa: BLE001 - a client of a cache may raise anything
        return False
    return is_kept


# --- Static files ------------------------------------------------------------------------------


def check_static_files(_asked: Asked) -> Iterator[Finding]:
    """Without DEBUG, pages name files by a list that `collectstatic` writes."""
    if settings.DEBUG or (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield ok(STATIC, "Style sheets and scripts are found.")
    else:
        step = "Run `manage.py collectstatic --noinput`."
        yield problem(STATIC, "The static files are not collected: pages cannot be shown.", step)
