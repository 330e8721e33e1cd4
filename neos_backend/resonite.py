"""Read an account of Resonite: what it says of support, which is not what Neos says.

No answer of the provider is public. The members are those that the clients of Yellow Dog Man and
of the community read: github.com/Yellow-Dog-Man/resonite-oauth-example, their WSOAuth extension for
MediaWiki, a plugin for Discourse, `resonitepy` and XYVR.

`migratedData` is ignored. Its `userId` is an id at Neos, and the same id on the two platforms may
belong to two people. Its `patreonData` tells of payments to the other platform, long ago.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from .members import MAX_CENTS, members, parse_cents
from .profile import Profile, read_account
from .support import SUPPORT_COVERS, Support

#: Ways to support that are paid for. A promo code is none: it makes a supporter without money.
PAID = frozenset({"patreon", "stripe"})
SUPPORTER, METADATA = "isActiveSupporter", "supporterMetadata"


def parse_profile(data: object, *, scopes: Collection[str], now: datetime | None = None) -> Profile:
    """Read the account in `data` as `profile.parse_profile` does, but support as told here."""
    return read_account(data, read_support, scopes=scopes, now=now)


def read_support(
    account: dict[str, Any], _scopes: Collection[str], now: datetime
) -> Support | None:
    """Return None if the account tells nothing about support. There is no scope for it.

    `cents` is the sum of the ways that are active: somebody who pays in two ways pays both. None
    counts if the account as a whole is no active supporter's. `until` is 40 days from now: nobody
    says how long a payment counts (a year, a month), so the provider's word that somebody is a
    supporter counts as long as a payment does at Neos. `lastSupportTimestamp` is not read, because
    the last payment for a whole year may be long ago.
    """
    if account.get(SUPPORTER) is None and account.get(METADATA) is None:
        return None
    ways = read_ways(account.get(METADATA))
    active = [way for way in ways if is_active(way)]
    flag = account.get(SUPPORTER)
    supporter = bool(active) if flag is None else is_true(flag)
    return Support(
        supporter=supporter,
        cents=sum_cents(active, "lastTierCents") if supporter else 0,
        total_cents=sum_cents(ways, "totalSupportCents"),
        until=now + SUPPORT_COVERS if supporter else None,
    )


def read_ways(value: object) -> list[dict[str, Any]]:
    """Return the ways to support that are known; a kind that comes later grants nothing."""
    entries = value if isinstance(value, list) else []
    return [way for way in map(members, entries) if way.get("$type") in (*PAID, "promo")]


def is_active(way: dict[str, Any]) -> bool:
    """Return whether all that it says of itself is yes. A bare entry says nothing."""
    flags = [way[name] for name in ("isActive", SUPPORTER) if way.get(name) is not None]
    return bool(flags) and all(map(is_true, flags))


def is_true(flag: object) -> bool:
    """Return whether it is `true`, or the word: one client that sees real answers takes both."""
    return flag is True or flag == "true"


def sum_cents(ways: list[dict[str, Any]], member: str) -> int:
    """Return the sum of the highest amount of each paid way.

    No account is known that has two entries of one type. They may tell of the same payment twice,
    so they are not added.
    """
    found = sum(
        highest_cents([way for way in ways if way["$type"] == kind], member) for kind in PAID
    )
    return min(found, MAX_CENTS)


def highest_cents(ways: list[dict[str, Any]], member: str) -> int:
    return max((parse_cents(way.get(member)) for way in ways), default=0)
