"""Whatever JSON a provider sends: it is read or refused cleanly, can be stored, and can be kept."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from neos_backend import profile, resonite
from neos_backend.members import MAX_CENTS
from neos_backend.profile import InvalidProfile, Profile

from .samples import NEOS, RESONITE

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
ALL = ("profile", "email", "patreon")

ZONES = st.sampled_from(["", "Z", "+14:00", "-12:00", "+00:01", "-23:59:59.999999"])
#: Where an offset leads into another year that means something else, or out of the calendar.
EDGES = ["0001-01-01T00:00:00", "9999-12-31T23:59:59.9999999"]
EDGES += [f"{year}-{day}" for year in (2016, 8999) for day in ("12-31T20:00:00", "12-31T23:59:59")]
EDGES += [f"{year}-01-01T00:30:00" for year in (2017, 9000)]
texts = st.text(st.characters(), max_size=80)  # lone surrogates included
days = st.sampled_from(EDGES) | st.datetimes().map(datetime.isoformat)
times = st.builds(lambda day, zone: day + zone, days, ZONES)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts | times
values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=4
)


def some_of(names: list[str], **others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """An object with any of the members, and anything in them."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values) | others)


ids = st.from_regex(r"U-[\w-]{1,126}", fullmatch=True)
kinds = st.sampled_from(["patreon", "stripe", "promo", "gift"])
ways = some_of(
    ["isActive", "isActiveSupporter", "totalSupportCents", "lastSupportTimestamp"],
    **{"$type": kinds | values, "lastTierCents": st.integers(-1, MAX_CENTS + 1)},
)
patreon = ["isPatreonSupporter", "lastTotalCents", "lastActivationTime", "currentAccountCents"]
patreon += ["lastPlusActivationTime", "lastPlusPledgeAmount", "lastPaidPledgeAmount"]
plain = ["username", "email", "isLocked", "tags", "isActiveSupporter", "migratedData"]
dates = ["registrationDate", "accountBanExpiration", "publicBanExpiration"]
accounts = st.builds(
    lambda account_id, members: {"id": account_id} | members,
    ids,
    some_of(
        plain,
        **dict.fromkeys(dates, times | values),
        isVerified=st.booleans() | values,
        profile=values | some_of(["iconUrl"]),
        patreonData=values | some_of(patreon),
        supporterMetadata=values | st.lists(ways | values, max_size=4),
    ),
)
samples = st.sampled_from([*NEOS.values(), *RESONITE.values()])

by_both = pytest.mark.parametrize("parse", [profile.parse_profile, resonite.parse_profile])


def read_or_none(parse: Any, data: object) -> Profile | None:
    try:
        read: Profile = parse(data, scopes=ALL, now=NOW)
    except InvalidProfile:
        return None
    return read


def kept(read: Profile) -> Profile:
    """The profile after a pause of the pipeline: through JSON text in UTF-8, as in a database."""
    return Profile.from_json(json.loads(json.dumps(read.as_json(), ensure_ascii=False).encode()))


@by_both
@settings(deadline=None)
@given(data=values)
def test_any_json_is_a_profile_or_invalid(parse: Any, data: object) -> None:
    read = read_or_none(parse, data)
    assert read is None or kept(read) == read


@settings(deadline=None)
@given(data=values)
def test_any_json_that_was_kept_is_a_profile_or_invalid(data: object) -> None:
    try:
        read = Profile.from_json(data)
    except InvalidProfile:
        return
    assert read.as_json() == data


@settings(deadline=None)
@given(sample=samples, others=some_of(["id", "username", "email", "icon", "tags", "support"]))
def test_any_change_of_what_was_kept_is_the_same_or_invalid(sample: Any, others: Any) -> None:
    changed = profile.parse_profile(sample, scopes=ALL, now=NOW).as_json() | others
    try:
        read = Profile.from_json(changed)
    except InvalidProfile:
        return
    assert read.as_json() == changed


@by_both
@settings(deadline=None)
@given(data=accounts)
@example(data={"id": "U-x", "registrationDate": "2017-01-01T00:30:00+01:00"})
@example(data={"id": "U-x", "publicBanExpiration": "8999-12-31T20:00:00-05:00"})
@example(data={"id": "U-x", "publicBanExpiration": "9999-12-31T23:59:59-00:01"})
@example(data={"id": "U-x", "registrationDate": "0001-01-01T00:00:00+00:01"})
def test_any_account_with_an_id_is_a_storable_profile(parse: Any, data: dict[str, Any]) -> None:
    read = parse(data, scopes=ALL, now=NOW)
    assert (read.id, 0 < len(read.username) <= 64) == (data["id"], True)
    for text in (read.username, read.email or "", read.icon, *read.tags):
        assert text == text.encode().decode()
        assert not {"Cc", "Cs"} & {unicodedata.category(character) for character in text}
    for time in (read.registered_at, read.banned_until):
        assert time is None or time.astimezone(UTC).utcoffset() == timedelta(0)
    assert read.email_verified is (data.get("isVerified") is True)
    assert kept(read) == read


@by_both
@settings(deadline=None)
@given(data=accounts)
def test_any_support_is_storable_and_grants_no_more_than_was_said(
    parse: Any, data: dict[str, Any]
) -> None:
    support = parse(data, scopes=ALL, now=NOW).support
    if support is None:
        told = [data.get(name) for name in ("isActiveSupporter", "supporterMetadata")]
        assert (parse, told) == (resonite.parse_profile, [None, None])
        return
    assert 0 <= support.cents <= MAX_CENTS
    assert 0 <= support.total_cents <= MAX_CENTS
    assert support.until is None or support.until <= NOW + timedelta(days=40)
    assert support.cents == 0 or support.until is not None


@by_both
@settings(deadline=None)
@given(sample=samples, others=some_of(["email", "tags", "supporterMetadata", "patreonData"]))
def test_any_sample_with_anything_in_it_is_read_and_kept(
    parse: Any, sample: dict[str, Any], others: dict[str, Any]
) -> None:
    read = parse(sample | others, scopes=ALL, now=NOW)
    assert (read.id, kept(read)) == (sample["id"], read)
