"""An event before an edit: all that its consequences are reckoned from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from events.models import Bookable, Event


@dataclass(frozen=True, slots=True)
class Plan:
    """The times, the places and the price of one bookable before an edit."""

    starts_at: datetime
    ends_at: datetime
    registration_ends_at: datetime
    waitlist_ends_at: datetime
    capacity: int | None
    has_waitlist: bool
    price: int
    currency: str

    @classmethod
    def of(cls, one: Bookable) -> "Plan":
        return cls(
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            registration_ends_at=one.registration_ends_at,
            waitlist_ends_at=one.waitlist_ends_at,
            capacity=one.capacity,
            has_waitlist=one.has_waitlist,
            price=one.price,
            currency=one.event.currency,
        )

    def is_moved(self, bookable: Bookable) -> bool:
        return (self.starts_at, self.ends_at) != (bookable.starts_at, bookable.ends_at)

    def is_lowered(self, bookable: Bookable) -> bool:
        if bookable.capacity is None:
            return False
        return self.capacity is None or bookable.capacity < self.capacity

    def is_repriced(self, bookable: Bookable) -> bool:
        """Return whether people would pay something else; nothing is the same in any currency."""
        is_other_sum = self.price != bookable.price
        return is_other_sum or (self.price > 0 and self.currency != bookable.event.currency)


@dataclass(frozen=True, slots=True)
class Before:
    """An event before an edit. `plans` and `slugs` have the event's own under None, workshops' by
    their id. `perks` is what `perks_of` returns, `answered` what `answered_of` does.
    """

    event_id: int
    status: str
    listed: bool
    requires_neos: bool
    patron_cents: int
    closes_at: datetime | None
    draw_at: datetime | None
    refund_days: int | None
    payment_days: int
    session_url: str
    session_opens_at: datetime
    seen_session_url: str
    seen_session_at: datetime | None
    perks: frozenset[tuple[int, int, int]]
    plans: Mapping[int | None, Plan]
    slugs: Mapping[int | None, str]
    answered: Mapping[int, tuple[str, int]]

    @property
    def is_cancelled(self) -> bool:
        return self.status == Event.Status.CANCELLED

    @property
    def is_published(self) -> bool:
        return self.status == Event.Status.PUBLISHED

    def plan_of(self, bookable: Bookable) -> Plan | None:
        """None for a workshop that did not exist yet."""
        return self.plans.get(bookable.workshop_id)

    def moved(self, event: Event) -> list[Bookable]:
        plans = [(bookable, self.plan_of(bookable)) for bookable in event.bookables()]
        return [bookable for bookable, plan in plans if plan and plan.is_moved(bookable)]


def read_before(event: Event) -> Before:
    return Before(
        event_id=event.pk,
        status=event.status,
        listed=event.listed,
        requires_neos=event.requires_neos,
        patron_cents=event.patron_cents,
        closes_at=event.closes_at,
        draw_at=event.draw_at,
        refund_days=event.refund_days,
        payment_days=event.payment_days,
        session_url=event.session_url,
        session_opens_at=event.session_opens_at,
        seen_session_url=event.seen_session_url,
        seen_session_at=event.seen_session_at,
        perks=perks_of(event),
        plans={one.workshop_id: Plan.of(one) for one in event.bookables()},
        slugs={one.workshop_id: one.slug for one in event.bookables()},
        answered=answered_of(event),
    )


def perks_of(event: Event) -> frozenset[tuple[int, int, int]]:
    """Return what patrons get: the least pledge, the hours that they are early, the discount."""
    rows = event.perks.order_by().values_list("min_cents", "early_hours", "discount_percent")
    return frozenset(rows)


def answered_of(event: Event) -> dict[int, tuple[str, int]]:
    """Return the text of each question that was answered, and by how many."""
    people = Count("answers__registration", distinct=True)
    counted = event.questions.order_by().annotate(people=people).filter(people__gt=0)
    return {pk: (text, n) for pk, text, n in counted.values_list("pk", "text", "people")}
