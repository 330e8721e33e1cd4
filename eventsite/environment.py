"""Environment variables as typed values.

Whatever is missing or makes no sense ends the start with one line that names the variable. Values
are not repeated in it: an address may hold a password. An empty variable counts as none.
"""

import os
import re
import sys
from collections.abc import Callable
from email.utils import getaddresses
from pathlib import Path
from typing import Any, Never
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

#: Whoever sees a worker end with this status, gunicorn does, starts no other in its place.
BOOT_FAILED = 3

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off"})
ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f.]*:[0-9a-f:.]*\])(?::[1-9][0-9]{0,4})?")
USUAL_PORTS = {"http": 80, "https": 443}
POSTGRESQL_SCHEMES = frozenset({"postgres", "postgresql", "psql", "pgsql"})
#: What the code or the connection pool relies on: no address may change it.
FIXED_DATABASE_SETTINGS = ("ATOMIC_REQUESTS", "AUTOCOMMIT", "CONN_MAX_AGE")


def refuse_to_start(reason: str) -> Never:
    """End the process with one line; a traceback would hide what to do."""
    sys.stderr.write(f"eventsite cannot start: {reason}\n")
    raise SystemExit(BOOT_FAILED)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def required(name: str, hint: str) -> str:
    return text(name) or refuse_to_start(f"set {name} ({hint}).")


def boolean(name: str, *, default: bool = False) -> bool:
    value = text(name).lower()
    if value not in TRUE | FALSE | {""}:
        refuse_to_start(f"{name} is either on or off: 1 or 0.")
    return value in TRUE if value else default


def whole_number(name: str, *, default: int, at_most: int, at_least: int = 1) -> int:
    value = text(name, str(default))
    if not re.fullmatch("[0-9]{1,9}", value) or not at_least <= int(value) <= at_most:
        refuse_to_start(f"{name} is a whole number from {at_least} to {at_most}.")
    return int(value)


def words(name: str, default: str, *, including: str) -> list[str]:
    """Words with spaces between them, one of which has to be `including`."""
    value = text(name, default).split()
    if including not in value:
        refuse_to_start(f"{name} must include `{including}`.")
    return value


def choice(name: str, choices: tuple[str, ...]) -> str:
    """One of the choices, of which the first is the default."""
    value = text(name, choices[0])
    if value not in choices:
        refuse_to_start(f"{name} must be one of: {', '.join(choices)}.")
    return value


# --- Addresses of the web ----------------------------------------------------------------------


def site_url(name: str, default: str) -> str:
    """An origin as browsers write it: `scheme://host`, and the port if it is not the usual one."""
    value = text(name, default) or required(name, "for example https://events.example.org")
    value = value.removesuffix("/").lower()
    if _after_origin(value) != "":
        refuse_to_start(
            f"{name} must look like https://events.example.org: a scheme, a host, a port if it "
            "is not the usual one, and nothing else."
        )
    parts = urlsplit(value)
    return value.rpartition(":")[0] if parts.port == USUAL_PORTS[parts.scheme] else value


def web_address(name: str, default: str) -> str:
    value = text(name, default)
    after_origin = _after_origin(value)
    if after_origin is None or not re.fullmatch(r"(/\S*)?", after_origin):
        refuse_to_start(f"{name} must be an address like {default}.")
    return value


def _after_origin(value: str) -> str | None:
    """What follows scheme, host and port; None if the value does not begin with these."""
    match = ORIGIN.match(value.lower())
    try:
        _ = urlsplit(value).port  # raises for too high a number, and for half an IPv6 address
    except ValueError:
        return None
    return value[match.end() :] if match else None


# --- Services, in the forms of django-environ --------------------------------------------------


def database(name: str, default: str, *, directory: Path) -> dict[str, Any]:
    """Django's settings of a database; a relative SQLite file is one in `directory`."""
    value = text(name, default)
    is_sqlite = value.startswith(("sqlite:///", "sqlite://:memory:"))
    if not is_sqlite and value.partition("://")[0] not in POSTGRESQL_SCHEMES:
        refuse_to_start(f"{name} must begin with postgresql:// or sqlite:///.")
    config = _parsed(name, value, environ.Env.db_url_config, "postgresql://user:password@host/name")
    if not config["NAME"]:
        refuse_to_start(f"{name} names no database.")
    if fixed := [setting for setting in FIXED_DATABASE_SETTINGS if setting in config]:
        refuse_to_start(f"{name} must leave {fixed[0]} alone.")
    if is_sqlite and config["NAME"] != ":memory:":
        config["NAME"] = str(directory / config["NAME"])
    return config


def cache(name: str, default: str) -> dict[str, Any]:
    return _parsed(name, text(name, default), environ.Env.cache_url_config, "dbcache://table")


def email(name: str, default: str) -> dict[str, Any]:
    """Django's `EMAIL_…` settings."""
    example = "smtp+tls://user:password@host:587"
    config = _parsed(name, text(name, default), environ.Env.email_url_config, example)
    if config["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not config["EMAIL_HOST"]:
        refuse_to_start(f"{name} names no host; it must look like {example}.")
    return {setting: value for setting, value in config.items() if setting.startswith("EMAIL_")}


def _parsed(
    name: str, value: str, parse: Callable[[str], dict[str, Any]], example: str
) -> dict[str, Any]:
    try:
        return parse(value)
    except (ImproperlyConfigured, ValueError):
        refuse_to_start(f"{name} must look like {example} (a special character as %40 and so on).")


def people(name: str) -> list[tuple[str, str]]:
    """Names and addresses: `Mika <mika@example.org>, robin@example.org`."""
    value = text(name)
    if not value:
        return []
    found = getaddresses([value])
    if not all("@" in address for _, address in found):
        refuse_to_start(f"{name} must look like: Mika <mika@example.org>, robin@example.org.")
    return [(called or address, address) for called, address in found]
