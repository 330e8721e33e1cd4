"""Look at what only a deployed site has: its packages, its role in the database.

Each check is about a mistake that was made once. They run with `doctor --deploy` only.
"""

import re
from collections.abc import Iterator
from importlib.metadata import distributions
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from .finding import Asked, Finding, ok, problem, warning
from .storage import without_pool

PACKAGES, ROLE = "packages", "database role"
#: A line of the lock that begins a package: `name==version`, maybe for some machines only.
LOCKED = re.compile(r"^([a-zA-Z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
#: What `python -m venv` brings along.
OF_THE_VENV = frozenset({"pip", "setuptools", "wheel"})
MOST_NAMED = 5


# --- Packages ----------------------------------------------------------------------------------


def check_packages(_asked: Asked) -> Iterator[Finding]:
    """Compare what is installed with `requirements.lock`: tools of tests are not for production."""
    locked = _locked()
    installed = {_plain(one.name): one.version for one in distributions()}
    further = sorted(installed.keys() - locked.keys() - OF_THE_VENV)
    other = sorted(
        name for name, version in installed.items() if locked.get(name, version) != version
    )
    step = "Make .venv anew: pip install --no-deps --require-hashes -r requirements.lock."
    if other:
        yield problem(PACKAGES, f"In other versions than locked: {_named(other)}.", step)
    if further:
        yield problem(PACKAGES, f"The site does not need these: {_named(further)}.", step)
    if not (further or other):
        yield ok(PACKAGES, "Only what requirements.lock names is installed.")


def _locked() -> dict[str, str]:
    text = (settings.BASE_DIR / "requirements.lock").read_text("utf-8")
    return {_plain(name): version for name, version in LOCKED.findall(text)}


def _plain(name: str) -> str:
    """Return the name as packages are compared: one dash for each run of signs."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _named(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


# --- The role in the database --------------------------------------------------------------------

FOREIGN_TABLES = """
    SELECT count(*) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
    AND pg_get_userbyid(relowner) <> current_user
"""
IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
#: A Debian without locales makes such databases.
IS_NARROW = """
    SELECT count(*) FROM pg_database
    WHERE datname = current_database() AND pg_encoding_to_char(encoding) <> 'UTF8'
"""
QUERIES = (FOREIGN_TABLES, IS_SUPERUSER, IS_NARROW)


def check_role(_asked: Asked) -> Iterator[Finding]:
    """Find tables of another role, which cannot be changed or backed up, and a superuser's role."""
    if connection.vendor != "postgresql":
        step = "Use PostgreSQL; `manage.py restore` moves the rows. For some friends it may stay."
        yield warning(ROLE, "The database is a file: one visitor after the other may write.", step)
        return
    direct = without_pool()
    try:
        with direct.cursor() as cursor:
            yield from _owned(*(_one(cursor, query) for query in QUERIES))
    except (DatabaseError, InterfaceError):
        yield problem(ROLE, "The database cannot be asked.", "Check DATABASE_URL.")
    finally:
        direct.close()


def _one(cursor: Any, query: str) -> int:
    cursor.execute(query)
    return int(cursor.fetchone()[0])


def _owned(foreign: int, is_superuser: int, is_narrow: int) -> Iterator[Finding]:
    if foreign:
        step = "Run `REASSIGN OWNED BY … TO …`, and commands by deploy/manage only."
        yield problem(ROLE, f"Tables that belong to another role: {foreign}.", step)
    if is_superuser:
        step = "Give the site a role of its own that owns one database."
        yield problem(ROLE, "The site's role may do everything on the server.", step)
    if is_narrow:
        step = "Make it anew: createdb --encoding UTF8 --locale C.UTF-8 --template template0."
        yield problem(ROLE, "The database cannot hold every letter: it is not in UTF-8.", step)
    if not (foreign or is_superuser or is_narrow):
        yield ok(ROLE, "The site's role owns its tables, and nothing else.")
