"""The terms on which a place is given: price, perk, refund policy and hold.

Only `deadlines` changes them later: when the event is moved, both deadlines follow it.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings

from events.access import pricing
from events.access.facts import Facts
from events.models import Bookable, Event, Registration

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
    refund_days: int | None
    taken_at: datetime
    confirmed_at: datetime | None = None
    hold_until: datetime | None = None

    def as_fields(self) -> dict[str, object]:
        return asdict(self)


def terms_of(facts: Facts, bookable: Bookable, hold: timedelta) -> Terms:
    """Make the terms for a place that is given now and held for `hold`, longer if paid by hand."""
    price = pricing.price_of(bookable, pricing.perk_of(facts.attendee, facts.perks, facts.now))
    is_charged = price.amount > 0
    hold_until = facts.now + length_of(hold, facts.event)
    return Terms(
        status=Status.AWAITING_PAYMENT if is_charged else Status.CONFIRMED,
        amount=price.amount,
        currency=price.currency,
        perk_label=price.perk_label,
        refund_until=facts.event.refund_until(bookable) if is_charged else None,
        refund_days=facts.event.refund_days if is_charged else None,
        taken_at=facts.now,
        confirmed_at=None if is_charged else facts.now,
        hold_until=min(hold_until, end_of_holds(bookable, facts.now)) if is_charged else None,
    )


def length_of(hold: timedelta, event: Event) -> timedelta:
    """Return `hold`, or the event's days if organizers note payments by hand: a transfer of a bank
    takes days, a card seconds.
    """
    if not settings.PAYMENT_BY_HAND:
        return hold
    return max(hold, timedelta(days=event.payment_days))


def end_of_holds(bookable: Bookable, now: datetime) -> datetime:
    """Return until when a place may be held: the start, whatever the close of registration is.

    Shortly before the start it is `PAYMENT_HOLD` from now, so that there is time to pay. Who gets a
    place after the start has until the end.
    """
    if now >= bookable.starts_at:
        return bookable.ends_at
    return min(max(bookable.starts_at, now + settings.PAYMENT_HOLD), bookable.ends_at)
