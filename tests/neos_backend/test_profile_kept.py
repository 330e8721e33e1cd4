"""A paused pipeline keeps a profile as JSON; what comes back is the same profile or is refused."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from neos_backend import profile, resonite
from neos_backend.members import FAR_FUTURE
from neos_backend.profile import InvalidProfile, Profile, Support

from .samples import NEOS, NEOS_ICON, RESONITE

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
SCOPES = ("profile", "email", "patreon")
ALL = [
    *(profile.parse_profile(account, scopes=SCOPES, now=NOW) for account in NEOS.values()),
    *(resonite.parse_profile(account, scopes=SCOPES, now=NOW) for account in RESONITE.values()),
]


def kept(**others: Any) -> dict[str, Any]:
    """Return what is kept of a patron, with other members."""
    patron = profile.parse_profile(NEOS["patron"], scopes=SCOPES, now=NOW)
    return patron.as_json() | others


def test_profile_is_kept_as_plain_json() -> None:
    assert kept() == {
        "id": "U-gearfox",
        "username": "gearfox",
        "email": "gearfox@example.org",
        "email_verified": True,
        "locked": False,
        "registered_at": "2019-08-01T06:41:09.001231+00:00",
        "banned_until": None,
        "icon": NEOS_ICON,
        "tags": ["mmc participant", "mmc21 participant"],
        "support": {
            "supporter": True,
            "cents": 1200,
            "total_cents": 31200,
            "until": "2030-06-29T03:15:44.912004+00:00",
        },
    }


@pytest.mark.parametrize("read", ALL, ids=lambda read: read.id)
def test_profile_comes_back_the_same(read: Profile) -> None:
    assert Profile.from_json(json.loads(json.dumps(read.as_json()))) == read


@pytest.mark.parametrize(
    "others",
    [
        {"id": "U-" + "x" * 126, "username": None},
        {"id": "U-\u212b", "username": None},  # not in the form in which names are stored
        {"username": "👩\u200d🔧 \u2066abc\u2069"},
        {"accountBanExpiration": "9999-12-31T23:59:59.9999999"},
        {"isLocked": True, "isVerified": False},
    ],
)
def test_profile_with_odd_members_comes_back_the_same(others: dict[str, Any]) -> None:
    read = profile.parse_profile(NEOS["patron"] | others, scopes=SCOPES, now=NOW)
    assert Profile.from_json(json.loads(json.dumps(read.as_json()))) == read


def test_profile_of_a_later_release_may_have_more_members() -> None:
    assert Profile.from_json(kept(pronouns="they")) == Profile.from_json(kept())


@pytest.mark.parametrize("claim", sorted(kept()))
def test_profile_without_a_member_is_refused(claim: str) -> None:
    data = kept()
    del data[claim]
    with pytest.raises(InvalidProfile) as caught:
        Profile.from_json(data)
    assert caught.value.claim == claim


@pytest.mark.parametrize(
    ("claim", "values"),
    [
        ("id", ["", "gearfox", "U-a b", 5, None, ["U-gearfox"]]),
        ("username", ["", "x" * 65, "a\nb", "a\x00b", "\ud800", 5, None]),
        ("email", ["", "nobody", "a@x.example\r\nBcc: b@x.example", 5, ["a@x.example"]]),
        ("email_verified", [1, "true", None]),
        ("locked", [1, "false", None, []]),
        ("registered_at", ["", "soon", "2019-08-01T06:41:09Z", "2019-08-01T06:41:09", 5]),
        ("banned_until", ["", "for ever", "0001-01-01T00:00:00", "9999-12-31T00:00:00+00:00"]),
        ("icon", ["x", NEOS_ICON.upper(), f"neosdb:///{NEOS_ICON}", "../" + "a" * 40, None, 5]),
        ("tags", ["mentor", None, [""], [5], ["a", "a"], ["a\x00"], ["x"] * 101, {"a": 1}]),
        ("support", [True, {}, [], "yes", {"supporter": True}, {"cents": 1}]),
    ],
)
def test_profile_that_was_tampered_with_is_refused(claim: str, values: list[object]) -> None:
    for value in values:
        with pytest.raises(InvalidProfile) as caught:
            Profile.from_json(kept(**{claim: value}))
        assert caught.value.claim == claim


@pytest.mark.parametrize(
    "wrong",
    [
        {"cents": -1},
        {"cents": True},
        {"cents": 2**31},
        {"total_cents": "5"},
        {"supporter": 1},
        {"until": "soon"},
    ],
)
def test_support_that_was_tampered_with_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidProfile) as caught:
        Profile.from_json(kept(support=kept()["support"] | wrong))
    assert caught.value.claim == "support"


def test_email_of_somebody_unverified_cannot_come_back() -> None:
    with pytest.raises(InvalidProfile) as caught:
        Profile.from_json(kept(email_verified=False))
    assert caught.value.claim == "email"


@pytest.mark.parametrize("data", [None, True, 5, "U-x", [], {}, {"neos_profile": {}}])
def test_anything_else_is_refused(data: object) -> None:
    with pytest.raises(InvalidProfile) as caught:
        Profile.from_json(data)
    assert caught.value.claim == "id"


def test_ban_without_an_end_comes_back() -> None:
    read = Profile.from_json(kept(banned_until=FAR_FUTURE.isoformat()))
    assert read.banned_until == FAR_FUTURE


def test_support_that_is_not_known_stays_unknown() -> None:
    assert Profile.from_json(kept(support=None)).support is None
    nothing = Support(supporter=False, cents=0, total_cents=0, until=None)
    assert Profile.from_json(kept(support=nothing.as_json())).support == nothing
