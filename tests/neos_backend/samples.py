"""Answers of both providers, whole: the shapes are those that clients read, the values invented.

Neos: wiki.neosvr.com/OAuth and the public models of `CloudX.Shared`. Resonite: no answer is public;
the members are those of Yellow Dog Man's own examples, `resonitepy`, XYVR and a Discourse plugin.
"""

from typing import Any

NEOS_ICON = "3d9a7c0e5b1f42688a04c6de90b17f52e1c8a3f6d47b90215ce8f03a6b4d71ee"
RESONITE_ICON = "0b7c5a1de94f2063b8ca7714fd05e6923ac1f8d0b46e97255f10ad3c82be6497"

NEOS: dict[str, dict[str, Any]] = {
    "plain": {
        "id": "U-Plain-Visitor",
        "username": "Plain Visitor",
        "normalizedUsername": "plain visitor",
        "registrationDate": "2021-02-14T18:03:22.4471935Z",
        "isVerified": True,
        "quotaBytes": -1,
        "isLocked": False,
        "supressBanEvasion": False,
        "usedBytes": -1,
        "2fa_login": False,
    },
    "patron": {
        "id": "U-gearfox",
        "username": "gearfox",
        "normalizedUsername": "gearfox",
        "alternateNormalizedNames": ["gear fox"],
        "email": "gearfox@example.org",
        "registrationDate": "2019-08-01T06:41:09.0012318Z",
        "isVerified": True,
        "quotaBytes": 53687091200,
        "isLocked": False,
        "2fa_login": True,
        "tags": ["mmc participant", "mmc21 participant"],
        "profile": {"iconUrl": f"neosdb:///{NEOS_ICON}.webp", "tokenOptOut": ["NCR"]},
        "patreonData": {
            "isPatreonSupporter": True,
            "lastPatreonPledgeCents": 1200,
            "lastTotalCents": 31200,
            "minimumTotalUnits": 0,
            "hasSupported": True,
            "lastPlusActivationTime": "2030-05-20T03:15:44.9120047Z",
            "lastActivationTime": "2030-05-20T03:15:44.9120047Z",
            "lastPlusPledgeAmount": 1200,
            "lastPaidPledgeAmount": 1200,
            "accountName": "Gunter",
            "currentAccountType": 3,
            "currentAccountCents": 1200,
        },
    },
    "patron of 2018": {
        "id": "U-early-bird",
        "username": "early bird",
        "email": "early.bird@example.org",
        "registrationDate": "2018-05-04T10:00:00Z",
        "isVerified": True,
        "patreonData": {
            "isPatreonSupporter": True,
            "lastPatreonPledgeCents": 600,
            "lastTotalCents": 600,
            "lastPlusActivationTime": "2030-05-20T03:15:44Z",
            "lastPlusPledgeAmount": 600,
        },
    },
    "lapsed": {
        "id": "U-Founding-Otter",
        "username": "Founding Otter",
        "registrationDate": "2018-11-30T00:00:00Z",
        "isVerified": True,
        "patreonData": {
            "isPatreonSupporter": False,
            "customTier": "Founding Otter",
            "lastPatreonPledgeCents": 600,
            "lastTotalCents": 52800,
            "lastIsAnorak": True,
            "lastActivationTime": "2030-01-02T02:00:00Z",
            "lastPaidPledgeAmount": 600,
            "currentAccountCents": 0,
        },
    },
    "barred": {
        "id": "U-6f0f3c52-1b7e-4f41-9a55-0d6c2f0a9be1",
        "username": "みかん 猫",
        "normalizedUsername": "みかん 猫",
        "email": "mikan@example.org",
        "registrationDate": "2022-01-30T12:00:00Z",
        "isVerified": False,
        "publicBanExpiration": "2030-07-30T12:00:00Z",
        "publicBanType": "Soft",
        "muteBanExpiration": "2031-07-30T12:00:00Z",
        "isLocked": False,
        "tags": ["neos east"],
        "profile": {},
        "patreonData": {
            "isPatreonSupporter": False,
            "lastTotalCents": 0,
            "lastActivationTime": "0001-01-01T00:00:00",
            "lastPaidPledgeAmount": 0,
            "currentAccountCents": 0,
        },
    },
}


def resonite(**others: Any) -> dict[str, Any]:
    """The answer about an account of Resonite, made there, with further members."""
    account = {
        "id": "U-1AbCdEfGhIj",
        "username": "orchard",
        "normalizedUsername": "orchard",
        "email": "orchard@example.org",
        "registrationDate": "2024-03-05T05:32:10.1300682Z",
        "isVerified": True,
        "isLocked": False,
        "supressBanEvasion": False,
        "2fa_login": False,
        "tags": ["mentor"],
        "profile": {
            "iconUrl": f"resdb:///{RESONITE_ICON}.webp",
            "tagline": "Grows things.",
            "displayBadges": [],
        },
    }
    return account | others


#: One way to support, as an entry of `supporterMetadata` tells of it.
PATREON = {
    "$type": "patreon",
    "isActiveSupporter": True,
    "isActive": True,
    "totalSupportMonths": 7,
    "totalSupportCents": 7000,
    "lastTierCents": 1000,
    "highestTierCents": 1000,
    "lowestTierCents": 1000,
    "firstSupportTimestamp": "2029-11-01T00:00:00Z",
    "lastSupportTimestamp": "2030-05-01T00:00:00Z",
}
STRIPE = PATREON | {"$type": "stripe", "lastTierCents": 500, "totalSupportCents": 1500}
PROMO = {"$type": "promo", "isActiveSupporter": True, "isActive": True, "lastTierCents": 9900}
EXPIRED = PATREON | {"isActive": False, "isActiveSupporter": False}

RESONITE: dict[str, dict[str, Any]] = {
    "says nothing of support": resonite(),
    "no supporter": resonite(isActiveSupporter=False),
    "patreon": resonite(isActiveSupporter=True, supporterMetadata=[PATREON]),
    "stripe": resonite(isActiveSupporter=True, supporterMetadata=[STRIPE]),
    "both": resonite(isActiveSupporter=True, supporterMetadata=[PATREON, STRIPE]),
    "bare stripe": resonite(isActiveSupporter=True, supporterMetadata=[{"$type": "stripe"}]),
    "promo": resonite(isActiveSupporter=True, supporterMetadata=[PROMO]),
    "expired": resonite(isActiveSupporter=False, supporterMetadata=[EXPIRED]),
    "migrated": resonite(
        id="U-orchard",
        migratedData={
            "userId": "U-orchard-of-neos",
            "username": "old orchard",
            "email": "old@example.org",
            "registrationDate": "2020-05-05T00:00:00Z",
            "patreonData": NEOS["patron"]["patreonData"],
        },
        entitlements=[{"$type": "headless", "entitlementOrigins": ["migration"]}],
    ),
}
