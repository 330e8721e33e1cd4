"""Discounted prices are sums that can be charged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.access.pricing import discounted, price_of
from events.models import Event, PatronPerk
from events.payments.providers import stripe_amounts

#: Decimals of currencies, from ISO 4217.
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3, "TND": 3, "ISK": 0}


@pytest.mark.parametrize(
    ("currency", "price", "percent", "amount"),
    [
        ("KWD", 1010, 25, 750),
        ("BHD", 1010, 25, 750),
        ("TND", 19, 25, 10),
        ("KWD", 12, 25, 0),
        ("EUR", 999, 33, 669),
        ("JPY", 101, 25, 75),
    ],
)
def test_discount_is_rounded_down_to_what_can_be_charged_m8(
    currency: str, price: int, percent: int, amount: int
) -> None:
    event = Event(price=price, currency=currency, title="Jam")
    perk = PatronPerk(discount_percent=percent, label="Patron")
    assert price_of(event, perk).amount == amount


@given(
    price=st.integers(0, 10**9),
    percent=st.integers(0, 100),
    currency=st.sampled_from(sorted(DECIMALS)),
)
def test_every_discount_of_a_price_that_can_be_charged_can_be_charged_m8(
    price: int, percent: int, currency: str
) -> None:
    price -= price % (10 if DECIMALS[currency] == 3 else 1)
    amount = discounted(price, percent, currency)
    exact = price * (100 - percent) / 100
    assert exact - 10 < amount <= exact
    if amount:
        assert stripe_amounts.to_stripe(amount, currency) > 0
