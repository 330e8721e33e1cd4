"""The connection to the database: how it locks, how long it waits, how many there are."""

from pathlib import Path
from typing import Any

from eventsite import environment

VAR = Path(__file__).resolve().parent.parent / "var"
SQLITE_OPTIONS: dict[str, Any] = {
    # Take the lock at the start of a transaction. SQLite fails a reader that turns into a writer
    # with "database is locked" at once, instead of letting it wait.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# End a wait for a lock: the answer is then 503 and "try again in a minute", as on SQLite, and the
# thread is free for other pages.
POSTGRESQL_SESSION = "-c lock_timeout=10s"
# Behind a pooler that lends a connection for one transaction. No option of the start reaches the
# server then, so the pooler sets this limit; and no cursor outlives a transaction, so long lists
# are read at once.
IS_POOLED = environment.choice("DATABASE_POOLER", ("none", "transaction")) == "transaction"
POSTGRESQL_POOL = {
    "min_size": 1,
    "max_size": environment.whole_number("DATABASE_POOL_SIZE", default=10, at_most=1_000),
    # Give up after 4 s without a connection. Cap the pause between attempts to reconnect at 4 s
    # too, so that the site recovers at once after an outage; it would grow to minutes.
    "timeout": 4,
    "reconnect_timeout": 4,
}


def read(folder: Path) -> dict[str, Any]:
    """Return Django's setting for `DATABASE_URL`, with what the engine needs here.

    Options in the address win. A relative SQLite file is one in `folder`, wherever a command runs.
    """
    config = environment.database("DATABASE_URL", "sqlite:///db.sqlite3")
    options = config.get("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        name = config["NAME"]
        file = name if name == ":memory:" else str(folder / name)
        return config | {"NAME": file, "OPTIONS": SQLITE_OPTIONS | options}
    options = ({} if IS_POOLED else {"options": POSTGRESQL_SESSION}) | options
    # Django replaces a connection that broke in the pool before a page gets it.
    fixed = {"CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": IS_POOLED}
    return fixed | config | {"OPTIONS": options | {"pool": POSTGRESQL_POOL}}


def folder_beside(config: dict[str, Any], name: str) -> Path:
    """Return the folder for files that belong to an SQLite database, so that each has its own.

    Databases without a file share one in `var`.
    """
    file = str(config["NAME"])
    is_file = config["ENGINE"] == "django.db.backends.sqlite3" and file != ":memory:"
    return Path(f"{file}-{name}") if is_file else VAR / name
