"""Environment variables as typed values; an empty variable counts as unset.

A missing or malformed one ends the start with one line. The line names the variable and never
repeats its value, which may hold a password.
"""

import os
import re
import sys
from collections.abc import Callable
from email.utils import getaddresses
from typing import Any, Never, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

Value = TypeVar("Value")

BOOT_FAILED = 3  # gunicorn's WORKER_BOOT_ERROR: the master exits instead of restarting the worker
SWITCH = dict.fromkeys(("1", "true", "yes", "on"), True)
SWITCH |= dict.fromkeys(("0", "false", "no", "off"), False)
ORIGIN = r"(?ai:https?://[a-z0-9.-]+(:[1-9][0-9]*)?)"
DATABASES = ("postgresql://", "postgres://", "sqlite:///", "sqlite://:memory:")
#: The code and the connection pool rely on these; an address must not change them.
FIXED_DATABASE_SETTINGS = ("ATOMIC_REQUESTS", "AUTOCOMMIT", "CONN_MAX_AGE")

#: Django keeps 300 entries in these and then throws a third away: visitors could push out counters.
#: A counter takes about 300 bytes.
SMALL_CACHES = ("locmem", "db")
ROOMY = {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10}
#: Django's own counts in two steps, between which other processes count too.
COUNTING_CACHES = {"db": "eventsite.caches.CountingDatabaseCache"}
UNCOUNTING_CACHES = ("dummy", "filebased")


def refuse_to_start(reason: str) -> Never:
    """End the process with one line on standard error instead of a traceback."""
    sys.stderr.write(f"eventsite cannot start: {reason}\n")
    raise SystemExit(BOOT_FAILED)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def required(name: str, hint: str) -> str:
    return text(name) or refuse_to_start(f"set {name} ({hint}).")


def parsed(name: str, default: str, parse: Callable[[str], Value], rule: str) -> Value:
    try:
        return parse(text(name, default))
    except (ImproperlyConfigured, LookupError, ValueError):
        refuse_to_start(f"{name} {rule}.")


def boolean(name: str, *, default: bool = False) -> bool:
    word = "on" if default else "off"
    return parsed(name, word, lambda v: SWITCH[v.lower()], "is either on or off: 1 or 0")


def whole_number(name: str, *, default: int, at_most: int, at_least: int = 1) -> int:
    allowed = range(at_least, at_most + 1)
    rule = f"is a whole number from {at_least} to {at_most}"
    # `int` reads the digits of every script from text, but only ASCII ones from bytes.
    return parsed(name, str(default), lambda v: allowed[allowed.index(int(v.encode()))], rule)


def choice(name: str, choices: tuple[str, ...]) -> str:
    # The first is the default.
    rule = f"must be one of: {', '.join(choices)}"
    return parsed(name, choices[0], lambda v: choices[choices.index(v)], rule)


def site_url(name: str, default: str) -> str:
    """Return `scheme://host` or `scheme://host:port` in lower case."""
    example = "https://events.example.org"
    default = default or required(name, f"for example {example}")
    value = _address(name, default, "/?", f"{example}, without a path")
    return value.removesuffix("/").lower()


def web_address(name: str, default: str) -> str:
    return _address(name, default, r"(/\S*)?", default)


def _address(name: str, default: str, path: str, example: str) -> str:
    def parse(value: str) -> str:
        # `port` raises ValueError above 65535.
        if not re.fullmatch(ORIGIN + path, value) or urlsplit(value).port == 0:
            raise ValueError
        return value

    return parsed(name, default, parse, f"must be an address like {example}")


def database(name: str, default: str) -> dict[str, Any]:
    if not text(name, default).startswith(DATABASES):
        refuse_to_start(f"{name} must begin with postgresql:// or sqlite:///.")
    config = _service(name, default, Env.db_url_config, "postgresql://user:password@host/name")
    if not config["NAME"]:
        refuse_to_start(f"{name} names no database.")
    if fixed := [setting for setting in FIXED_DATABASE_SETTINGS if setting in config]:
        refuse_to_start(f"{name} must leave {fixed[0]} alone.")
    return config


def cache(name: str, default: str) -> dict[str, Any]:
    """Return a cache that counts right and is not flushed by the visitors that it counts."""
    config = _service(name, default, Env.cache_url_config, "dbcache://table")
    kind = config["BACKEND"].split(".")[-2]
    if kind in UNCOUNTING_CACHES:
        refuse_to_start(f"{name} names a cache that cannot count tries of passwords.")
    if kind in SMALL_CACHES:
        config["OPTIONS"] = ROOMY | config.get("OPTIONS", {})
    return config | {"BACKEND": COUNTING_CACHES.get(kind, config["BACKEND"])}


def email(name: str, default: str) -> dict[str, Any]:
    example = "smtp+tls://user:password@host:587"
    config = _service(name, default, Env.email_url_config, example)
    if "smtp" in config["EMAIL_BACKEND"] and not config["EMAIL_HOST"]:
        refuse_to_start(f"{name} names no host; it must look like {example}.")
    return {setting: value for setting, value in config.items() if setting.startswith("EMAIL_")}


def _service(
    name: str, default: str, parse: Callable[[str], dict[str, Any]], example: str
) -> dict[str, Any]:
    rule = f"must look like {example} (a special character as %40 and so on)"
    return parsed(name, default, parse, rule)


def people(name: str) -> list[tuple[str, str]]:
    """Return names and addresses: `Mika <mika@example.org>, robin@example.org`."""
    found = getaddresses([text(name)]) if text(name) else []
    if not all("@" in address for _, address in found):
        refuse_to_start(f"{name} must look like: Mika <mika@example.org>, robin@example.org.")
    return [(called or address, address) for called, address in found]
