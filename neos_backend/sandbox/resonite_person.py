"""A person of Resonite, with their support through Patreon or Stripe, or by a promotion.

Shapes come from what public clients read: Yellow-Dog-Man/resonite-oauth-example, resonitepy, XYVR
and resonite-api-spec. No answer of the real profile address is public.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from neos_backend.sandbox.person import JSONObject, Person, dotnet_time, without_nulls

MONTH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Support:
    """One entry of `supporterMetadata`. `cents` is paid every month; None: it names no amounts.

    `months` have been paid, the last of them `paid_days_ago`. With `is_bare` the entry says
    nothing but where the support comes from.
    """

    source: Literal["patreon", "stripe", "promo"]
    is_active: bool = True
    is_bare: bool = False
    cents: int | None = None
    months: int = 0
    paid_days_ago: int = 0

    def json(self, now: datetime) -> JSONObject:
        if self.is_bare:
            return {"$type": self.source}
        flags = {"isActiveSupporter": self.is_active, "isActive": self.is_active}
        return {"$type": self.source, **flags, **self._amounts(now)}

    def _amounts(self, now: datetime) -> JSONObject:
        if self.cents is None:
            return {}
        last = now - timedelta(days=self.paid_days_ago)
        return {
            "totalSupportMonths": self.months,
            "totalSupportCents": self.months * self.cents,
            "lastTierCents": self.cents,
            "highestTierCents": self.cents,
            "lowestTierCents": self.cents,
            "firstSupportTimestamp": dotnet_time(last - (self.months - 1) * MONTH),
            "lastSupportTimestamp": dotnet_time(last),
        }


@dataclass(frozen=True, kw_only=True)
class ResonitePerson(Person):
    """A person who may have come from Neos: `came_as` was their name there, and they kept the id.

    With `support` None the answer has no member about it. The platform asks for no scope.
    """

    icon_scheme = "resdb"

    came_as: str = ""
    support: tuple[Support, ...] | None = ()

    def own_members(self, scopes: Collection[str], now: datetime) -> JSONObject:  # noqa: ARG002
        return {**self._support(now), **self._migration()}

    def _support(self, now: datetime) -> JSONObject:
        if self.support is None:
            return {}
        is_active = any(entry.is_active for entry in self.support)
        members = {
            "isActiveSupporter": is_active,
            "supporterMetadata": [entry.json(now) for entry in self.support] or None,
            "entitlements": [GROUPS] if is_active else None,
        }
        return without_nulls(members)

    def _migration(self) -> JSONObject:
        if not self.came_as:
            return {}
        migrated = {"username": self.came_as, "userId": self.id, "registrationDate": MIGRATED_FROM}
        return {"migratedData": migrated}


MIGRATED_FROM = "2020-05-05T00:00:00Z"
GROUPS: JSONObject = {"$type": "groupCreation", "entitlementOrigins": ["supporter"]}
