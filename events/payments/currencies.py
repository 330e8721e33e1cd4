"""Amounts as Stripe writes them, which is not always ISO 4217.

docs.stripe.com/currencies: ISK and UGX have no minor unit any more and are still written with two
zeros; currencies of three decimals are charged in steps of ten.
"""

from babel.numbers import get_currency_precision

#: Written with two decimals that have to be zero.
PADDED = frozenset({"ISK", "UGX"})


class NotChargeable(ValueError):
    """The provider cannot charge exactly this amount of this currency."""


def to_stripe(amount: int, currency: str) -> int:
    """From our minor units (ISO 4217); raises `NotChargeable`."""
    if currency in PADDED and get_currency_precision(currency) == 0:
        return amount * 100
    if get_currency_precision(currency) == 3 and amount % 10:
        raise NotChargeable(currency)
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """To our minor units. What has no whole number of them is not what was agreed: rounded up, so
    that it never looks like less than what came.
    """
    if currency in PADDED and get_currency_precision(currency) == 0:
        return -(-amount // 100)
    return amount
