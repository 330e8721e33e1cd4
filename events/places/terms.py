"""What it means to be given a place: price and perk frozen, confirmed at once or held."""

from datetime import datetime, timedelta

from events.access import pricing
from events.access.facts import Facts
from events.models import Bookable, Registration


def terms(facts: Facts, bookable: Bookable, hold: timedelta) -> dict[str, object]:
    """The fields of a registration that is given a place now, as values to write.

    A place that costs nothing is confirmed, another is held: `hold` long, never past the close.
    """
    price = pricing.price_of(bookable, pricing.perk_of(facts.attendee, facts.perks, facts.now))
    frozen: dict[str, object] = {
        "amount": price.amount,
        "currency": price.currency,
        "perk_label": price.perk_label,
        "refund_until": facts.event.refund_until(bookable) if price.amount else None,
        "taken_at": facts.now,
    }
    if price.amount == 0:
        return frozen | {"status": Registration.Status.CONFIRMED, "confirmed_at": facts.now}
    hold_until = min(facts.now + hold, _last_instant(bookable, facts.now))
    return frozen | {"status": Registration.Status.AWAITING_PAYMENT, "hold_until": hold_until}


def _last_instant(bookable: Bookable, now: datetime) -> datetime:
    """The close; the end, for whom an organizer lets in after the close."""
    closes_at = bookable.registration_ends_at
    return closes_at if now < closes_at else bookable.ends_at
