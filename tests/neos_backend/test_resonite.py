"""Read an account of Resonite: most members are as at Neos, and support is told in another way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from neos_backend.members import MAX_CENTS
from neos_backend.profile import Profile, Support
from neos_backend.resonite import parse_profile

from .samples import EXPIRED, NEOS, PATREON, PROMO, RESONITE, RESONITE_ICON, STRIPE, resonite

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
SCOPES = ("profile", "email")


def parse(account: dict[str, Any], scopes: tuple[str, ...] = SCOPES) -> Profile:
    return parse_profile(account, scopes=scopes, now=NOW)


def support_of(**members: Any) -> Support | None:
    return parse(resonite(**members)).support


def paying(cents: int, total: int, *, supporter: bool = True) -> Support:
    until = NOW + timedelta(days=40) if supporter else None
    return Support(supporter=supporter, cents=cents, total_cents=total, until=until)


def test_profile_of_a_supporter_is_read_in_full() -> None:
    assert parse(RESONITE["patreon"]) == Profile(
        id="U-1AbCdEfGhIj",
        username="orchard",
        email="orchard@example.org",
        email_verified=True,
        locked=False,
        registered_at=datetime(2024, 3, 5, 5, 32, 10, 130068, UTC),
        banned_until=None,
        icon=RESONITE_ICON,
        tags=("mentor",),
        support=paying(1000, 7000),
    )


@pytest.mark.parametrize(
    ("sample", "support"),
    [
        ("says nothing of support", None),
        ("no supporter", paying(0, 0, supporter=False)),
        ("patreon", paying(1000, 7000)),
        ("stripe", paying(500, 1500)),
        ("both", paying(1500, 8500)),
        ("bare stripe", paying(0, 0)),
        ("promo", paying(0, 0)),
        ("expired", paying(0, 7000, supporter=False)),
        ("migrated", None),
    ],
)
def test_support_of_each_kind_of_account(sample: str, support: Support | None) -> None:
    assert parse(RESONITE[sample]).support == support


@pytest.mark.parametrize("scopes", [("profile",), SCOPES, (*SCOPES, "patreon")])
def test_support_is_known_by_its_members_and_not_by_a_scope(scopes: tuple[str, ...]) -> None:
    assert parse(RESONITE["patreon"], scopes).support == paying(1000, 7000)
    assert parse(RESONITE["says nothing of support"], scopes).support is None
    assert parse(resonite(isActiveSupporter=None, supporterMetadata=None), scopes).support is None


@pytest.mark.parametrize("data", [NEOS["patron"]["patreonData"], {}])
def test_support_of_the_other_platform_is_not_read(data: dict[str, Any]) -> None:
    assert support_of(patreonData=data) is None
    assert support_of(isActiveSupporter=False, migratedData={"patreonData": data}) == paying(
        0, 0, supporter=False
    )


def test_identity_of_the_other_platform_is_not_read() -> None:
    profile = parse(RESONITE["migrated"])
    assert (profile.id, profile.username, profile.email) == (
        "U-orchard",
        "orchard",
        "orchard@example.org",
    )
    assert profile.registered_at == datetime(2024, 3, 5, 5, 32, 10, 130068, UTC)


@pytest.mark.parametrize(
    "account_id", ["U-fX3pKe7AYYQ", "U-1AbCdEfGhIj", "U-orchard", "U-Old_Name-3f"]
)
def test_id_is_a_snowflake_or_a_name_kept_exactly(account_id: str) -> None:
    assert parse(resonite(id=account_id)).id == account_id


@pytest.mark.parametrize(
    ("flag", "supporter"),
    [
        (True, True),
        ("true", True),
        *((wrong, False) for wrong in (False, "false", "True", "yes", "", 1, [True], {})),
    ],
)
def test_supporter_is_said_plainly(flag: object, *, supporter: bool) -> None:
    assert support_of(isActiveSupporter=flag) == paying(0, 0, supporter=supporter)


@pytest.mark.parametrize(
    ("ways", "support"),
    [
        ([PATREON], paying(1000, 7000)),
        ([PROMO], paying(0, 0)),
        ([EXPIRED], paying(0, 7000, supporter=False)),
        ([EXPIRED, STRIPE], paying(500, 8500)),
        ([{"$type": "stripe"}], paying(0, 0, supporter=False)),
        ([], paying(0, 0, supporter=False)),
    ],
)
def test_supporter_without_a_word_on_the_account_follows_from_an_active_way(
    ways: list[object], support: Support
) -> None:
    assert support_of(supporterMetadata=ways) == support


def test_supporter_who_is_none_by_the_account_pays_nothing_now() -> None:
    assert support_of(isActiveSupporter=False, supporterMetadata=[PATREON]) == paying(
        0, 7000, supporter=False
    )


@pytest.mark.parametrize(
    ("flags", "cents"),
    [
        ({"isActive": True, "isActiveSupporter": None}, 1000),
        ({"isActive": None, "isActiveSupporter": True}, 1000),
        ({"isActive": "true", "isActiveSupporter": "true"}, 1000),
        ({"isActive": True, "isActiveSupporter": False}, 0),
        ({"isActive": False, "isActiveSupporter": True}, 0),
        ({"isActive": None, "isActiveSupporter": None}, 0),
        ({"isActive": 1, "isActiveSupporter": True}, 0),
    ],
)
def test_way_counts_while_all_that_it_says_is_yes(flags: dict[str, object], cents: int) -> None:
    support = support_of(isActiveSupporter=True, supporterMetadata=[PATREON | flags])
    assert support == paying(cents, 7000)


@pytest.mark.parametrize(
    "odd",
    [
        *(None, True, 5, "patreon", [], ["patreon"], {}),
        *({"$type": kind} for kind in (None, 5, "", "Patreon", "paypal", ["patreon"], {"a": 1})),
        PATREON | {"$type": "gift"},
    ],
)
def test_way_of_an_unknown_kind_grants_nothing_and_breaks_nothing(odd: object) -> None:
    support = support_of(isActiveSupporter=True, supporterMetadata=[odd, STRIPE])
    assert support == paying(500, 1500)
    assert support_of(supporterMetadata=[odd]) == paying(0, 0, supporter=False)


@pytest.mark.parametrize("ways", [True, 5, "patreon", {"$type": "patreon"}, PATREON])
def test_ways_that_are_no_list_grant_nothing(ways: object) -> None:
    assert support_of(supporterMetadata=ways) == paying(0, 0, supporter=False)


@pytest.mark.parametrize(
    "wrong", [None, -1, MAX_CENTS + 1, 10**30, 10.0, float("nan"), True, "1000", [1000], {}]
)
def test_cents_that_are_none_are_nothing(wrong: object) -> None:
    way = PATREON | {"lastTierCents": wrong, "totalSupportCents": wrong}
    support = support_of(isActiveSupporter=True, supporterMetadata=[way, STRIPE])
    assert support == paying(500, 1500)


def test_cents_fit_into_their_column() -> None:
    all_of_it = {"lastTierCents": MAX_CENTS, "totalSupportCents": MAX_CENTS}
    ways = [PATREON | all_of_it, STRIPE | all_of_it]
    support = support_of(isActiveSupporter=True, supporterMetadata=ways)
    assert support == paying(MAX_CENTS, MAX_CENTS)


@pytest.mark.parametrize("amounts", [[(1000, 7000), (300, 9000)], [(300, 9000), (1000, 7000)]])
def test_two_entries_of_one_way_count_by_their_highest_amounts(
    amounts: list[tuple[int, int]],
) -> None:
    ways = [PATREON | {"lastTierCents": now, "totalSupportCents": all_} for now, all_ in amounts]
    support = support_of(isActiveSupporter=True, supporterMetadata=[*ways, STRIPE])
    assert support == paying(1000 + 500, 9000 + 1500)


def test_entry_that_has_run_out_lends_its_amount_to_no_active_one() -> None:
    ways = [EXPIRED | {"lastTierCents": 9900}, PATREON]
    support = support_of(isActiveSupporter=True, supporterMetadata=ways)
    assert support == paying(1000, 7000)


@pytest.mark.parametrize("paid_at", ["2020-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "soon", None])
@pytest.mark.parametrize("way", [PATREON, STRIPE, PROMO, {"$type": "stripe"}])
def test_word_of_a_supporter_counts_for_40_days_whenever_was_paid(
    way: dict[str, Any], paid_at: object
) -> None:
    told = way | {"lastSupportTimestamp": paid_at}
    support = support_of(isActiveSupporter=True, supporterMetadata=[told])
    assert support is not None
    assert support.until == datetime(2030, 7, 11, 12, tzinfo=UTC)


def test_email_is_told_once_it_is_verified_and_granted() -> None:
    assert parse(resonite()).email == "orchard@example.org"
    assert parse(resonite(), ("profile",)).email is None
    assert parse(resonite(isVerified=False)).email is None
