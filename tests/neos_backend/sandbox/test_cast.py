import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from neos_backend.profile import Profile, parse_profile
from neos_backend.sandbox.neos_person import NEVER, Pledge, tier_of
from neos_backend.sandbox.person import Person, dotnet_time
from neos_backend.sandbox.platforms import NEOS

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
ALL_SCOPES = ("profile", "email", "patreon")
DOTNET_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{7})?Z")

each_person = pytest.mark.parametrize("person", NEOS.cast, ids=lambda person: person.key)


def values_in(value: object) -> Iterator[object]:
    """Every value at any depth of a JSON value."""
    if isinstance(value, dict):
        for member in value.values():
            yield from values_in(member)
    elif isinstance(value, list):
        for member in value:
            yield from values_in(member)
    else:
        yield value


def parsed(key: str, scopes: tuple[str, ...] = ALL_SCOPES) -> Profile:
    """Return what the site makes of a member of the cast: through JSON text, as over the wire."""
    person = NEOS.find_person(key)
    assert person is not None
    return parse_profile(
        json.loads(json.dumps(person.profile(scopes, NOW))), scopes=scopes, now=NOW
    )


# --- The cast as a whole -------------------------------------------------------------------------


def test_cast_starts_with_the_plain_verified_person() -> None:
    assert NEOS.cast[0].key == "verified"


def test_cast_has_a_kind_for_every_case_and_a_crowd() -> None:
    assert len(NEOS.cast) - len(NEOS.crowd) >= 12
    assert len(NEOS.crowd) >= 4


def test_cast_has_unique_keys() -> None:
    assert len({person.key for person in NEOS.cast}) == len(NEOS.cast)


def test_cast_shares_an_id_only_between_the_two_names_of_the_renamed() -> None:
    ids = [person.id for person in NEOS.cast]

    assert {one for one in ids if ids.count(one) > 1} == {"U-Kestrel"}


def test_find_person_knows_every_key_and_no_other() -> None:
    assert [NEOS.find_person(person.key) for person in NEOS.cast] == list(NEOS.cast)
    assert NEOS.find_person("nobody") is None


# --- The JSON of each member ---------------------------------------------------------------------


@each_person
@pytest.mark.parametrize("scopes", [("profile",), ALL_SCOPES], ids=["profile", "all"])
def test_profile_omits_nulls(person: Person, scopes: tuple[str, ...]) -> None:
    assert None not in list(values_in(person.profile(scopes, NOW)))


@each_person
def test_profile_is_shaped_as_at_neos(person: Person) -> None:
    profile = person.profile(ALL_SCOPES, NOW)

    assert str(profile["id"]).startswith("U-") is True
    assert profile["username"] == person.username
    assert profile["normalizedUsername"] == person.username.lower()
    assert DOTNET_TIME.fullmatch(str(profile["registrationDate"])) is not None
    assert (profile["quotaBytes"], profile["usedBytes"]) == (-1, -1)


@each_person
def test_profile_holds_email_and_pledge_only_when_granted(person: Person) -> None:
    profile = person.profile(("profile",), NOW)

    assert {"email", "patreonData"} & profile.keys() == set()


@each_person
def test_profile_gives_the_email_when_granted(person: Person) -> None:
    assert person.profile(("profile", "email"), NOW)["email"] == person.email


@each_person
def test_profile_parses(person: Person) -> None:
    assert parsed(person.key).id == person.id


@each_person
def test_profile_parses_to_the_email_when_granted(person: Person) -> None:
    verified = person.email if person.is_verified else None
    assert parsed(person.key).email == verified
    assert parsed(person.key, ("profile",)).email is None


# --- What each label claims ----------------------------------------------------------------------


@pytest.mark.parametrize("key", ["verified", "ban-over", *(person.key for person in NEOS.crowd)])
def test_verified_is_verified_and_free(key: str) -> None:
    profile = parsed(key)

    assert profile.email_verified is True
    assert profile.locked is False
    assert profile.banned_until is None or profile.banned_until < NOW


def test_unverified_is_not_verified() -> None:
    assert parsed("unverified").email_verified is False


def test_locked_is_locked() -> None:
    assert parsed("locked").locked is True


@pytest.mark.parametrize("days", [0, 3650])
def test_banned_is_banned_whenever_it_signs_in(days: int) -> None:
    person = NEOS.find_person("banned")
    assert person is not None
    now = NOW + timedelta(days=days)

    profile = parse_profile(person.profile(("profile",), now), scopes=("profile",), now=now)

    assert profile.banned_until == now + timedelta(days=30)


def test_ban_over_ended_yesterday() -> None:
    assert parsed("ban-over").banned_until == NOW - timedelta(days=1)


@pytest.mark.parametrize(
    ("key", "cents", "tier"),
    [
        ("blade-runner", 600, "Blade Runner"),
        ("gunter", 1200, "Gunter"),
        ("curator", 7200, "Curator"),
    ],
)
def test_patron_pledges_its_tier(key: str, cents: int, tier: str) -> None:
    person = NEOS.find_person(key)
    assert person is not None
    data = person.profile(ALL_SCOPES, NOW)["patreonData"]
    patreon = parsed(key).support

    assert isinstance(data, dict)
    assert (data["accountName"], data["currentAccountCents"]) == (tier, cents)
    assert patreon is not None
    assert (patreon.supporter, patreon.cents) == (True, cents)


def test_lapsed_counts_nothing_and_keeps_its_tier_name() -> None:
    person = NEOS.find_person("lapsed")
    assert person is not None
    data = person.profile(ALL_SCOPES, NOW)["patreonData"]
    patreon = parsed("lapsed").support

    assert isinstance(data, dict)
    assert data["accountName"] == data["customTier"] == "Keeper of Lanterns"
    assert (data["currentAccountType"], data["pledgedAccountType"]) == (0, 2)
    assert patreon is not None
    assert (patreon.supporter, patreon.cents, patreon.total_cents) == (False, 0, 9600)


def test_lifetime_gave_much_and_pledges_nothing() -> None:
    person = NEOS.find_person("lifetime")
    assert person is not None
    data = person.profile(ALL_SCOPES, NOW)["patreonData"]
    patreon = parsed("lifetime").support

    assert isinstance(data, dict)
    assert data["lastIsAnorak"] is True
    assert patreon is not None
    assert (patreon.cents, patreon.total_cents >= 50_000) == (0, True)


def test_never_patron_has_an_empty_pledge() -> None:
    data = NEOS.cast[0].profile(ALL_SCOPES, NOW)["patreonData"]

    assert isinstance(data, dict)
    assert (data["lastActivationTime"], data["hasSupported"]) == (NEVER, False)
    assert "customTier" not in data


def test_japanese_keeps_its_name_and_has_no_picture() -> None:
    profile = parsed("japanese")

    assert (profile.username, profile.icon) == ("柚子 たぬき", "")


def test_odd_name_holds_spaces_marks_and_tags() -> None:
    person = NEOS.find_person("odd-name")
    assert person is not None

    assert [part in person.username for part in ("  ", "\u202e", "<color=red>")] == [True] * 3
    assert "\u202e" not in parsed("odd-name").username


def test_renamed_is_one_account_under_two_names() -> None:
    before, after = parsed("renamed-before"), parsed("renamed-after")

    assert before.id == after.id
    assert before.icon == after.icon
    assert before.registered_at == after.registered_at
    assert (before.username, after.username) == ("Kestrel", "Windhover")


def test_bare_has_neither_profile_nor_patreon_data() -> None:
    person = NEOS.find_person("bare")
    assert person is not None
    profile = parsed("bare")

    assert {"profile", "patreonData"} & person.profile(ALL_SCOPES, NOW).keys() == set()
    assert profile.icon == ""
    assert profile.support is not None
    assert profile.support.cents == 0


# --- The pieces ----------------------------------------------------------------------------------


def test_dotnet_time_writes_utc_with_seven_digits() -> None:
    moment = datetime.fromisoformat("2030-06-01T14:00:00.123456+02:00")

    assert dotnet_time(moment) == "2030-06-01T12:00:00.1234567Z"


@pytest.mark.parametrize(("days", "cents"), [(39, 600), (40, 0)])
def test_pledge_counts_for_40_days(days: int, cents: int) -> None:
    assert Pledge(cents=600, paid_days_ago=days).current_cents == cents


@pytest.mark.parametrize(("cents", "tier"), [(0, 0), (99, 0), (100, 1), (1199, 2), (75_000, 10)])
def test_tier_of_is_the_highest_reached(cents: int, tier: int) -> None:
    assert tier_of(cents) == tier
