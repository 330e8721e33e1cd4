"""One bookable as one person sees it: places, price, refusals, and what a click does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from events.models import Attendee, Bookable, Event, PatronPerk, Registration, Role
from events.models.session_address import is_world

from . import entrance, pricing, rules
from .clash import swap_label
from .facts import Facts, Occupancy, held_at
from .hints import MailAbout, MailHint, MailHintCode, PatreonHint
from .pricing import Price
from .refusals import FINAL, SAID_ONCE, Code, Refusal, shown


@dataclass(frozen=True, slots=True)
class Terms:
    """Until when giving a place up gives all of its money back; None: never."""

    refund_until: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A bookable for one person.

    `refusals` forbid registering. `obstacles` keep somebody who waits from moving up; for somebody
    without a registration they are the refusals. `hints` tell how to get a perk.
    `spots_in_the_way` are spots on waitlists that have to be left for this one, and no more.
    `is_outside`: this person's place is not counted, so that one is free. `led_by` are the roles
    at a workshop that its page shows.
    """

    bookable: Bookable
    occupancy: Occupancy
    price: Price
    full_price: Price
    registration: Registration | None
    refusals: tuple[Refusal, ...]
    may_cancel: bool
    session_url: str
    obstacles: tuple[Refusal, ...] = ()
    hints: tuple[PatreonHint | MailHint, ...] = ()
    is_draw_ahead: bool = False
    said_above: frozenset[Code] = frozenset()
    spots_in_the_way: tuple[Registration, ...] = ()
    is_outside: bool = False
    led_by: tuple[Role, ...] = ()

    @property
    def free(self) -> int | None:
        return _free(self.occupancy, self.bookable)

    @property
    def is_full(self) -> bool:
        """There is no place for this person, because all are taken."""
        return self.free == 0 and not self.is_outside

    @property
    def leads_to_world(self) -> bool:
        return is_world(self.session_url)

    @property
    def swap_label(self) -> str:
        return swap_label(self.spots_in_the_way)

    @property
    def cure(self) -> Refusal | None:
        """Return the first reason that the person can do something about: the page's one button."""
        return next((r for r in shown(self.refusals) if r.is_curable), None)

    @property
    def opening(self) -> Refusal | None:
        """Return the reason that time alone ends: when it is said, what to do follows from it."""
        return next((r for r in shown(self.refusals) if r.code is Code.REGISTRATION_NOT_OPEN), None)

    @property
    def other_refusals(self) -> list[Refusal]:
        above = (self.cure, self.opening)
        return [refusal for refusal in shown(self.refusals) if refusal not in above]

    @property
    def terms(self) -> Terms | None:
        """Return what giving up would give back, for somebody who might pay; None if it is free."""
        if self.price.amount == 0 or self.registration or self.is_final:
            return None
        return Terms(self.bookable.event.refund_until(self.bookable))

    @property
    def is_final(self) -> bool:
        """Return whether nothing that anybody does ends the refusal."""
        return any(refusal.code in FINAL for refusal in self.refusals)

    @property
    def refusals_of_a_part(self) -> list[Refusal]:
        """Return what is about a workshop itself: the event's own reasons stand above it."""
        return [r for r in shown(self.refusals) if r.code not in self.said_above]

    @property
    def shown_obstacles(self) -> list[Refusal]:
        return shown(self.obstacles)

    @property
    def can_register(self) -> bool:
        """Return whether to show the button. It takes a place, or joins the waitlist if full."""
        return self.registration is None and not self.refusals


def make_offers(facts: Facts) -> tuple[Offer, list[Offer]]:
    """Return the event's own offer, and those of its workshops in order of time."""
    own, *parts = [make_offer(facts, bookable) for bookable in facts.event.bookables()]
    said = SAID_ONCE | {refusal.code for refusal in own.refusals}
    return own, [replace(part, said_above=said) for part in parts]


def make_offer(facts: Facts, bookable: Bookable) -> Offer:
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    registration = facts.registration(bookable)
    refusals = () if registration else tuple(rules.refusals(facts, bookable))
    hints = (mail_hint(facts.attendee, bookable), patreon_hint(facts))
    return Offer(
        bookable=bookable,
        occupancy=facts.occupancy(bookable),
        price=pricing.price_of(bookable, perk),
        full_price=pricing.price_of(bookable, None),
        registration=registration,
        refusals=refusals,
        may_cancel=registration is not None and registration.may_be_cancelled(facts.now),
        session_url=entrance.session_address(registration, facts.now),
        obstacles=_obstacles(facts, bookable, registration) if registration else refusals,
        hints=() if refusals else tuple(hint for hint in hints if hint),
        is_draw_ahead=facts.is_draw_ahead(bookable),
        spots_in_the_way=rules.spots_in_the_way(facts, bookable),
        is_outside=facts.is_outside(bookable),
    )


def mail_hint(
    attendee: Attendee | None,
    bookable: Bookable | None = None,
    *,
    about: MailAbout = MailAbout.PLACES,
    back: str = "",
) -> MailHint | None:
    """Return the hint for somebody whom no message reaches; on a page of an event only once.

    Its step leads back to the event, or without one to the page `back`.
    """
    is_other_part = bookable is not None and bookable.workshop is not None
    if attendee is None or attendee.mail_address or is_other_part:
        return None
    has_one = bool(attendee.user.email)
    code = MailHintCode.ADDRESS_UNCONFIRMED if has_one else MailHintCode.NO_ADDRESS
    return MailHint(code, bookable, about, back)


def patreon_hint(facts: Facts) -> PatreonHint | None:
    """Return the hint for somebody whose perk cannot be known."""
    attendee = facts.attendee
    if attendee is None or not attendee.is_linked or attendee.patreon_known or not facts.perks:
        return None
    return PatreonHint(facts.event)


def _obstacles(facts: Facts, bookable: Bookable, registration: Registration) -> tuple[Refusal, ...]:
    if registration.status != Registration.Status.WAITLISTED:
        return ()
    return tuple(rules.refusals_of_waiting(facts, bookable))


@dataclass(frozen=True, slots=True)
class Listing:
    """One event in a list, with its occupancy and what the person has there."""

    event: Event
    occupancy: Occupancy
    registration: Registration | None
    opens_at: datetime | None = None

    @property
    def price(self) -> Price:
        return pricing.price_of(self.event, None)

    @property
    def free(self) -> int | None:
        return _free(self.occupancy, self.event)


def listings(events: Sequence[Event], person: Attendee | None, now: datetime) -> list[Listing]:
    """Return the events, loaded `with_occupancy`, with what the person has at each."""
    mine = held_at(person, events, now)
    return [make_listing(event, mine.get(event.pk), now) for event in events]


def make_listing(event: Event, registration: Registration | None, now: datetime) -> Listing:
    """Return the event, loaded `with_occupancy`, with its opening if that is still to come."""
    return Listing(
        event=event,
        occupancy=Occupancy(event.taken, event.waiting),
        registration=registration,
        opens_at=event.opens_at if is_early(event, now) else None,
    )


def is_early(event: Event, now: datetime) -> bool:
    """Return whether registration is still to open for everybody: pages show when, not places."""
    return event.opens_at is not None and now < event.opens_at


def _free(occupancy: Occupancy, bookable: Bookable) -> int | None:
    return occupancy.free(bookable.capacity)


@dataclass(frozen=True, slots=True)
class Advantage:
    """A perk as it is worth now: an opening that is still ahead, percents off a price."""

    label: str
    opens_at: datetime | None
    percent: int


def advantages(facts: Facts, offers: Sequence[Offer]) -> list[Advantage]:
    """Return what perks give at what is offered, without those that give nothing any more."""
    costs = any(offer.full_price.amount for offer in offers)
    found = [
        Advantage(perk.label, _early_opening(facts, perk), perk.discount_percent if costs else 0)
        for perk in facts.perks
    ]
    return [one for one in found if one.opens_at or one.percent]


def _early_opening(facts: Facts, perk: PatronPerk) -> datetime | None:
    """Return when registration opens for the perk, while it is closed for everybody."""
    event = facts.event
    if not perk.early_hours or not is_early(event, facts.now):
        return None
    return pricing.opens_at(event, perk)
