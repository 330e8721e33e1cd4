"""Read what somebody pays on Patreon, as far as a profile tells: the forty days and the cents."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from neos_backend.members import MAX_CENTS
from neos_backend.profile import Support, parse_profile

NOW = datetime(2030, 6, 1, 12, tzinfo=UTC)
NO_PATRON = Support(supporter=False, cents=0, total_cents=0, until=None)


def parse_support(data: object) -> Support:
    profile = parse_profile({"id": "U-x", "patreonData": data}, scopes=["patreon"], now=NOW)
    assert profile.support is not None
    return profile.support


def pledge(cents: int, until: datetime) -> Support:
    return Support(supporter=False, cents=cents, total_cents=0, until=until)


def test_patreon_without_the_scope_is_not_known() -> None:
    assert parse_profile({"id": "U-x", "patreonData": {}}, scopes=["profile"]).support is None


@pytest.mark.parametrize("data", [None, {}, [], "x", 5, {"lastActivationTime": 5}])
def test_patreon_with_the_scope_but_no_data_is_no_patron(data: object) -> None:
    assert parse_support(data) == NO_PATRON


@pytest.mark.parametrize(
    ("age", "cents"),
    [
        (timedelta(0), 600),
        (timedelta(days=40) - timedelta(seconds=1), 600),
        (timedelta(days=40), 0),
        (timedelta(days=400), 0),
    ],
)
@pytest.mark.parametrize("amount", ["currentAccountCents", "lastPaidPledgeAmount"])
def test_pledge_counts_for_forty_days(age: timedelta, cents: int, amount: str) -> None:
    paid_at = NOW - age
    support = parse_support({"lastActivationTime": paid_at.isoformat(), amount: 600})
    assert support == pledge(cents, paid_at + timedelta(days=40))


@pytest.mark.parametrize(
    ("members", "cents"),
    [
        ({"currentAccountCents": 1200, "lastPaidPledgeAmount": 600}, 1200),
        ({"currentAccountCents": 0, "lastPaidPledgeAmount": 600}, 0),
        ({"currentAccountCents": None, "lastPaidPledgeAmount": 600}, 600),
        ({"lastPlusPledgeAmount": 600}, 600),
        ({"lastPatreonPledgeCents": 600, "isPatreonSupporter": True}, 0),
        ({"currentAccountCents": MAX_CENTS}, MAX_CENTS),
        *(
            ({"currentAccountCents": wrong, "lastPaidPledgeAmount": 600}, 0)
            for wrong in (-1, MAX_CENTS + 1, 10**30, 600.0, float("nan"), True, "600", [600], {})
        ),
    ],
)
def test_pledge_is_whole_cents(members: dict[str, Any], cents: int) -> None:
    support = parse_support({"lastPlusActivationTime": "2030-05-31T00:00:00Z"} | members)
    assert support.cents == cents


def test_pledge_without_a_payment_counts_nothing() -> None:
    support = parse_support(
        {"currentAccountCents": 600, "lastActivationTime": "0001-01-01T00:00:00"}
    )
    assert support == NO_PATRON


def test_pledge_paid_in_the_future_counts_from_now() -> None:
    support = parse_support(
        {"currentAccountCents": 600, "lastActivationTime": "9999-12-31T23:59:59"}
    )
    assert support == pledge(600, NOW + timedelta(days=40))


@pytest.mark.parametrize("flag", [False, None, 1, "true"])
def test_supporter_is_a_literal_true_only(flag: object) -> None:
    assert parse_support({"isPatreonSupporter": flag}) == NO_PATRON


def test_now_is_the_current_time_by_default(clock: object) -> None:
    data = {"id": "U-x", "patreonData": {"lastActivationTime": "2999-01-01T00:00:00Z"}}
    profile = parse_profile(data, scopes=["patreon"])
    assert profile.support is not None
    assert profile.support.until == NOW + timedelta(days=40)
