"""What a page shows one person about one bookable: places, price, refusals, what a click does."""

from dataclasses import dataclass
from datetime import datetime

from . import eligibility, pricing
from .eligibility import Refusal
from .facts import Facts, Occupancy
from .models import Bookable, Registration
from .pricing import Price


@dataclass(frozen=True, slots=True)
class Offer:
    bookable: Bookable
    occupancy: Occupancy
    price: Price
    full_price: Price
    registration: Registration | None
    refusals: tuple[Refusal, ...]

    @property
    def free(self) -> int | None:
        """Places left for newcomers: none while somebody waits. None without a limit."""
        if self.occupancy.waiting:
            return 0
        return self.occupancy.free(self.bookable.capacity)

    @property
    def is_full(self) -> bool:
        return not self.occupancy.has_room(self.bookable.capacity)

    @property
    def can_register(self) -> bool:
        """Whether the button is there; it takes a place, or joins the waitlist when full."""
        return self.registration is None and not self.refusals

    @property
    def position(self) -> int | None:
        """The place in the waitlist, counted from 1, of somebody who waits."""
        if self.registration is None or self.registration.status != Registration.Status.WAITLISTED:
            return None
        return (getattr(self.registration, "ahead", None) or 0) + 1


def make_offer(facts: Facts, bookable: Bookable) -> Offer:
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    registration = facts.registration(bookable)
    refusals = () if registration else tuple(eligibility.refusals(facts, bookable))
    return Offer(
        bookable=bookable,
        occupancy=facts.occupancy(bookable),
        price=pricing.price_of(bookable, perk),
        full_price=pricing.price_of(bookable, None),
        registration=registration,
        refusals=refusals,
    )


@dataclass(frozen=True, slots=True)
class EarlyOpening:
    """When registration opens for patrons of one perk."""

    label: str
    opens_at: datetime


def early_openings(facts: Facts) -> list[EarlyOpening]:
    """The perks that open registration earlier, for saying so before it opened."""
    event = facts.event
    if event.opens_at is None or facts.now >= event.opens_at:
        return []
    early = (perk for perk in facts.perks if perk.early_hours)
    openings = ((perk.label, pricing.opens_at(event, perk)) for perk in early)
    return [EarlyOpening(label, at) for label, at in openings if at is not None]
