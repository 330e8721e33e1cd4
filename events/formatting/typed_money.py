"""Read money as organizers type it, in one currency. What can mean two sums is refused."""

import re
import unicodedata
from decimal import Decimal
from functools import cache

from babel.numbers import get_currency_precision, get_currency_symbol
from django.utils.translation import gettext

from .money import typed_amount

#: "1500", "15.00", "15,00".
PLAIN = re.compile(r"(?P<whole>[0-9]+)(?:[.,](?P<decimals>[0-9]+))?")
#: "1,500.00", "1.500,00", "1 500", "1'500.00": the sign before the decimals is another one.
GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<sign>[.,' ])[0-9]{3}(?:(?P=sign)[0-9]{3})*)"
    r"(?:(?!(?P=sign))[.,](?P<decimals>[0-9]+))?"
)
#: One sign before three digits: it may stand for thousands or for decimals.
TWOFOLD = re.compile(r"[1-9][0-9]{0,2}(?P<sign>[.,])[0-9]{3}")
#: Signs of a currency that people write and the CLDR does not name.
WRITTEN = {"JPY": ("¥", "円")}


class NotMoney(ValueError):
    """The text is no sum of this currency, or could be two. The message says how to write it."""


def read_amount(typed: str, currency: str) -> int:
    """Return minor units: "15.00", "15,00", "€15" and "EUR 15" are 1500 EUR; "¥1,500" is 1500 JPY.

    Full-width digits and signs count as the plain ones. Raises `NotMoney`.
    """
    precision = get_currency_precision(currency)
    text = _without_currency(unicodedata.normalize("NFKC", typed).strip(), currency)
    twofold = TWOFOLD.fullmatch(text)
    if twofold and _has_two_meanings(twofold["sign"], precision):
        raise NotMoney(_two_ways(typed.strip(), currency))
    for form in (PLAIN, GROUPED):
        found = form.fullmatch(text)
        decimals = (found and found["decimals"]) or ""
        if found and (len(decimals) <= precision or _is_left_over(text, decimals)):
            whole = re.sub(r"[^0-9]", "", found["whole"])
            return int(Decimal(f"{whole}.{decimals}").scaleb(precision))
    raise NotMoney(how_to_write(currency))


def _is_left_over(text: str, decimals: str) -> bool:
    """The two zeros that the form wrote stay behind when somebody changes the currency to JPY."""
    return decimals == "00" and text.endswith(".00")


def _has_two_meanings(sign: str, precision: int) -> bool:
    """A currency without decimals has thousands only; one with three is written with a point."""
    return precision > 0 and not (precision == 3 and sign == ".")


def _without_currency(text: str, currency: str) -> str:
    for sign in signs(currency):
        if text[: len(sign)].casefold() == sign.casefold():
            return text[len(sign) :].strip()
        if text[-len(sign) :].casefold() == sign.casefold():
            return text[: -len(sign)].strip()
    return text


@cache
def signs(currency: str) -> tuple[str, ...]:
    """Return what people write for a currency, the longest first: "EUR", "€"."""
    named = (get_currency_symbol(currency, locale) for locale in ("en", "ja"))
    found = {currency, *named, *WRITTEN.get(currency, ())}
    return tuple(sorted((unicodedata.normalize("NFKC", s) for s in found), key=len, reverse=True))


def how_to_write(currency: str) -> str:
    digits = get_currency_precision(currency)
    text = gettext(
        "Write the amount in %(currency)s with digits only and no decimals, like %(eg)s."
    )
    if digits:
        text = gettext(
            "Write the amount in %(currency)s with digits and a point, with %(digits)d decimals at "
            "most, like %(eg)s."
        )
    return text % {"currency": currency, "digits": digits, "eg": typed_amount(1500, currency)}


def _two_ways(typed: str, currency: str) -> str:
    text = gettext(
        "“%(typed)s” can be read as two amounts. Write it without a sign for thousands and with "
        "%(digits)d decimals, like %(eg)s."
    )
    digits = get_currency_precision(currency)
    return text % {"typed": typed, "digits": digits, "eg": typed_amount(1500, currency)}
