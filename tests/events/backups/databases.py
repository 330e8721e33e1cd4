"""Databases beside the one of the test, reached by commands in processes of their own."""

import atexit
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from subprocess import run as run_process
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import connection

from tests.events.management.running import Ran, environment, start
from tests.servers import ROOT, database_url

SETUP = "import django; django.setup()\n"
FURNISH = "from tests.events.backups.scene import furnish; furnish()"
RENUMBER = """
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
ContentType.objects.all().delete()
call_command("migrate", verbosity=0)
"""
#: What a back-up leaves out, and what `migrate` makes with other ids each time.
NOT_COMPARED = (
    *("sessions", "contenttypes", "auth.permission", "events.job"),
    *(f"social_django.{name}" for name in ("partial", "nonce", "association", "code")),
)
SECONDS = 180
_numbers = count(1)


@contextmanager
def new_database(engine: str, folder: Path) -> Iterator[str]:
    """Make an empty, migrated database; yield what `DATABASE_URL` is for it.

    Kinds of rows and permissions have other ids there than elsewhere.
    """
    if engine == "sqlite":
        file = folder / f"{next(_numbers)}.sqlite3"
        copy_sqlite(file)
        url = f"sqlite:///{file}"
        renumber(url)
        yield url
        return
    name = f"backup_{os.getpid()}_{next(_numbers)}"
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined] # a template must not be in use
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {connection.settings_dict['NAME']}")
    url = urlsplit(database_url())._replace(path=f"/{name}").geturl()
    try:
        renumber(url)
        yield url
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def copy_sqlite(file: Path) -> None:
    """Copy the database of the test, which is empty: migrating takes a minute of a busy machine."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
    else:
        shutil.copy(migrated_sqlite(), file)


@cache
def migrated_sqlite() -> Path:
    file = Path(tempfile.mkdtemp(prefix="eventsite-")) / "migrated.sqlite3"
    atexit.register(shutil.rmtree, file.parent)
    url = f"sqlite:///{file}?{urlencode({'init_command': 'PRAGMA synchronous=OFF'})}"
    assert start("migrate", "--verbosity=0", DATABASE_URL=url).status == 0
    return file


def renumber(url: str) -> None:
    run_script(RENUMBER, url)


def furnish(url: str) -> None:
    run_script(FURNISH, url)


def run_script(words: str, url: str) -> None:
    done = run_process(
        [sys.executable, "-c", SETUP + words],
        cwd=ROOT,
        env=environment(DATABASE_URL=url, DJANGO_SETTINGS_MODULE="eventsite.settings"),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def at(url: str, *arguments: str) -> Ran:
    return start(*arguments, DATABASE_URL=url)


def contents(url: str) -> dict[str, list[Any]]:
    """Return all rows by model, as Django's own `dumpdata` writes them: nothing of it is ours."""
    left_out = [f"--exclude={name}" for name in NOT_COMPARED]
    printed = at(url, "dumpdata", "--all", "--natural-foreign", *left_out)
    assert printed.status == 0, printed.err
    found: dict[str, list[Any]] = {}
    for row in json.loads(printed.out):
        found.setdefault(row["model"], []).append({"pk": row["pk"]} | ordered(row["fields"]))
    return {model: sorted(rows, key=lambda row: int(row["pk"])) for model, rows in found.items()}


def ordered(fields: dict[str, Any]) -> dict[str, Any]:
    """Put ids of many-to-many relations in order: a set has none."""
    many = ("organizers", "hosts", "members", "groups", "permissions", "user_permissions")
    return {
        name: sorted(value, key=str) if name in many else value for name, value in fields.items()
    }
