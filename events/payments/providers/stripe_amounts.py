"""Convert amounts to and from Stripe's, which do not always follow ISO 4217, and know its limits.

docs.stripe.com/currencies lists fifteen currencies that are written without decimals. The CLDR,
which we follow, has more of them; Stripe writes those with two zeros. Currencies with three
decimals are charged in steps of ten.
"""

from babel.numbers import get_currency_precision

from events.formatting.money import charged_step

from .base import Limits

#: Currencies that Stripe writes without decimals.
UNDIVIDED = frozenset(
    {
        *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
        *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
    }
)
#: Currencies that Stripe charges. An account may lack some of them.
CHARGED = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHF", "CLP", "CNY", "COP", "CRC", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ETB",
    "EUR", "FJD", "FKP", "GBP", "GEL", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG",
    "HUF", "IDR", "ILS", "INR", "ISK", "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KRW",
    "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK",
    "MNT", "MOP", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR",
    "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB",
    "RWF", "SAR", "SBD", "SCR", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "STD", "SZL", "THB",
    "TJS", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VND",
    "VUV", "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW",
}  # fmt: skip
#: The least that Stripe charges, in its own units. For other currencies it converts the least of
#: the account's own currency, which we cannot know.
SMALLEST = {
    **dict.fromkeys(("USD", "AUD", "BRL", "CAD", "CHF", "EUR", "INR", "JPY", "NZD", "SGD"), 50),
    **dict.fromkeys(("AED", "MYR", "PLN", "RON"), 200),
    **dict.fromkeys(("NOK", "SEK"), 300),
    **dict.fromkeys(("MXN", "THB"), 1_000),
    "BGN": 100,
    "CZK": 1_500,
    "DKK": 250,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17_500,
}
#: The most, in its own units: eight digits, but more where money has small units.
LARGEST = 99_999_999
LARGER = {
    "INR": 999_999_999,
    "IDR": 999_999_999_999,
    **dict.fromkeys(("COP", "HUF"), 999_999_999_999),
    "LBP": 99_999_999_999_999,
}


class NotChargeable(ValueError):
    """Stripe cannot charge exactly this amount of this currency."""


def limits(currency: str) -> Limits | None:
    if currency not in CHARGED:
        return None
    units = 100 if _is_padded(currency) else 1
    return Limits(
        smallest=max(-(-SMALLEST.get(currency, 1) // units), charged_step(currency)),
        largest=LARGER.get(currency, LARGEST) // units,
        step=charged_step(currency),
    )


def to_stripe(amount: int, currency: str) -> int:
    """Convert from our minor units. Raises `NotChargeable`."""
    found = limits(currency)
    if found is None or amount % found.step:
        raise NotChargeable(currency)
    return amount * 100 if _is_padded(currency) else amount


def from_stripe(amount: int, currency: str) -> int:
    """Convert to our minor units. Round up, so that an amount that does not divide evenly never
    equals less than what came.
    """
    return -(-amount // 100) if _is_padded(currency) else amount


def _is_padded(currency: str) -> bool:
    return get_currency_precision(currency) == 0 and currency not in UNDIVIDED
