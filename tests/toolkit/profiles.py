"""Accounts at the foreign server, by the name of the person there, in the shapes of both platforms.

What is known of these shapes, and from where, is in docs/providers.md.
"""

from typing import Any

#: The scope that opens a member; all others are opened by `profile`.
OPENED_BY = {"email": "email", "patreonData": "patreon"}

PROFILES: dict[str, dict[str, Any]] = {
    "neos": {
        "id": "U-gearfox",
        "username": "gearfox",
        "normalizedUsername": "gearfox",
        "email": "gearfox@example.org",
        "registrationDate": "2019-08-01T06:41:09.0012318Z",
        "isVerified": True,
        "isLocked": False,
        "tags": ["mmc participant"],
        "profile": {"iconUrl": f"neosdb:///{'3d9a7c0e' * 8}.webp"},
        "patreonData": {"isPatreonSupporter": True, "lastTotalCents": 31200},
    },
    "resonite": {
        "id": "U-1AbCdEfGhIj",
        "username": "orchard",
        "normalizedUsername": "orchard",
        "email": "orchard@example.org",
        "registrationDate": "2024-03-05T05:32:10.1300682Z",
        "isVerified": True,
        "isLocked": False,
        "tags": ["mentor"],
        "profile": {"iconUrl": f"resdb:///{'0b7c5a1d' * 8}.webp"},
        "isActiveSupporter": True,
        "supporterMetadata": [{"$type": "stripe"}],
    },
}


def shown(name: str, scopes: set[str]) -> dict[str, Any]:
    """Return what an access token with these scopes opens of a profile."""
    members = PROFILES[name]
    return {key: members[key] for key in members if OPENED_BY.get(key, "profile") in scopes}
