"""Sums and currencies that Stripe charges, in our minor units."""

import pytest

from events.models import Registration
from events.payments import ledger
from events.payments.providers import stripe_amounts
from events.payments.providers.base import Limits, ProviderRefused
from events.payments.providers.stripe import StripeProvider
from tests.fake_stripe import FakeStripe

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (100, "XTS", "currency_not_chargeable"),
        (49, "EUR", "amount_too_small"),
        (100_000_000, "EUR", "amount_too_large"),
    ],
)
def test_sum_that_stripe_does_not_charge_is_refused_without_asking_s9(
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    amount: int,
    currency: str,
    code: str,
) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    payment.amount, payment.currency = amount, currency
    with pytest.raises(ProviderRefused) as refused:
        provider.open_checkout(payment)
    assert (refused.value.code, fake.requests) == (code, [])


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ("EUR", Limits(50, 99_999_999)),
        ("JPY", Limits(50, 99_999_999)),
        ("ISK", Limits(1, 999_999)),  # Stripe writes it with two zeros
        ("KWD", Limits(10, 99_999_999, 10)),
        ("INR", Limits(50, 999_999_999)),
        ("XTS", None),
    ],
)
def test_limits_are_in_our_minor_units_s9(currency: str, expected: Limits | None) -> None:
    assert stripe_amounts.limits(currency) == expected


def test_limits_allow_steps_between_them_s9() -> None:
    found = Limits(50, 100, 10)
    allowed = [amount for amount in (40, 49, 50, 55, 60, 100, 110) if found.allow(amount)]
    assert allowed == [50, 60, 100]


@pytest.mark.parametrize("sum_", [(100, "XTS"), (1_005, "KWD")])
def test_sum_that_cannot_be_converted_is_refused_s9(sum_: tuple[int, str]) -> None:
    with pytest.raises(stripe_amounts.NotChargeable):
        stripe_amounts.to_stripe(*sum_)
