"""Amounts as Stripe writes them, which is not always ISO 4217.

docs.stripe.com/currencies names fifteen currencies that are written without decimals. Ours (of the
CLDR) are more, and the others have two zeros there. Those of three decimals are charged in steps of
ten.
"""

from babel.numbers import get_currency_precision

#: What Stripe writes without decimals; everything else of one unit has two zeros there.
UNDIVIDED = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
#: Currencies of which Stripe and the CLDR, which we go by, say different things.
DISPUTED = frozenset({"IQD"})


class NotChargeable(ValueError):
    """The provider cannot charge exactly this amount of this currency."""


def to_stripe(amount: int, currency: str) -> int:
    """From our minor units (ISO 4217); raises `NotChargeable`."""
    if currency in DISPUTED:
        raise NotChargeable(currency)
    if _is_padded(currency):
        return amount * 100
    if get_currency_precision(currency) == 3 and amount % 10:
        raise NotChargeable(currency)
    return amount


def from_stripe(amount: int, currency: str) -> int:
    """To our minor units. What has no whole number of them is not what was agreed: rounded up, so
    that it never looks like less than what came.
    """
    return -(-amount // 100) if _is_padded(currency) else amount


def _is_padded(currency: str) -> bool:
    """Whether a whole amount of ours is written there with two decimals that are zero."""
    return get_currency_precision(currency) == 0 and currency not in UNDIVIDED
