"""A real PgBouncer on 127.0.0.1 that lends each connection for one transaction."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.servers import START_SECONDS, STOP_SECONDS
from tests.unreliable import address_of_postgresql, cable

#: Fewer than the threads that ask, so that they share them.
CONNECTIONS = 3
#: Whom root becomes: PgBouncer does not run as root.
NOBODY = "nobody"
SECONDS_FOR_LOCKS = 1


def program() -> str:
    """Return where it is. Debian keeps it where only root looks."""
    if found := shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin"):
        return found
    if os.environ.get("CI"):
        raise AssertionError("pgbouncer is missing; on Debian: apt-get install pgbouncer")
    return pytest.skip("pgbouncer is not installed")


def configuration(port: int, host: str, port_of_server: int, *, query: str) -> str:
    database = connection.settings_dict
    return (
        "[databases]\n"
        f"site = host={host} port={port_of_server} dbname={database['NAME']}"
        f" user={database['USER']} {query}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        "auth_type = any\npool_mode = transaction\n"
        f"default_pool_size = {CONNECTIONS}\n"
    )


@contextlib.contextmanager
def running_pooler(*, is_limited: bool = True) -> Iterator[str]:
    """Yield a `DATABASE_URL` that leads over it; `is_limited`: waits for locks end."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]
    limit = f"connect_query='SET lock_timeout = {SECONDS_FOR_LOCKS * 1000}'" if is_limited else ""
    with relayed_socket() as (host, port_of_server), tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        file = Path(folder) / "pgbouncer.ini"
        file.write_text(configuration(port, host, port_of_server, query=limit))
        user = NOBODY if os.geteuid() == 0 else None
        process = subprocess.Popen([program(), "-q", str(file)], user=user)
        try:
            wait_for(port)
            login = quote(str(connection.settings_dict["USER"]), safe="")
            yield f"postgresql://{login}@127.0.0.1:{port}/site"
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)


@contextlib.contextmanager
def relayed_socket() -> Iterator[tuple[str, int]]:
    """Where PostgreSQL can be reached by another user: its socket is in a folder of its own."""
    host, port = address_of_postgresql()
    if not host.startswith("/"):
        yield host, port
        return
    with cable() as running:
        yield "127.0.0.1", running.port


def wait_for(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), closing(socket.create_connection(("127.0.0.1", port))):
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)
