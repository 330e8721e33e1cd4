"""Read what somebody pays Neos on Patreon, from the `patreonData` of their account.

Its shape is that of the public model `UserPatreonData` of `CloudX.Shared`.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from .members import first_given, members, parse_cents, parse_time
from .support import SUPPORT_COVERS, Support


def read_support(account: dict[str, Any], scopes: Collection[str], now: datetime) -> Support | None:
    """Return None without the `patreon` scope: it is not known whether the person is a patron.

    Neos leaves the data out if somebody has never been a patron.
    """
    return parse_patreon(account.get("patreonData"), now) if "patreon" in scopes else None


def parse_patreon(value: object, now: datetime) -> Support:
    """Apply the 40-day rule. Older builds sent the `lastPlus…` members."""
    data = members(value)
    paid_at = parse_time(first_given(data, "lastActivationTime", "lastPlusActivationTime"))
    # Count a payment from the future as made now.
    until = min(paid_at, now) + SUPPORT_COVERS if paid_at else None
    pledge = first_given(
        data, "currentAccountCents", "lastPaidPledgeAmount", "lastPlusPledgeAmount"
    )
    return Support(
        supporter=data.get("isPatreonSupporter") is True,
        cents=parse_cents(pledge) if until and now < until else 0,
        total_cents=parse_cents(data.get("lastTotalCents")),
        until=until,
    )
