"""A person of Neos, with their support through Patreon."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from neos_backend.sandbox.person import JSONObject, Person, dotnet_time, without_nulls

# Neos sends this for "never": year one, without a zone.
NEVER = "0001-01-01T00:00:00"
PLEDGE_LIFETIME_DAYS = 40
LIFETIME_PATRON_CENTS = 50_000

# Name and US cents a month. Neos sends the index as the account type.
TIERS = (
    ("Standard Account", 0),
    ("Agent Smith", 100),
    ("Blade Runner", 600),
    ("Gunter", 1_200),
    ("Neuromancer", 2_400),
    ("Architect", 3_200),
    ("Curator", 7_200),
    ("Level 144", 14_400),
    ("Level 250", 25_000),
    ("Anorak", 50_000),
    ("Level 750", 75_000),
)


def tier_of(cents: int) -> int:
    return max(number for number, (_, price) in enumerate(TIERS) if cents >= price)


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """Support through Patreon. The defaults describe a person who never paid.

    `cents` is the monthly pledge in US cents, `total_cents` the sum of all payments.
    `paid_days_ago` is the age in days of the last paid month (None: never).
    """

    cents: int = 0
    paid_days_ago: int | None = None
    total_cents: int = 0
    custom_tier: str | None = None

    @property
    def current_cents(self) -> int:
        """Return the pledge, or 0 from 40 days after the last payment on."""
        is_current = self.paid_days_ago is not None and self.paid_days_ago < PLEDGE_LIFETIME_DAYS
        return self.cents if is_current else 0

    def last_activation(self, now: datetime) -> str:
        if self.paid_days_ago is None:
            return NEVER
        return dotnet_time(now - timedelta(days=self.paid_days_ago))

    def json(self, now: datetime) -> JSONObject:
        activation = self.last_activation(now)
        tier = tier_of(self.current_cents)
        members = {
            "isPatreonSupporter": self.current_cents > 0,
            "lastPatreonPledgeCents": self.cents,
            "lastTotalCents": self.total_cents,
            "minimumTotalUnits": 0,
            "externalCents": 0,
            "lastExternalCents": 0,
            "hasSupported": self.total_cents > 0,
            "lastIsAnorak": self.total_cents >= LIFETIME_PATRON_CENTS,
            "customTier": self.custom_tier,
            "priorityIssue": 0,
            "lastPlusActivationTime": activation,
            "lastActivationTime": activation,
            "lastPlusPledgeAmount": self.cents,
            "lastPaidPledgeAmount": self.cents,
            "accountName": self.custom_tier or TIERS[tier][0],
            "currentAccountType": tier,
            "currentAccountCents": self.current_cents,
            "pledgedAccountType": tier_of(self.cents),
        }
        return without_nulls(members)


@dataclass(frozen=True, kw_only=True)
class NeosPerson(Person):
    """With `pledge` None the answer has no `patreonData`, even if that was granted."""

    icon_scheme = "neosdb"

    former_names: tuple[str, ...] = ()
    pledge: Pledge | None = field(default_factory=Pledge)

    def own_members(self, scopes: Collection[str], now: datetime) -> JSONObject:
        return {
            "alternateNormalizedNames": list(self.former_names) or None,
            "quotaBytes": -1,
            "usedBytes": -1,
            "patreonData": self.pledge.json(now) if self.pledge and "patreon" in scopes else None,
        }
