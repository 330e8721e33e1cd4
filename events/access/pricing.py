"""What a place costs for one person, and what a Patreon pledge changes about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils.translation import get_language, gettext, to_locale

from events.models import Attendee, Bookable, Event, PatronPerk


@dataclass(frozen=True, slots=True)
class Price:
    """An integer in the currency's minor unit, its ISO code, and why it is not the full price."""

    amount: int
    currency: str
    perk_label: str = ""


def perk_of(
    attendee: Attendee | None, perks: Iterable[PatronPerk], now: datetime
) -> PatronPerk | None:
    """The perk of the highest pledge that the attendee reaches; tiers compare in cents only."""
    if attendee is None or not attendee.patreon_known:
        return None
    pledge = attendee.pledge(now)
    reached = [perk for perk in perks if 0 < perk.min_cents <= pledge]
    return max(reached, key=lambda perk: perk.min_cents, default=None)


def price_of(bookable: Bookable, perk: PatronPerk | None) -> Price:
    """The price after the perk's discount, rounded down: in the person's favour."""
    currency = bookable.event.currency
    if perk is None or perk.discount_percent == 0 or bookable.price == 0:
        return Price(bookable.price, currency)
    amount = bookable.price * (100 - perk.discount_percent) // 100
    label = gettext("%(perk)s, −%(percent)d %%") % {
        "perk": perk.label,
        "percent": perk.discount_percent,
    }
    return Price(amount, currency, label)


def opens_at(event: Event, perk: PatronPerk | None) -> datetime | None:
    """The instant at which registration opens for somebody with this perk; None: it is open."""
    if event.opens_at is None or perk is None:
        return event.opens_at
    return event.opens_at - timedelta(hours=perk.early_hours)


def format_amount(amount: int, currency: str) -> str:
    """An amount of minor units in the reader's language: 1250 EUR is "€12.50", 500 JPY "¥500"."""
    digits = get_currency_precision(currency)
    value = Decimal(amount).scaleb(-digits)
    return format_currency(value, currency, locale=_reader_locale())


def _reader_locale() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
