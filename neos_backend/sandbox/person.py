"""One person of the sandbox, and the JSON that Neos would send about them."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

JSONObject: TypeAlias = dict[str, object]

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


def dotnet_time(moment: datetime) -> str:
    """Format `moment` as .NET does: UTC, seven fractional digits, `Z`.

    >>> dotnet_time(datetime(2030, 6, 1, 12, tzinfo=UTC))
    '2030-06-01T12:00:00.0000007Z'
    """
    utc = moment.astimezone(UTC)
    # Python has six fractional digits. The parser must cope with the seventh.
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}7Z"


def without_nulls(members: Mapping[str, object]) -> JSONObject:
    # Neos leaves a member out instead of sending `null`.
    return {name: value for name, value in members.items() if value is not None}


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
class Person:
    """A person to sign in as. `key` names them in forms and commands.

    `public_ban_days` is the number of days until the end of a public ban (negative: it is over;
    None: there was none). With `pledge` None the answer has no `patreonData`, even if granted.
    """

    key: str
    label: str
    description: str
    id: str
    username: str
    registered: str
    is_verified: bool = True
    is_locked: bool = False
    public_ban_days: int | None = None
    tags: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    has_profile: bool = True
    has_icon: bool = True
    pledge: Pledge | None = field(default_factory=Pledge)

    @property
    def email(self) -> str:
        return f"{self.id.removeprefix('U-').lower()}@example.org"

    @property
    def asset(self) -> str:
        # A renamed account keeps its picture.
        return hashlib.sha256(self.id.encode()).hexdigest()

    def profile(self, scopes: Collection[str], now: datetime) -> JSONObject:
        """Return the answer of the profile address for the granted `scopes` at the time `now`.

        Bans and pledges are dated relative to `now`.
        """
        members = {
            "id": self.id,
            "username": self.username,
            "normalizedUsername": self.username.lower(),
            "alternateNormalizedNames": list(self.former_names) or None,
            "email": self.email if "email" in scopes else None,
            "registrationDate": self.registered,
            "isVerified": self.is_verified,
            "quotaBytes": -1,
            "isLocked": self.is_locked,
            "supressBanEvasion": False,
            "usedBytes": -1,
            "2fa_login": False,
            "tags": list(self.tags) or None,
            "profile": self._appearance(),
            "patreonData": self.pledge.json(now) if self.pledge and "patreon" in scopes else None,
        }
        return without_nulls(members) | self._ban(now)

    def _appearance(self) -> JSONObject | None:
        if not self.has_profile:
            return None
        return {"iconUrl": f"neosdb:///{self.asset}.webp"} if self.has_icon else {}

    def _ban(self, now: datetime) -> JSONObject:
        if self.public_ban_days is None:
            return {}
        until = dotnet_time(now + timedelta(days=self.public_ban_days))
        return {"publicBanExpiration": until, "publicBanType": "Hard"}
