"""The site does not start on a database that is not there, or not migrated.

Processes of their own, because it is about how they end; one migrated file is made for all.
"""

import itertools
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.db import connection

from eventsite import readiness
from tests.servers import database_url

from .processes import ROOT, Start, refusal, run, the_reason

DEVELOPMENT = {"DEBUG": "1", "NEOS_SANDBOX": "1"}
LOAD = ("-c", "from eventsite.wsgi import application")
MISSING = (
    "the database file of DATABASE_URL is not there. Correct the path, or run `manage.py migrate` "
    "to make it."
)
NO_FOLDER = "the folder of the database file in DATABASE_URL is not there."
CLOSED = "the database file of DATABASE_URL, or its folder, may not be written by this user."
NOT_MIGRATED = "the tables are missing or old. Run `manage.py migrate`."
NOT_OURS = "DATABASE_URL leads to something that is no database, or has options that do not work."


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("database") / "site.sqlite3"
    process = run("manage.py", "migrate", **DEVELOPMENT, DATABASE_URL=f"sqlite:///{file}")
    assert (process.returncode, file.is_file()) == (0, True)
    return file


def test_site_starts_on_what_migrate_has_made_s4(migrated: Path) -> None:
    process = run(*LOAD, **DEVELOPMENT, DATABASE_URL=f"sqlite:///{migrated}")
    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "command",
    [
        LOAD,
        ("manage.py", "runserver", "0", "--noreload"),
        ("manage.py", "housekeeping"),
    ],
    ids=lambda command: command[1].split()[-1],
)
def test_missing_file_ends_the_start_and_none_is_made_s4(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    file = tmp_path / "typo.sqlite3"
    assert refusal(*command, **DEVELOPMENT, DATABASE_URL=f"sqlite:///{file}") == MISSING
    assert list(tmp_path.iterdir()) == []


def test_missing_folder_ends_the_start_s4(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/typo/site.sqlite3"
    assert refusal(*LOAD, **DEVELOPMENT, DATABASE_URL=url) == NO_FOLDER
    assert list(tmp_path.iterdir()) == []


def refusal_to_a_plain_user(*arguments: str, **variables: str) -> str:
    """Run Python without root's right to write everywhere; return what ends the start."""
    as_root = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
    command = [*(as_root if os.geteuid() == 0 else ()), sys.executable, *arguments]
    environment = {"PATH": os.environ["PATH"], **variables}
    process = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    return the_reason(Start(process.returncode, process.stdout, process.stderr))


@pytest.mark.parametrize("closed", ["site.sqlite3", "."])
def test_file_or_folder_that_may_not_be_written_ends_the_start(
    migrated: Path, tmp_path: Path, closed: str
) -> None:
    """The folder too: SQLite makes its log beside the file."""
    file = shutil.copy(migrated, tmp_path / "site.sqlite3")
    path = tmp_path / closed
    path.chmod(path.stat().st_mode & ~0o222)
    try:
        url = f"sqlite:///{file}"
        assert refusal_to_a_plain_user(*LOAD, **DEVELOPMENT, DATABASE_URL=url) == CLOSED
    finally:
        path.chmod(0o755)


# --- A migration that is killed ------------------------------------------------------------------


def migrate_until(applied: int, url: str) -> int:
    """Kill `migrate` once it has applied so many; return its status."""
    environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **DEVELOPMENT}
    command = [sys.executable, "manage.py", "migrate"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment | {"DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = (line for line in process.stdout if "Applying" in line)
        for _ in itertools.islice(lines, applied):
            pass
        process.kill()
        return process.wait()


@pytest.fixture
def empty_database(tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of the kind that this run has."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path}/new.sqlite3"
        return
    name = f"{connection.settings_dict['NAME']}_new"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield database_url().replace(f"/{connection.settings_dict['NAME']}?", f"/{name}?")
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_migration_that_is_killed_goes_on_where_it_stopped(empty_database: str) -> None:
    """A killed process: no code of ours runs any more, and the database has to know by itself."""
    url = {"DATABASE_URL": empty_database}
    assert migrate_until(21, empty_database) == -signal.SIGKILL
    assert refusal(*LOAD, **DEVELOPMENT, **url) == NOT_MIGRATED
    assert run("manage.py", "migrate", **DEVELOPMENT, **url).returncode == 0
    process = run(*LOAD, **DEVELOPMENT, **url)
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize("command", [LOAD, ("manage.py", "housekeeping", "--loop", "1")])
def test_file_without_tables_ends_the_start_s4(tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "empty.sqlite3"
    file.touch()
    assert refusal(*command, **DEVELOPMENT, DATABASE_URL=f"sqlite:///{file}") == NOT_MIGRATED


def test_one_migration_that_is_missing_ends_the_start_s4(migrated: Path, tmp_path: Path) -> None:
    file = shutil.copy(migrated, tmp_path / "old.sqlite3")
    with closing(sqlite3.connect(file)) as rows:
        newest = "SELECT max(id) FROM django_migrations WHERE app = 'events'"
        rows.execute(f"DELETE FROM django_migrations WHERE id = ({newest})")
        rows.commit()
    assert refusal(*LOAD, **DEVELOPMENT, DATABASE_URL=f"sqlite:///{file}") == NOT_MIGRATED


def test_file_that_is_no_database_ends_the_start_s4(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("This is no database. " * 100)
    assert refusal(*LOAD, **DEVELOPMENT, DATABASE_URL=f"sqlite:///{file}") == NOT_OURS


def test_cache_without_its_table_ends_the_start_s4(migrated: Path) -> None:
    url = {"DATABASE_URL": f"sqlite:///{migrated}", "CACHE_URL": "dbcache://not_made"}
    expected = "the table of CACHE_URL is missing. Run `manage.py createcachetable`."
    assert refusal(*LOAD, **DEVELOPMENT, **url) == expected
    assert run("manage.py", "createcachetable", **DEVELOPMENT, **url).returncode == 0
    assert run(*LOAD, **DEVELOPMENT, **url).returncode == 0


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])


def begin(**variables: str) -> subprocess.Popen[str]:
    environment = {"PATH": os.environ["PATH"], **DEVELOPMENT, **variables}
    command = [sys.executable, *LOAD]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


@pytest.mark.django_db(transaction=True)
def test_postgresql_that_is_away_is_waited_for_s4() -> None:
    """A relay to the suite's own server that is there only after a while."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could be away")
    database, port = connection.settings_dict, free_port()
    folder = database["OPTIONS"].get("host") or database["HOST"]
    path = f"{folder}/.s.PGSQL.{database['PORT'] or 5432}"
    user, name = database["USER"], database["NAME"]
    process = begin(DATABASE_URL=f"postgresql://{user}@127.0.0.1:{port}/{name}?sslmode=disable")
    assert process.stderr is not None
    assert process.stderr.readline() == "eventsite waits 20 seconds for PostgreSQL.\n"
    with closing(socket.create_server(("127.0.0.1", port))) as listener:
        pumps: list[tuple[threading.Thread, socket.socket]] = []
        threading.Thread(target=relay, args=(listener, path, pumps), daemon=True).start()
        assert process.wait(60) == 0
        for thread, end in pumps:
            thread.join(30)
            end.close()
        listener.shutdown(socket.SHUT_RDWR)
    assert process.stderr.read() == ""
    process.stderr.close()


def relay(
    listener: socket.socket, path: str, pumps: list[tuple[threading.Thread, socket.socket]]
) -> None:
    """Pass bytes between each caller and the server's own socket."""
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        server = socket.socket(socket.AF_UNIX)
        server.connect(path)
        for ends in ((caller, server), (server, caller)):
            thread = threading.Thread(target=pump, args=ends, daemon=True)
            thread.start()
            pumps.append((thread, ends[0]))


def pump(one: socket.socket, other: socket.socket) -> None:
    """Pass bytes until one side is gone, then hang up at both."""
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    for end in (one, other):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def test_postgresql_that_stays_away_ends_the_start_so_that_it_is_tried_again_s4() -> None:
    """Status 1 and not 3, after which systemd would leave it. The wait is shortened here."""
    load = f"from eventsite import readiness; readiness.WAIT_SECONDS = 2; {LOAD[1]}"
    url = f"postgresql://a@127.0.0.1:{free_port()}/b"
    started = time.monotonic()
    process = run("-c", load, **DEVELOPMENT, DATABASE_URL=url)
    assert (process.returncode, time.monotonic() - started >= 2) == (1, True)
    assert process.stderr.splitlines() == [
        "eventsite waits 2 seconds for PostgreSQL.",
        "eventsite cannot start: the PostgreSQL of DATABASE_URL cannot be reached.",
    ]


@pytest.mark.django_db(transaction=True)
def test_postgresql_without_this_database_ends_the_start_at_once_s4() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could refuse")
    url = database_url().replace(f"/{connection.settings_dict['NAME']}", "/never_made")
    expected = "PostgreSQL refuses DATABASE_URL: check user, password and name of the database."
    assert refusal(*LOAD, **DEVELOPMENT, DATABASE_URL=url) == expected


@pytest.mark.django_db(transaction=True)
def test_start_leaves_no_connection_to_the_workers_s4() -> None:
    """gunicorn forks after it; two workers on one connection read each other's answers."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no pool")
    ask = (
        "from django.db import connection; from django.db.backends.postgresql.base import "
        "DatabaseWrapper; print(connection.connection, DatabaseWrapper._connection_pools)"
    )
    process = run("-c", f"{LOAD[1]}; {ask}", **DEVELOPMENT, DATABASE_URL=database_url())
    assert (process.stderr, process.stdout) == ("", "None {}\n")


def test_postgresql_with_an_option_of_no_meaning_ends_the_start_at_once_s4() -> None:
    url = f"postgresql://a@127.0.0.1:{free_port()}/b?sslmode=sometimes"
    assert refusal(*LOAD, **DEVELOPMENT, DATABASE_URL=url) == NOT_OURS


@pytest.mark.parametrize("command", ["check", "migrate"])
def test_commands_that_need_no_rows_run_without_them_s4(tmp_path: Path, command: str) -> None:
    url = f"sqlite:///{tmp_path}/new.sqlite3"
    assert run("manage.py", command, **DEVELOPMENT, DATABASE_URL=url).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["manage.py", "audit"], True),
        (["manage.py", "clearsessions"], True),
        (["manage.py", "housekeeping", "--help"], False),
        (["manage.py", "migrate"], False),
        (["manage.py", "demo"], False),
        (["manage.py"], False),
    ],
)
def test_commands_that_work_on_rows_are_known_s4(arguments: list[str], *, expected: bool) -> None:
    assert readiness.works_on_rows(arguments) is expected


def test_every_command_of_ours_is_one_or_makes_the_tables_s4() -> None:
    ours = {name for name, app in get_commands().items() if app == "events"}
    assert ours - readiness.WORK_ON_ROWS == {
        "demo",
        "doctor",
        "door_verify",
    }  # which says what is missing
