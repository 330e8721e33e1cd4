"""Each member of the cast on Resonite is what its label says, as the site reads it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from neos_backend.profile import Profile
from neos_backend.resonite import parse_profile
from neos_backend.sandbox.person import Person
from neos_backend.sandbox.platforms import NEOS, RESONITE

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
SCOPES = ("profile", "email")
DOTNET_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{7})?Z")
SNOWFLAKE = re.compile(r"U-1[A-Za-z0-9]{10}")
#: What only Neos sends.
NEOS_MEMBERS = {"patreonData", "quotaBytes", "usedBytes", "alternateNormalizedNames"}

each_person = pytest.mark.parametrize("person", RESONITE.cast, ids=lambda person: person.key)


def person_of(key: str) -> Person:
    person = RESONITE.find_person(key)
    assert person is not None
    return person


def sent(key: str) -> dict[str, object]:
    return person_of(key).profile(SCOPES, NOW)


def parsed(key: str, scopes: tuple[str, ...] = SCOPES, now: datetime = NOW) -> Profile:
    """Return what a site makes of a member of the cast: through JSON text, as over the wire."""
    answer = json.loads(json.dumps(person_of(key).profile(scopes, now)))
    return parse_profile(answer, scopes=scopes, now=now)


def values_in(value: object) -> Iterator[object]:
    """Every value at any depth of a JSON value."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from values_in(member)
    else:
        yield value


# --- The cast as a whole -------------------------------------------------------------------------


def test_cast_starts_with_the_plain_verified_person() -> None:
    assert RESONITE.cast[0].key == "verified"


def test_cast_has_the_kinds_of_neos_but_its_tiers() -> None:
    own = {person.key for person in RESONITE.cast}
    tiers = {"blade-runner", "gunter", "curator", "lifetime"}

    assert {person.key for person in NEOS.cast} - own == tiers
    assert len(own) == len(RESONITE.cast)


def test_cast_shares_an_id_only_between_the_two_names_of_the_renamed() -> None:
    ids = [person.id for person in RESONITE.cast]

    assert [one for one in ids if ids.count(one) > 1] == [person_of("renamed-before").id] * 2


def test_ids_are_snowflakes_but_for_who_came_from_neos() -> None:
    others = {person.key: person.id for person in RESONITE.cast if not SNOWFLAKE.match(person.id)}

    assert others == {"migrated": "U-Old-Oak-Otter"}


# --- The JSON of each member ---------------------------------------------------------------------


@each_person
def test_profile_is_shaped_as_at_resonite(person: Person) -> None:
    profile = person.profile(SCOPES, NOW)

    assert profile["username"] == person.username
    assert profile["email"] == person.email
    assert DOTNET_TIME.fullmatch(str(profile["registrationDate"])) is not None
    assert NEOS_MEMBERS & profile.keys() == set()
    assert None not in list(values_in(profile))
    assert not any("neosdb" in str(value) for value in values_in(profile))


@each_person
def test_profile_holds_the_email_only_when_granted(person: Person) -> None:
    assert "email" not in person.profile(("profile",), NOW)


@each_person
def test_profile_parses(person: Person) -> None:
    profile = parsed(person.key)

    assert profile.id == person.id
    assert profile.email == (person.email if person.is_verified else None)
    assert profile.icon == (person.asset if person.has_icon and person.has_profile else "")


def test_icon_has_the_scheme_of_resonite() -> None:
    profile = sent("verified")["profile"]

    assert isinstance(profile, dict)
    assert re.fullmatch(r"resdb:///[0-9a-f]{64}\.webp", str(profile["iconUrl"])) is not None


# --- What each label claims ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("verified", (True, False, None)),
        ("unverified", (False, False, None)),
        ("locked", (True, True, None)),
        ("banned", (True, False, NOW + timedelta(days=30))),
        ("ban-over", (True, False, NOW - timedelta(days=1))),
    ],
)
def test_standing_is_what_the_label_says(
    key: str, said: tuple[bool, bool, datetime | None]
) -> None:
    profile = parsed(key)

    assert (profile.email_verified, profile.locked, profile.banned_until) == said


def test_banned_is_banned_whenever_it_signs_in() -> None:
    later = NOW + timedelta(days=3650)

    assert parsed("banned", now=later).banned_until == later + timedelta(days=30)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("verified", (False, 0, 0)),
        ("patreon", (True, 1200, 31_200)),
        ("stripe", (True, 600, 4_800)),
        ("bare-stripe", (True, 0, 0)),
        ("promo", (True, 0, 0)),
        ("lapsed", (False, 0, 9_600)),
        ("migrated", (False, 0, 0)),
    ],
)
def test_support_is_what_the_label_says(key: str, said: tuple[bool, int, int]) -> None:
    support = parsed(key).support

    assert support is not None
    assert (support.supporter, support.cents, support.total_cents) == said


@pytest.mark.parametrize(
    ("key", "sources"),
    [
        ("patreon", ["patreon"]),
        ("stripe", ["stripe"]),
        ("bare-stripe", ["stripe"]),
        ("promo", ["promo"]),
        ("lapsed", ["patreon"]),
    ],
)
def test_support_names_its_source(key: str, sources: list[str]) -> None:
    entries = sent(key)["supporterMetadata"]

    assert isinstance(entries, list)
    assert [entry["$type"] for entry in entries] == sources


def test_bare_entry_has_nothing_but_its_source() -> None:
    assert sent("bare-stripe")["supporterMetadata"] == [{"$type": "stripe"}]


def test_lapsed_gave_last_55_days_ago() -> None:
    entries = sent("lapsed")["supporterMetadata"]

    assert isinstance(entries, list)
    assert entries[0]["lastSupportTimestamp"] == "2030-04-07T12:00:00.0000007Z"


def test_only_supporters_are_entitled_to_something() -> None:
    keys = {p.key for p in RESONITE.cast if "entitlements" in p.profile(SCOPES, NOW)}

    assert keys == {"patreon", "stripe", "bare-stripe", "promo"}


def test_bare_says_nothing_of_support_and_has_no_profile() -> None:
    unsaid = {"profile", "isActiveSupporter", "supporterMetadata", "entitlements"}

    assert unsaid & sent("bare").keys() == set()
    assert parsed("bare").support is None


def test_migrated_tells_the_name_at_neos() -> None:
    assert sent("migrated")["migratedData"] == {
        "username": "Old Oak Otter",
        "userId": "U-Old-Oak-Otter",
        "registrationDate": "2020-05-05T00:00:00Z",
    }
    assert parsed("migrated").username == "Oak"


def test_renamed_is_one_account_under_two_names() -> None:
    before, after = parsed("renamed-before"), parsed("renamed-after")

    assert (before.id, before.icon) == (after.id, after.icon)
    assert (before.username, after.username) == ("Kestrel", "Windhover")


def test_japanese_keeps_its_name_and_odd_name_loses_its_marks() -> None:
    assert parsed("japanese").username == "柚子 たぬき"
    assert "\u202e" in person_of("odd-name").username
    assert "\u202e" not in parsed("odd-name").username
