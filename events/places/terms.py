"""The terms on which a place is given: price, perk, refund policy and hold, frozen from then on."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from events.access import pricing
from events.access.facts import Facts
from events.models import Bookable, Registration

Status = Registration.Status


@dataclass(frozen=True, slots=True)
class Terms:
    """Fields of a registration, by the same names. A place that is free of charge is confirmed;
    another one is held until `hold_until`.
    """

    status: Registration.Status
    amount: int
    currency: str
    perk_label: str
    refund_until: datetime | None
    taken_at: datetime
    confirmed_at: datetime | None = None
    hold_until: datetime | None = None

    def as_fields(self) -> dict[str, object]:
        return asdict(self)


def terms_of(facts: Facts, bookable: Bookable, hold: timedelta) -> Terms:
    """Make the terms for a place that is given now and held for `hold`, never past the close."""
    price = pricing.price_of(bookable, pricing.perk_of(facts.attendee, facts.perks, facts.now))
    is_charged = price.amount > 0
    hold_until = min(facts.now + hold, last_instant(bookable, facts.now))
    return Terms(
        status=Status.AWAITING_PAYMENT if is_charged else Status.CONFIRMED,
        amount=price.amount,
        currency=price.currency,
        perk_label=price.perk_label,
        refund_until=facts.event.refund_until(bookable) if is_charged else None,
        taken_at=facts.now,
        confirmed_at=None if is_charged else facts.now,
        hold_until=hold_until if is_charged else None,
    )


def last_instant(bookable: Bookable, now: datetime) -> datetime:
    """Return the close; the end, if an organizer lets somebody in after the close."""
    closes_at = bookable.registration_ends_at
    return closes_at if now < closes_at else bookable.ends_at
