"""One person of the stand-in, and the JSON object that Neos would give about them."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

JSONObject: TypeAlias = dict[str, object]

# Neos's word for "this never happened": year one, without a zone.
NEVER = "0001-01-01T00:00:00"
PLEDGE_LIFETIME_DAYS = 40
LIFETIME_PATRON_CENTS = 50_000

# Name and US cents a month. The position is the number that Neos sends as the account type.
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
    """`moment` as .NET writes it: UTC, seven fractional digits, `Z`.

    >>> dotnet_time(datetime(2030, 6, 1, 12, tzinfo=UTC))
    '2030-06-01T12:00:00.0000007Z'
    """
    utc = moment.astimezone(UTC)
    # Python counts no finer than microseconds; the last digit is there to be met by the parser.
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}7Z"


def without_nulls(members: Mapping[str, object]) -> JSONObject:
    """Neos leaves a member out where others would send `null`."""
    return {name: value for name, value in members.items() if value is not None}


def tier_of(cents: int) -> int:
    """The account type number that a monthly pledge of `cents` reaches."""
    return max(number for number, (_, price) in enumerate(TIERS) if cents >= price)


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """Support through Patreon. The defaults are those of somebody who never gave anything.

    `cents` a month in US cents, `paid_days_ago` the age in days of the last paid month (None:
    never), `total_cents` over a lifetime.
    """

    cents: int = 0
    paid_days_ago: int | None = None
    total_cents: int = 0
    custom_tier: str | None = None

    @property
    def current_cents(self) -> int:
        """What counts today: nothing once 40 days have passed since the last payment."""
        is_current = self.paid_days_ago is not None and self.paid_days_ago < PLEDGE_LIFETIME_DAYS
        return self.cents if is_current else 0

    def last_activation(self, now: datetime) -> str:
        if self.paid_days_ago is None:
            return NEVER
        return dotnet_time(now - timedelta(days=self.paid_days_ago))

    def json(self, now: datetime) -> JSONObject:
        """The `patreonData` object, amounts in US cents."""
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
    """Somebody to sign in as. `key` names them in forms and commands.

    `public_ban_days` is the number of days from now to the end of a public ban (negative: it is
    over; None: there was none). `pledge` None leaves `patreonData` out even when it was granted.
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
        """Name of the picture: 64 hexadecimal digits, the same for every name of one account."""
        return hashlib.sha256(self.id.encode()).hexdigest()

    def profile(self, scopes: Collection[str], now: datetime) -> JSONObject:
        """What the profile address answers when `scopes` were granted and the time is `now`.

        camelCase members, none of them null; bans and pledges are dated relative to `now`.
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
