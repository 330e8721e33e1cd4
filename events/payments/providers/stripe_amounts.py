"""Convert amounts to and from Stripe's, which do not always follow ISO 4217.

docs.stripe.com/currencies lists fifteen currencies that are written without decimals. The CLDR,
which we follow, has more of them; Stripe writes those with two zeros. Currencies with three
decimals are charged in steps of ten.
"""

from babel.numbers import get_currency_precision

#: Currencies that Stripe writes without decimals.
UNDIVIDED = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
#: Currencies whose decimals differ between Stripe and the CLDR.
DISPUTED = frozenset({"IQD"})


class NotChargeable(ValueError):
    """Stripe cannot charge exactly this amount of this currency."""


def to_stripe(amount: int, currency: str) -> int:
    """Convert from our minor units. Raises `NotChargeable`."""
    if currency in DISPUTED:
        raise NotChargeable(currency)
    if _is_padded(currency):
        return amount * 100
    if get_currency_precision(currency) == 3 and amount % 10:
        raise NotChargeable(currency)
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """Convert to our minor units. Round up, so that an amount that does not divide evenly never
    equals less than what came.
    """
    return -(-amount // 100) if _is_padded(currency) else amount


def _is_padded(currency: str) -> bool:
    return get_currency_precision(currency) == 0 and currency not in UNDIVIDED
