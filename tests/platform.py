"""The platform of this run, written out by hand: tests compare the code's own table with it.

`PLATFORM=resonite` lets the tests marked `platforms` run on Resonite; without it, all run on Neos.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Expected:
    """An oracle for a site of this platform: its own paths, addresses of the provider."""

    name: str
    other: str
    login: str
    complete: str
    disconnect: str
    sandbox: str
    authorize_url: str
    token_url: str
    profile_url: str
    assets_url: str
    scopes: list[str]
    variables: str
    #: Ids of three people of the sandbox: Plain Visitor, Amber Alpaca, Birch Beaver.
    plain: str
    amber: str
    birch: str
    #: Until when the support below counts after a sign-in at the time of the `clock`.
    support_until: datetime
    #: A person who pays 12 dollars a month, as the profile address answers.
    profile: dict[str, Any] = field(repr=False)


STANDING: dict[str, Any] = {
    "id": "U-gearfox",
    "username": "gearfox",
    "email": "gearfox@example.org",
    "registrationDate": "2019-08-01T06:41:09.0012318Z",
    "isVerified": True,
    "isLocked": False,
    "tags": ["mmc participant"],
}
PLATFORMS = {
    "neos": Expected(
        name="Neos",
        other="resonite",
        login="/auth/login/neos/",
        complete="/auth/complete/neos/",
        disconnect="/auth/disconnect/neos/",
        sandbox="/sandbox/neos",
        authorize_url="https://auth.neos.com/connect/authorize",
        token_url="https://cloudx-account.azurewebsites.net/connect/token",
        profile_url="https://auth.neos.com/api/user/profiles",
        assets_url="https://assets.neos.com/assets/",
        scopes=["profile", "email", "patreon"],
        variables="NEOS_",
        plain="U-Plain-Visitor",
        amber="U-Amber-Alpaca",
        birch="U-Birch-Beaver",
        support_until=datetime(2030, 6, 29, 3, 15, 44, 912004, tzinfo=UTC),
        profile=STANDING
        | {
            "patreonData": {
                "lastActivationTime": "2030-05-20T03:15:44.9120047Z",
                "lastPaidPledgeAmount": 1200,
                "currentAccountCents": 1200,
                "lastTotalCents": 31200,
                "isPatreonSupporter": True,
            },
        },
    ),
    "resonite": Expected(
        name="Resonite",
        other="neos",
        login="/auth/login/resonite/",
        complete="/auth/complete/resonite/",
        disconnect="/auth/disconnect/resonite/",
        sandbox="/sandbox/resonite",
        authorize_url="https://account.resonite.com/connect/authorize",
        token_url="https://account.resonite.com/connect/token",
        profile_url="https://account.resonite.com/api/user/profile",
        assets_url="https://assets.resonite.com/",
        scopes=["profile", "email"],
        variables="RESONITE_",
        plain="U-1QfnK8vTzWc",
        amber="U-1RwBn4mKxDa",
        birch="U-1RwCs8vLhEb",
        # 40 days after the sign-in at noon of 1 June, and not after the payment.
        support_until=datetime(2030, 7, 11, 12, tzinfo=UTC),
        profile=STANDING
        | {
            "normalizedUsername": "gearfox",
            "isActiveSupporter": True,
            "supporterMetadata": [
                {
                    "$type": "patreon",
                    "isActive": True,
                    "isActiveSupporter": True,
                    "totalSupportMonths": 26,
                    "totalSupportCents": 31200,
                    "lastTierCents": 1200,
                    "highestTierCents": 1200,
                    "lowestTierCents": 1200,
                    "firstSupportTimestamp": "2028-04-20T03:15:44.9120047Z",
                    "lastSupportTimestamp": "2030-05-20T03:15:44.9120047Z",
                },
                {"$type": "stripe"},
            ],
        },
    ),
}
KEY = os.environ["PLATFORM"]  # which `tests/environment.py` sets
PLATFORM = PLATFORMS[KEY]
LOGIN, COMPLETE, DISCONNECT = PLATFORM.login, PLATFORM.complete, PLATFORM.disconnect
#: Lets a site in a process of its own play the provider.
SANDBOX = {f"{PLATFORM.variables}SANDBOX": "1"}


def words(sentence: str) -> str:
    """Return a sentence about Neos as a site of this platform says it."""
    return sentence.replace("Neos", PLATFORM.name)
