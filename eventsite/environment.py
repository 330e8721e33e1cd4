"""Environment variables as typed values; an empty variable counts as unset.

A missing or malformed one ends the start with one line. The line names the variable and does not
repeat its value, which may hold a password; only the path of a picture is shown.
"""

import os
import re
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Never, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from environ import Env

from events.formatting import contact as contacts
from eventsite import mailboxes

Value = TypeVar("Value")

#: Relative paths begin here, in whichever folder a command runs.
FOLDER = Path(__file__).resolve().parents[1]
BOOT_FAILED = 3  # gunicorn's WORKER_BOOT_ERROR: the master exits instead of restarting the worker
SWITCH = dict.fromkeys(("1", "true", "yes", "on"), True)
SWITCH |= dict.fromkeys(("0", "false", "no", "off"), False)
ORIGIN = r"(?ai:https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:[1-9][0-9]*)?)"
DATABASES = ("postgresql://", "postgres://", "sqlite:///", "sqlite://:memory:")
#: What else an address may say of SQLite; how transactions begin is ours.
SQLITE_OPTIONS = {"timeout", "init_command"}
#: Packages that Django's caches import at the first use only, by a word of their class.
CACHE_CLIENTS = {"RedisCache": "redis", "PyMemcacheCache": "pymemcache", "PyLibMCCache": "pylibmc"}
#: The code and the connection pool rely on these; an address must not change them.
FIXED_DATABASE_SETTINGS = ("ATOMIC_REQUESTS", "AUTOCOMMIT", "CONN_MAX_AGE")

#: Django keeps 300 entries in these and then throws a third away: visitors could push out counters.
#: A counter takes about 300 bytes.
SMALL_CACHES = ("locmem", "db")
ROOMY = {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10}
#: Django's own counts in two steps, between which other processes count too.
COUNTING_CACHES = {"db": "eventsite.caches.CountingDatabaseCache"}
UNCOUNTING_CACHES = ("dummy", "filebased")
MOST_LINES, MOST_OF_LINES = 10, 1_000


def refuse_to_start(reason: str, *, status: int = BOOT_FAILED) -> Never:
    """End the process with one line on standard error instead of a traceback."""
    sys.stderr.write(f"eventsite cannot start: {reason}\n")
    raise SystemExit(status)


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def lines(name: str) -> str:
    r"""Return text of at most ten lines; in the environment a line ends with `\n`, spelled out."""
    rule = r"must be at most ten lines of plain text, with \n between them"
    return parsed(name, "", _plain_lines, rule)


def _plain_lines(value: str) -> str:
    found = [line.strip() for line in value.replace("\\n", "\n").splitlines()]
    if (
        len(found) > MOST_LINES
        or len(value) > MOST_OF_LINES
        or not all(map(str.isprintable, found))
    ):
        raise ValueError
    return "\n".join(line for line in found if line)


def line(name: str, default: str = "", *, at_most: int) -> str:
    """Return a text that stands on one line, without signs that nobody sees."""
    rule = f"must be one line of at most {at_most} characters"
    return parsed(name, default, lambda value: _one_line(value, at_most), rule)


def _one_line(value: str, at_most: int) -> str:
    if not value.isprintable() or len(value) > at_most:
        raise ValueError
    return value


def required(name: str, hint: str) -> str:
    return text(name) or refuse_to_start(f"set {name} ({hint}).")


def token(name: str) -> str:
    """Return a secret of at least 20 characters that fits into a header, or an empty text."""
    rule = "must be at least 20 letters, digits, hyphens or underscores"
    return parsed(name, "", _long_enough, rule)


def _long_enough(value: str) -> str:
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{20,200}", value):
        raise ValueError
    return value


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


def colour(name: str, default: str) -> str:
    """Return `#rrggbb` in lower case; the sign may be left out, as shells take it for a comment."""
    return parsed(name, default, _six_digits, "must be a colour like #5334cf")


def _six_digits(value: str) -> str:
    if not re.fullmatch(r"(?ai:#?[0-9a-f]{6})", value):
        raise ValueError
    return f"#{value.removeprefix('#').lower()}"


def picture(name: str) -> str:
    """Return the path of a picture that browsers can show, or an empty text."""
    if not (path := text(name)):
        return ""
    from eventsite import logo  # here: most sites have none, and need no library to look into it

    file = (FOLDER / path).resolve()
    if fault := logo.fault_of(file):
        shown = str(file) if str(file).isprintable() else ascii(str(file))
        refuse_to_start(f"{name} {fault}: {shown}")
    return str(file)


def web_address(name: str, default: str) -> str:
    return _address(name, default, r"(/\S*)?", default)


def _address(name: str, default: str, path: str, example: str) -> str:
    return parsed(name, default, lambda v: _checked(v, path), f"must be an address like {example}")


def _checked(value: str, path: str) -> str:
    """Return the address, or raise ValueError. `port` does so above 65535."""
    if not re.fullmatch(ORIGIN + path, value) or urlsplit(value).port == 0:
        raise ValueError
    return value


def https_origins(name: str) -> list[str]:
    """Return origins like `https://pay.example.org`, separated by spaces, in lower case."""
    example = "https://pay.example.org, without a path; several are separated by spaces"
    return parsed(name, "", _origins, f"must be an address like {example}")


def _origins(value: str) -> list[str]:
    found = [_checked(word, "/?").removesuffix("/").lower() for word in value.split()]
    if not all(origin.startswith("https://") for origin in found):
        raise ValueError
    return list(dict.fromkeys(found))


def database(name: str, default: str) -> dict[str, Any]:
    if not text(name, default).startswith(DATABASES):
        refuse_to_start(f"{name} must begin with postgresql:// or sqlite:///.")
    config = _service(name, default, Env.db_url_config, "postgresql://user:password@host/name")
    if not config["NAME"]:
        refuse_to_start(f"{name} names no database.")
    if fixed := [setting for setting in FIXED_DATABASE_SETTINGS if setting in config]:
        refuse_to_start(f"{name} must leave {fixed[0]} alone.")
    _check_options(name, config)
    return config


def _check_options(name: str, config: dict[str, Any]) -> None:
    """Refuse an option that no driver knows, and one that would undo what the code relies on."""
    options = config.get("OPTIONS", {})
    known = SQLITE_OPTIONS if "sqlite" in config["ENGINE"] else libpq_options()
    if unknown := sorted(set(options) - known):
        refuse_to_start(f"{name} has an option that cannot be used: {unknown[0][:40]!a}.")
    for option in {"timeout", "connect_timeout"} & set(options):
        if type(options[option]) is not int:
            refuse_to_start(f"{name} has an option that is no whole number: {option}.")


def libpq_options() -> set[str]:
    from psycopg import pq

    return {option.keyword.decode() for option in pq.Conninfo.get_defaults()} | {"assume_role"}


def cache(name: str, default: str) -> dict[str, Any]:
    """Return a cache that counts right and is not flushed by the visitors that it counts."""
    example = "dbcache://table"
    config = _service(name, default, Env.cache_url_config, example)
    backend = config["BACKEND"]
    if not config["LOCATION"] and "locmem" not in backend and "dummy" not in backend:
        refuse_to_start(f"{name} must look like {example}.")
    if not is_importable(backend):
        refuse_to_start(f"{name} needs a package that is not installed.")
    kind = backend.split(".")[-2]
    if kind in UNCOUNTING_CACHES:
        refuse_to_start(f"{name} names a cache that cannot count tries of passwords.")
    if kind in SMALL_CACHES:
        config["OPTIONS"] = ROOMY | config.get("OPTIONS", {})
    return config | {"BACKEND": COUNTING_CACHES.get(kind, backend)}


def is_importable(backend: str) -> bool:
    """Return whether a cache's class and the client that it uses are there."""
    client = next((client for word, client in CACHE_CLIENTS.items() if word in backend), None)
    try:
        import_string(backend)
    except ImportError:
        return False
    return client is None or find_spec(client) is not None


def email(name: str, default: str) -> dict[str, Any]:
    example = "smtp+tls://user:password@host:587"
    config = _service(name, default, Env.email_url_config, example)
    if "smtp" in config["EMAIL_BACKEND"] and not config["EMAIL_HOST"]:
        refuse_to_start(f"{name} names no host; it must look like {example}.")
    if config["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
        config["EMAIL_BACKEND"] = "events.messages.smtp.EmailBackend"
    if config["EMAIL_PORT"] == 0 or "OPTIONS" in config:
        refuse_to_start(f"{name} must look like {example}, without options.")
    return {setting: value for setting, value in config.items() if setting.startswith("EMAIL_")}


def _service(
    name: str, default: str, parse: Callable[[str], dict[str, Any]], example: str
) -> dict[str, Any]:
    rule = f"must look like {example} (a special character as %40 and so on)"
    return parsed(name, default, parse, rule)


def contact(name: str) -> str:
    """Return a contact that `events.formatting.contact` can read, or an empty string."""
    rule = "must be an e-mail address or an https link: Mika <mika@example.org>"
    return parsed(name, "", readable_contact, rule)


def readable_contact(typed: str) -> str:
    """Return it as it was typed. Raises `ValueError` if it is no contact."""
    if typed:
        contacts.read(typed)
    return typed


def people(name: str) -> list[tuple[str, str]]:
    """Return names and addresses: `Mika <mika@example.org>, robin@example.org`."""
    found = mailboxes.read(text(name))
    if found is None:
        refuse_to_start(f"{name} must look like: Mika <mika@example.org>, robin@example.org.")
    return found


def sender(name: str, default: str) -> str:
    """Return one address, with a name or without."""
    value = text(name)
    found = mailboxes.read(value)
    if found is None or len(found) > 1:
        refuse_to_start(f"{name} must look like: Events <events@example.org>.")
    return value or default
