"""A Neos account as the provider describes it, parsed once into typed values.

`parse_profile` is the only reader of the provider's JSON; nothing behind it sees a raw value. The
shapes are those of the Neos wiki (wiki.neosvr.com/OAuth) and of the public `CloudX.Shared` models
`User` and `UserPatreonData`: null members are left out, so absent, null and empty mean the same;
dates carry up to seven fractional digits; "never" is the first day of the year 1; money is in US
cents. Unknown members are ignored.

One rule for everything optional: what cannot be read never grants anything.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

# One payment counts for this long: the rule of the original `currentAccountType`.
PAYMENT_COVERS = timedelta(days=40)

LAST_YEAR_OF_NEVER = 2016  # the original tests `Year > 2016`; Neos opened later than that
FAR_FUTURE = datetime(9000, 1, 1, tzinfo=UTC)  # every time zone can still show it

MAX_USERNAME = 64  # characters
MAX_EMAIL = 254  # characters, RFC 5321
MAX_TAGS = 100
MAX_TAG = 128  # characters
MAX_CENTS = 2**31 - 1  # what an integer column holds

ID = re.compile(r"U-[\w-]{1,126}")
ICON = re.compile(r"(?:neosdb|resdb):///([0-9a-f]{30,64})(?:\.\w{1,8})?(?:\?.*)?", re.IGNORECASE)
# A dot-atom at a dotted host name (RFC 5322): stricter than the RFCs, so no header can break on it.
EMAIL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])",
    re.ASCII | re.IGNORECASE,
)

# Control characters, lone surrogates (neither UTF-8 nor PostgreSQL can hold them), line breaks.
UNWANTED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Embeddings, overrides and isolates carry no letter; they only turn the text around a name.
TEXT_TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Patreon:
    """What a person pays on Patreon, as known when the profile was read.

    `cents` is the current monthly pledge in US cents, 0 once 40 days have passed since the last
    payment; `until` is that payment plus 40 days.
    """

    supporter: bool
    cents: int
    total_cents: int
    until: datetime | None


@dataclass(frozen=True, slots=True)
class NeosProfile:
    """One account. Times are aware UTC.

    `email` is None unless the `email` scope was granted; `patreon` is None unless `patreon` was,
    which means "not known" and not "no patron". `icon` is a bare asset hash or empty.
    """

    id: str
    username: str
    email: str | None = field(repr=False)  # a repr may end up in a log
    email_verified: bool
    locked: bool
    registered_at: datetime | None
    banned_until: datetime | None
    icon: str
    tags: tuple[str, ...]
    patreon: Patreon | None


class InvalidProfile(ValueError):
    """The JSON does not name an account; `claim` is the member that is missing or wrong."""

    def __init__(self, claim: str) -> None:
        super().__init__(f"the profile has no usable {claim!r}")
        self.claim = claim


def parse_profile(
    data: object, *, scopes: Collection[str], now: datetime | None = None
) -> NeosProfile:
    """The account in `data`, decoded JSON; only `id` is required.

    `scopes` are those the person granted, `now` is an aware time (the current one by default).
    Raises InvalidProfile when there is no valid id, and nothing else.
    """
    account = members(data)
    neos_id = parse_id(account.get("id"))
    now = now or datetime.now(UTC)
    return NeosProfile(
        id=neos_id,
        # A name is only shown, so a missing one must not keep anybody out.
        username=parse_username(account.get("username")) or neos_id[:MAX_USERNAME],
        email=parse_email(account.get("email")) if "email" in scopes else None,
        email_verified=account.get("isVerified") is True,
        locked=parse_locked(account.get("isLocked")),
        registered_at=parse_time(account.get("registrationDate")),
        banned_until=parse_bans(account),
        icon=parse_icon(members(account.get("profile")).get("iconUrl")),
        tags=parse_tags(account.get("tags")),
        patreon=parse_patreon(account.get("patreonData"), now) if "patreon" in scopes else None,
    )


def members(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def first_given(data: dict[str, Any], *keys: str) -> object:
    """The first of the members which is there at all, even when it is of no use."""
    return next((data[key] for key in keys if data.get(key) is not None), None)


def parse_id(value: object) -> str:
    """The id exactly as sent: a stripped or folded one could be somebody else's."""
    if isinstance(value, str) and ID.fullmatch(value):
        return value
    raise InvalidProfile("id")


def parse_username(value: object) -> str:
    """A storable name on one line, empty when nothing of it could be seen."""
    if not isinstance(value, str):
        return ""
    name = "".join(c for c in value if is_wanted(c)).strip()[:MAX_USERNAME].rstrip()
    return name if any(is_visible(c) for c in name) else ""


def is_wanted(character: str) -> bool:
    return (
        unicodedata.category(character) not in UNWANTED_CATEGORIES and character not in TEXT_TURNERS
    )


def is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ"


def parse_email(value: object) -> str | None:
    if isinstance(value, str) and len(value) <= MAX_EMAIL and EMAIL.fullmatch(value):
        return value
    return None


def parse_locked(value: object) -> bool:
    """False only for a literal false or no member: a flag that cannot be read must not let in."""
    return value is not None and value is not False


def parse_time(value: object) -> datetime | None:
    """The time in UTC, None for "never" and for what is no time."""
    try:
        return read_time(value)
    except ValueError:
        return None


def parse_bans(account: dict[str, Any]) -> datetime | None:
    """When the last ban ends that keeps the person away from an event.

    Spectator, mute and listing bans do not: such a person may still attend.
    """
    ends = [parse_ban(account.get(key)) for key in ("accountBanExpiration", "publicBanExpiration")]
    return max((end for end in ends if end), default=None)


def parse_ban(value: object) -> datetime | None:
    """Like `parse_time`, but a ban whose end cannot be read has no end."""
    try:
        return read_time(value)
    except ValueError:
        return FAR_FUTURE


def read_time(value: object) -> datetime | None:
    """The time in UTC, None for "never"; one without a zone is UTC. Raises ValueError."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise ValueError("a time is a string")
    time = datetime.fromisoformat(value)
    if time.year <= LAST_YEAR_OF_NEVER:
        return None
    if time.year >= FAR_FUTURE.year:
        return FAR_FUTURE
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def parse_icon(value: object) -> str:
    """The asset hash, lower case; any other kind of address is not followed."""
    match = ICON.fullmatch(value) if isinstance(value, str) else None
    return match[1].lower() if match else ""


def parse_tags(value: object) -> tuple[str, ...]:
    """Tags as sent. One that needs cleaning is left out: cleaned, it could be another tag."""
    tags = [tag for tag in value if is_tag(tag)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(tags))[:MAX_TAGS]


def is_tag(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_TAG and all(map(is_wanted, value))


def parse_patreon(value: object, now: datetime) -> Patreon:
    """Support by the 40-day rule; the `lastPlus…` twins are what older builds sent."""
    data = members(value)
    paid_at = parse_time(first_given(data, "lastActivationTime", "lastPlusActivationTime"))
    # A payment from the future cannot cover more than one made right now.
    until = min(paid_at, now) + PAYMENT_COVERS if paid_at else None
    pledge = first_given(
        data, "currentAccountCents", "lastPaidPledgeAmount", "lastPlusPledgeAmount"
    )
    return Patreon(
        supporter=data.get("isPatreonSupporter") is True,
        cents=parse_cents(pledge) if until and now < until else 0,
        total_cents=parse_cents(data.get("lastTotalCents")),
        until=until,
    )


def parse_cents(value: object) -> int:
    """A whole amount that a column can hold, else 0. True is no number here."""
    return value if type(value) is int and 0 <= value <= MAX_CENTS else 0
