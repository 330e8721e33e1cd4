"""Price and opening time for one person, with what a Patreon pledge changes about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.formatting.money import charged_step
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
    """Return the perk with the highest pledge that the attendee reaches, compared in US cents."""
    if attendee is None or not attendee.patreon_known:
        return None
    pledge = attendee.pledge(now)
    reached = [perk for perk in perks if 0 < perk.min_cents <= pledge]
    return max(reached, key=lambda perk: perk.min_cents, default=None)


def price_of(bookable: Bookable, perk: PatronPerk | None) -> Price:
    """Return the price after the perk's discount. It is rounded down in the person's favour, to a
    sum that can be charged.
    """
    currency = bookable.event.currency
    if perk is None or perk.discount_percent == 0 or bookable.price == 0:
        return Price(bookable.price, currency)
    amount = discounted(bookable.price, perk.discount_percent, currency)
    # Kept with the place, and read by organizers too: the same in every language.
    return Price(amount, currency, f"{perk.label}, −{perk.discount_percent} %")


def discounted(price: int, percent: int, currency: str) -> int:
    amount = price * (100 - percent) // 100
    return amount - amount % charged_step(currency)


def opens_at(event: Event, perk: PatronPerk | None, *, is_later: bool = False) -> datetime | None:
    """Return when registration opens for somebody with this perk; None if it opened at once.

    `is_later` is for people who did not come to other events: the hours of the event are added.
    """
    if event.opens_at is None:
        return None
    early = timedelta(hours=perk.early_hours if perk else 0)
    if not is_later:
        return event.opens_at - early
    later = timedelta(hours=event.no_show_hours)
    return min(event.opens_at - early + later, latest_opening(event, event.opens_at))


def latest_opening(event: Event, opens_at: datetime) -> datetime:
    """Return the middle of the time in which people can sign up, or until the draw of a lottery.

    Nobody waits longer than that, so everybody has time left to sign up.
    """
    end = min(event.draw_at or event.registration_ends_at, event.registration_ends_at)
    middle = opens_at + (end - opens_at) / 2
    return max(opens_at, middle.replace(second=0, microsecond=0))
