"""People of the sandbox: the part that is the same on both platforms."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, TypeAlias

JSONObject: TypeAlias = dict[str, object]


def dotnet_time(moment: datetime) -> str:
    """Format `moment` as .NET does: UTC, seven fractional digits, `Z`.

    >>> dotnet_time(datetime(2030, 6, 1, 12, tzinfo=UTC))
    '2030-06-01T12:00:00.0000007Z'
    """
    utc = moment.astimezone(UTC)
    # Python has six fractional digits. The parser must cope with the seventh.
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond:06d}7Z"


def without_nulls(members: Mapping[str, object]) -> JSONObject:
    # Both platforms leave a member out instead of sending `null`.
    return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Person(ABC):
    """A person to sign in as. `key` names them in forms and commands.

    `public_ban_days` is the number of days until the end of a public ban (negative: it is over;
    None: there was none).
    """

    icon_scheme: ClassVar[str]

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
    has_profile: bool = True
    has_icon: bool = True

    @abstractmethod
    def own_members(self, scopes: Collection[str], now: datetime) -> JSONObject:
        """Return what only this platform sends; members that are None are left out."""

    @property
    def email(self) -> str:
        return f"{self.id.removeprefix('U-').lower()}@example.org"

    @property
    def asset(self) -> str:
        # A renamed account keeps its picture.
        return hashlib.sha256(self.id.encode()).hexdigest()

    def profile(self, scopes: Collection[str], now: datetime) -> JSONObject:
        """Return the answer of the profile address for the granted `scopes` at the time `now`.

        Bans and support are dated relative to `now`.
        """
        members = {
            "id": self.id,
            "username": self.username,
            "normalizedUsername": self.username.lower(),
            "email": self.email if "email" in scopes else None,
            "registrationDate": self.registered,
            "isVerified": self.is_verified,
            "isLocked": self.is_locked,
            "supressBanEvasion": False,
            "2fa_login": False,
            "tags": list(self.tags) or None,
            "profile": self._appearance(),
        }
        return without_nulls(members | self.own_members(scopes, now)) | self._ban(now)

    def _appearance(self) -> JSONObject | None:
        if not self.has_profile:
            return None
        return {"iconUrl": f"{self.icon_scheme}:///{self.asset}.webp"} if self.has_icon else {}

    def _ban(self, now: datetime) -> JSONObject:
        if self.public_ban_days is None:
            return {}
        until = dotnet_time(now + timedelta(days=self.public_ban_days))
        return {"publicBanExpiration": until, "publicBanType": "Hard"}
