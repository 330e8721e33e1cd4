"""Money as people read and type it. Amounts are integers of the currency's minor unit."""

from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from . import reader


def format_amount(amount: int, currency: str) -> str:
    """Format minor units in the reader's language: 1250 EUR is "€12.50", 500 JPY "¥500"."""
    digits = get_currency_precision(currency)
    value = Decimal(amount).scaleb(-digits)
    return format_currency(value, currency, locale=reader.locale())


def format_sums(sums: Iterable[tuple[int, str]]) -> str:
    """Format amounts of several currencies like "€12.50 + ¥500"; "" for no money."""
    return " + ".join(format_amount(amount, currency) for amount, currency in sums if amount)


def typed_amount(amount: int, currency: str) -> str:
    """Write minor units as people type them: 1500 is "15.00" EUR, "1500" JPY, "1.500" KWD."""
    return f"{Decimal(amount).scaleb(-get_currency_precision(currency)):f}"


def charged_step(currency: str) -> int:
    """Return the step of sums that cards are charged, in minor units: 10 with three decimals."""
    return 10 if get_currency_precision(currency) == 3 else 1
