"""Look at what only a deployed site has: its packages, its role in the database, its proxy.

Each check is about a mistake that was made once. They run with `doctor --deploy` only.
"""

import re
from collections.abc import Iterator
from http import HTTPStatus
from importlib.metadata import distributions
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from .finding import Asked, Finding, ok, problem, warning
from .provider import REDIRECTS, Unreachable, ask
from .storage import without_pool

PACKAGES, ROLE, PROXY = "packages", "database role", "proxy"
PAGE = "/accounts/login/"
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
    WHERE relkind IN ('r', 'S') AND relnamespace = current_schema()::regnamespace
    AND pg_get_userbyid(relowner) <> current_user
"""
IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"


def check_role(_asked: Asked) -> Iterator[Finding]:
    """Find tables of another role, which cannot be changed or backed up, and a superuser's role."""
    if connection.vendor != "postgresql":
        step = "Use PostgreSQL; `manage.py restore` moves the rows. For some friends it may stay."
        yield warning(ROLE, "The database is a file: one visitor after the other may write.", step)
        return
    direct = without_pool()
    try:
        with direct.cursor() as cursor:
            yield from _owned(*(_one(cursor, query) for query in (FOREIGN_TABLES, IS_SUPERUSER)))
    except (DatabaseError, InterfaceError):
        yield problem(ROLE, "The database cannot be asked.", "Check DATABASE_URL.")
    finally:
        direct.close()


def _one(cursor: Any, query: str) -> int:
    cursor.execute(query)
    return int(cursor.fetchone()[0])


def _owned(foreign: int, is_superuser: int) -> Iterator[Finding]:
    if foreign:
        step = "Run `REASSIGN OWNED BY … TO …`, and commands by deploy/manage only."
        yield problem(ROLE, f"Tables that belong to another role: {foreign}.", step)
    if is_superuser:
        step = "Give the site a role of its own that owns one database."
        yield problem(ROLE, "The site's role may do everything on the server.", step)
    if not (foreign or is_superuser):
        yield ok(ROLE, "The site's role owns its tables, and nothing else.")


# --- The proxy -----------------------------------------------------------------------------------


def check_proxy(_asked: Asked) -> Iterator[Finding]:
    """Ask the site for a page as a visitor does, through the proxy and its certificate."""
    if not settings.IS_HTTPS:
        step = "Let a proxy end TLS, and set SITE_URL to the https address."
        yield problem(PROXY, "The site has no https: passwords can be read on the way.", step)
        return
    try:
        answer = ask(settings.SITE_URL + PAGE)
    except Unreachable as error:
        step = "Look whether proxy and site run: systemctl status nginx eventsite."
        yield problem(PROXY, f"{settings.SITE_URL} {error}.", step)
        return
    yield _answered(answer.status_code, answer.headers.get("Strict-Transport-Security", ""))
    if settings.TRUSTED_PROXY_HOPS == 0:
        step = "Set TRUSTED_PROXY_HOPS=1, and let the proxy set X-Forwarded-For."
        yield problem(PROXY, "All visitors count as one when somebody tries too often.", step)


def _answered(status: int, transport: str) -> Finding:
    if status in REDIRECTS:
        step = "Let the proxy pass on X-Forwarded-Proto, and see FORWARDED_ALLOW_IPS in README.md."
        return problem(PROXY, "The site leads to itself for ever: it does not hear of https.", step)
    if status != HTTPStatus.OK:
        step = "Look into the logs: journalctl -u eventsite -u nginx."
        return problem(PROXY, f"{settings.SITE_URL} answers with status {status}.", step)
    if not transport:
        step = "Let the proxy pass the site's headers on; deploy/nginx.conf does."
        return problem(PROXY, "Its answers say nothing of https for the next visit.", step)
    return ok(PROXY, f"{settings.SITE_URL} answers, with a certificate that counts.")
