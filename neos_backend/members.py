"""Read single members of a provider's JSON: ids, names, times, addresses, cents.

The shapes come from the Neos wiki (wiki.neosvr.com/OAuth) and from the public models of both
platforms' clients:

- null members are left out, so absent, null and empty mean the same;
- dates have up to seven fractional digits, and "never" is the first day of the year 1;
- money is in cents;
- unknown members are ignored.

An optional value that cannot be read never grants anything.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Any, TypeGuard

from . import text

LAST_YEAR_OF_NEVER = 2016  # the original tests `Year > 2016`; Neos opened later than that
FAR_FUTURE = datetime(9000, 1, 1, tzinfo=UTC)  # can still be shown in every time zone

MAX_USERNAME = 64  # characters
MAX_EMAIL = 254  # characters, RFC 5321
MAX_TAGS = 100
MAX_TAG = 128  # characters
MAX_CENTS = 2**31 - 1  # what an integer column holds

#: Made from a name, a UUID or, at Resonite, a snowflake: all begin alike.
ID = re.compile(r"U-[\w-]{1,126}")
ICON = re.compile(r"(?:neosdb|resdb):///([0-9a-f]{30,64})(?:\.\w{1,8})?(?:\?.*)?", re.IGNORECASE)
HASH = re.compile(r"[0-9a-f]{30,64}")
# Atoms and dots at a dotted host name. Dots may stand anywhere, because Japanese carriers gave out
# such addresses; else stricter than RFC 5322, so that no header can break on it. Quotation marks
# that are there for such dots do not count.
EMAIL = re.compile(
    r"(?P<quote>\"?)(?P<local_part>[\w!#$%&'*+/=?^`{|}~.-]+)(?P=quote)"
    r"@(?P<host>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9]))",
    re.ASCII | re.IGNORECASE,
)

# Control characters, lone surrogates (neither UTF-8 nor PostgreSQL can hold them), line breaks.
UNWANTED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


class InvalidProfile(ValueError):
    """The JSON names no account; `claim` is the missing or wrong member."""

    def __init__(self, claim: str) -> None:
        super().__init__(f"the profile has no usable {claim!r}")
        self.claim = claim


def members(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def first_given(data: dict[str, Any], *keys: str) -> object:
    return next((data[key] for key in keys if data.get(key) is not None), None)


def parse_id(value: object) -> str:
    # Exactly as sent: a stripped or case-folded id could be another person's.
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise InvalidProfile("id")


def parse_username(value: object) -> str:
    """Return a storable name on one line, or "" if no character of it is visible."""
    if not isinstance(value, str):
        return ""
    # Cleaned again, because the cut may have parted what belongs together.
    return text.clean_line(text.clean_line(value)[:MAX_USERNAME])


def is_username(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_USERNAME and all(map(_is_kept, value))


def _is_kept(character: str) -> bool:
    return unicodedata.category(character) not in UNWANTED_CATEGORIES


def is_wanted(character: str) -> bool:
    return _is_kept(character) and character not in text.TURNERS


def parse_email(value: object) -> str | None:
    """Return a storable address: without quotation marks, and with its host in ASCII."""
    if not isinstance(value, str) or len(value) > MAX_EMAIL:
        return None
    local_part, at, host = value.rpartition("@")
    match = EMAIL.fullmatch(f"{local_part}{at}{in_ascii(host)}")
    address = f"{match['local_part']}@{match['host']}" if match else ""
    return address if 0 < len(address) <= MAX_EMAIL else None


def in_ascii(host: str) -> str:
    """Encode a host in another script, like `xn--mnchen-3ya.de`; "" if that could be another host.

    Python follows the older rules for such names. By the newer ones `ß` leads elsewhere.
    """
    if host.isascii():
        return host
    try:
        encoded = host.encode("idna").decode("ascii")
        back = encoded.encode().decode("idna")
    except UnicodeError:
        return ""
    return encoded if back == unicodedata.normalize("NFKC", host).lower() else ""


def parse_locked(value: object) -> bool:
    # Count an unreadable flag as locked.
    return value is not None and value is not False


def parse_time(value: object) -> datetime | None:
    try:
        return read_time(value)
    except ValueError:
        return None


def parse_bans(account: dict[str, Any]) -> datetime | None:
    """Return the end of the last ban that forbids to attend an event.

    Spectator, mute and listing bans are ignored: such a person may still attend.
    """
    ends = [parse_ban(account.get(key)) for key in ("accountBanExpiration", "publicBanExpiration")]
    return max((end for end in ends if end), default=None)


def parse_ban(value: object) -> datetime | None:
    # A ban with an unreadable end lasts for ever.
    try:
        return read_time(value)
    except ValueError:
        return FAR_FUTURE


def read_time(value: object) -> datetime | None:
    """Return the time in UTC, or None for "never". Without a zone it is UTC. Raises ValueError."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError("a time is a string")
    # The year is judged in UTC: what is read here is kept so, and has to be read again the same.
    time = _in_utc(datetime.fromisoformat(value))
    return min(time, FAR_FUTURE) if time.year > LAST_YEAR_OF_NEVER else None


def _in_utc(time: datetime) -> datetime:
    """Leave the offset out if the time has none, or one that leads out of years 1 to 9999."""
    try:
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except OverflowError:
        return time.replace(tzinfo=UTC)


def parse_icon(value: object) -> str:
    """Return the asset hash in lower case, or "" for any other kind of address."""
    match = ICON.fullmatch(value) if isinstance(value, str) else None
    return match[1].lower() if match else ""


def parse_tags(value: object) -> tuple[str, ...]:
    # Drop a tag with unwanted characters: cleaned, it could equal another tag.
    tags = [tag for tag in value if is_tag(tag)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(tags))[:MAX_TAGS]


def is_tag(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TAG and all(map(is_wanted, value))


def parse_cents(value: object) -> int:
    # `type` and not `isinstance`: True is an int too.
    return value if type(value) is int and 0 <= value <= MAX_CENTS else 0
