"""An account of a platform as typed values: read from the provider's JSON, and kept as JSON.

`parse_profile` reads what Neos sends; `resonite.parse_profile` does the same for Resonite. The two
differ in how they tell who supports the platform, and in nothing else.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from . import patreon
from .members import (
    HASH,
    MAX_USERNAME,
    InvalidProfile,
    is_username,
    members,
    parse_bans,
    parse_email,
    parse_icon,
    parse_id,
    parse_locked,
    parse_tags,
    parse_time,
    parse_username,
)
from .support import Support

__all__ = ["InvalidProfile", "Profile", "Support", "parse_profile"]

#: Reads the support from an account's JSON, the granted scopes and the time.
SupportReader = Callable[[dict[str, Any], Collection[str], datetime], Support | None]


@dataclass(frozen=True, slots=True)
class Profile:
    """One account. Times are aware UTC.

    `email` is None without the `email` scope, and until the platform has verified the address:
    before that it could be anybody's. `support` is None if it is not known whether the person
    supports the platform. `icon` is an asset hash or empty.
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
    support: Support | None

    def as_json(self) -> dict[str, Any]:
        """Return it for `json.dumps`; `from_json` makes an equal one. Times are ISO 8601 in UTC."""
        return {
            "id": self.id,
            "username": self.username,
            "email_verified": self.email_verified,  # before what depends on it
            "email": self.email,
            "locked": self.locked,
            "registered_at": self.registered_at.isoformat() if self.registered_at else None,
            "banned_until": self.banned_until.isoformat() if self.banned_until else None,
            "icon": self.icon,
            "tags": list(self.tags),
            "support": self.support.as_json() if self.support else None,
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what `as_json` has made. Raises InvalidProfile for anything else.

        A pipeline that was paused may go on in another release, which keeps other members or has
        stricter rules for them: the person signs in again then.
        """
        kept = members(data)
        profile = cls._read(kept)
        for claim, value in profile.as_json().items():
            if claim not in kept or kept[claim] != value:
                raise InvalidProfile(claim)
        return profile

    @classmethod
    def _read(cls, kept: dict[str, Any]) -> Self:
        account_id, username, icon = (
            parse_id(kept.get("id")),
            kept.get("username"),
            kept.get("icon"),
        )
        is_verified = kept.get("email_verified") is True
        return cls(
            id=account_id,
            username=username if is_username(username) else account_id[:MAX_USERNAME],
            email=parse_email(kept.get("email")) if is_verified else None,
            email_verified=is_verified,
            locked=kept.get("locked") is True,
            registered_at=parse_time(kept.get("registered_at")),
            banned_until=parse_time(kept.get("banned_until")),
            icon=icon if isinstance(icon, str) and HASH.fullmatch(icon) else "",
            tags=parse_tags(kept.get("tags")),
            support=None if kept.get("support") is None else Support.from_json(kept["support"]),
        )


def parse_profile(data: object, *, scopes: Collection[str], now: datetime | None = None) -> Profile:
    """Read the Neos account in `data`, decoded JSON of any type; only `id` is required.

    `scopes` are the granted ones, `now` is an aware time. Raises InvalidProfile without a valid id,
    and nothing else.
    """
    return read_account(data, patreon.read_support, scopes=scopes, now=now)


def read_account(
    data: object, read_support: SupportReader, *, scopes: Collection[str], now: datetime | None
) -> Profile:
    """Read what the accounts of both platforms have in common, and the support by `read_support`.

    Raises InvalidProfile without a valid id, and nothing else.
    """
    account = members(data)
    account_id = parse_id(account.get("id"))
    is_verified = account.get("isVerified") is True
    return Profile(
        id=account_id,
        # The name is only shown, so an account without one may sign in.
        username=parse_username(account.get("username")) or account_id[:MAX_USERNAME],
        email=parse_email(account.get("email")) if is_verified and "email" in scopes else None,
        email_verified=is_verified,
        locked=parse_locked(account.get("isLocked")),
        registered_at=parse_time(account.get("registrationDate")),
        banned_until=parse_bans(account),
        icon=parse_icon(members(account.get("profile")).get("iconUrl")),
        tags=parse_tags(account.get("tags")),
        support=read_support(account, scopes, now or datetime.now(UTC)),
    )
