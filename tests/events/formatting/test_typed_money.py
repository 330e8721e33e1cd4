"""Money as people type it: one sum, or a sentence that says how to write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.formatting.money import format_amount, typed_amount
from events.formatting.typed_money import NotMoney, read_amount

#: In full width, as a Japanese keyboard writes them.
WIDE_15, WIDE_500 = "\uff11\uff15\uff0e\uff10\uff10", "\uff15\uff10\uff10"
CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "CHF"])


@pytest.mark.parametrize(
    ("currency", "typed", "amount"),
    [
        *[("EUR", typed, 1500) for typed in ["15", "15.00", "15,00", "15.0", "€15", "15 €"]],
        *[("EUR", typed, 1500) for typed in ["EUR 15", "15,00 eur", "  15.00 ", WIDE_15]],
        *[("EUR", typed, 150000) for typed in ["1500", "1,500.00", "1.500,00", "1 500", "1'500.0"]],
        *[("EUR", typed, 123456789) for typed in ["1,234,567.89", "1.234.567,89"]],
        ("EUR", "0", 0),
        ("EUR", "0,5", 50),
        *[("JPY", typed, 500) for typed in ["500", "¥500", "￥500", "500円", "JPY500", WIDE_500]],
        *[("JPY", typed, 1500) for typed in ["1,500", "1.500", "1500", "1500.00"]],
        ("USD", "$5", 500),
        ("KWD", "1.500", 1500),
        ("KWD", "1,5", 1500),
    ],
)
def test_money_is_read_as_it_is_meant(currency: str, typed: str, amount: int) -> None:
    assert read_amount(typed, currency) == amount


@pytest.mark.parametrize(
    ("currency", "typed", "eg"),
    [("EUR", "1,500", "15.00"), ("EUR", "1.500", "15.00"), ("KWD", "1,500", "1.500")],
)
def test_money_with_two_meanings_is_refused(currency: str, typed: str, eg: str) -> None:
    with pytest.raises(NotMoney) as refused:
        read_amount(typed, currency)

    assert str(refused.value).startswith(f"“{typed}” can be read as two amounts.")
    assert str(refused.value).endswith(f"like {eg}.")


@pytest.mark.parametrize(
    ("currency", "typed"),
    [
        *[("EUR", typed) for typed in ["", "€", "-5", "+5", "1e9", "NaN", "15.", ".5", "5.0.0"]],
        *[("EUR", typed) for typed in ["$15", "¥500", "15 USD", "1,50,0", "0.500"]],
        *[("EUR", typed) for typed in ["1,500,00", "1,500.00.0", "1\n500", "\u0665", "15\0"]],
        *[("JPY", typed) for typed in ["500.5", "€500", "15,00", "1,50"]],
        ("USD", "€5"),
    ],
)
def test_text_that_is_no_money_is_refused_with_an_example(currency: str, typed: str) -> None:
    with pytest.raises(NotMoney) as refused:
        read_amount(typed, currency)

    assert str(refused.value).startswith(f"Write the amount in {currency} with digits")


@given(amount=st.integers(0, 2**31 - 1), currency=CURRENCIES)
def test_money_that_the_site_wrote_is_read_again_exactly(amount: int, currency: str) -> None:
    assert read_amount(typed_amount(amount, currency), currency) == amount


@given(amount=st.integers(0, 2**31 - 1), currency=CURRENCIES)
def test_money_that_people_copy_from_a_page_is_read_again_or_refused(
    amount: int, currency: str
) -> None:
    try:
        again = read_amount(format_amount(amount, currency), currency)
    except NotMoney:
        again = amount
    assert again == amount
