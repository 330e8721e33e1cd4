"""May this attendee take this place now? One predicate per refusal code.

Facts in, codes out: nothing is read or written here, and no words are made (see `refusals`). All
refusals that apply are returned, in the order of `RULES`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from events.models import Attendee, Bookable, Registration, Workshop

from . import pricing
from .facts import Facts
from .refusals import Code, Refusal

Rule = Callable[[Facts, Bookable], Refusal | None]


def refusals(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Return every reason why the attendee may not take a place or join the waitlist."""
    return _apply(RULES, facts, bookable)


def refusals_but_full(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Return the reasons that do not change when people move up from the waitlist."""
    return _apply((rule for rule in RULES if rule is not full), facts, bookable)


def refusals_of_person(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Return every reason against a place for somebody past opening and close.

    That is who moves up from the waitlist, is promoted, or has paid after the deadline.
    """
    return _apply((event_cancelled, *PERSON_RULES), facts, bookable)


def refusals_of_waiting(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Return every reason why somebody who waits does not move up now, to show them."""
    return _apply((event_cancelled, registration_closed, *PERSON_RULES), facts, bookable)


def _apply(rules: Iterable[Rule], facts: Facts, bookable: Bookable) -> list[Refusal]:
    found = (rule(facts, bookable) for rule in rules)
    return [refusal for refusal in found if refusal is not None]


def _refuse(
    applies: object,
    code: Code,
    bookable: Bookable,
    *,
    instant: datetime | None = None,
    held: Registration | None = None,
) -> Refusal | None:
    return Refusal(code, bookable, instant, held) if applies else None


# --- The event and its times -------------------------------------------------------------------


def event_cancelled(facts: Facts, bookable: Bookable) -> Refusal | None:
    return _refuse(facts.event.is_cancelled, Code.EVENT_CANCELLED, bookable)


def registration_not_open(facts: Facts, bookable: Bookable) -> Refusal | None:
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    opens_at = pricing.opens_at(facts.event, perk)
    is_early = opens_at is not None and facts.now < opens_at
    return _refuse(is_early, Code.REGISTRATION_NOT_OPEN, bookable, instant=opens_at)


def registration_closed(facts: Facts, bookable: Bookable) -> Refusal | None:
    is_late = facts.now >= bookable.registration_ends_at
    return _refuse(is_late, Code.REGISTRATION_CLOSED, bookable)


# --- Who the person is -------------------------------------------------------------------------


def sign_in_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    return _refuse(facts.attendee is None, Code.SIGN_IN_REQUIRED, bookable)


def account_closed(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Refuse a closed account: it may be closed while its person waits."""
    is_closed = facts.attendee is not None and not facts.attendee.user.is_active
    return _refuse(is_closed, Code.ACCOUNT_CLOSED, bookable)


def email_unconfirmed(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Ask a local account to confirm its address before it takes an ungated place."""
    attendee = facts.attendee
    if attendee is None or attendee.is_linked or bookable.requires_neos:
        return None
    return _refuse(attendee.email_confirmed_at is None, Code.EMAIL_UNCONFIRMED, bookable)


def neos_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    is_unlinked = facts.attendee is not None and not facts.attendee.is_linked
    return _refuse(is_unlinked and bookable.requires_neos, Code.NEOS_REQUIRED, bookable)


def neos_unverified(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    applies = attendee is not None and not attendee.neos_email_verified
    return _refuse(applies, Code.NEOS_UNVERIFIED, bookable)


def neos_locked(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    applies = attendee is not None and attendee.neos_locked
    return _refuse(applies, Code.NEOS_LOCKED, bookable)


def neos_banned(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.is_banned(facts.now):
        return None
    return Refusal(Code.NEOS_BANNED, bookable, attendee.neos_banned_until)


def neos_stale(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    applies = attendee is not None and attendee.is_stale(facts.now)
    return _refuse(applies, Code.NEOS_STALE, bookable)


def _gated(facts: Facts, bookable: Bookable) -> Attendee | None:
    """Return the attendee if the place is gated and they have a Neos account to judge."""
    attendee = facts.attendee
    if attendee is None or not attendee.is_linked or not bookable.requires_neos:
        return None
    return attendee


# --- Patreon and blocks ------------------------------------------------------------------------


def patreon_unknown(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or facts.event.patron_cents == 0:
        return None
    return _refuse(not attendee.patreon_known, Code.PATREON_UNKNOWN, bookable)


def patreon_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.patreon_known:
        return None
    pledges_less = attendee.pledge(facts.now) < facts.event.patron_cents
    return _refuse(pledges_less, Code.PATREON_REQUIRED, bookable)


def blocked(facts: Facts, bookable: Bookable) -> Refusal | None:
    return _refuse(facts.is_blocked, Code.BLOCKED, bookable)


# --- The place itself --------------------------------------------------------------------------


def event_place_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Ask for a confirmed place at the event before a workshop."""
    if not isinstance(bookable, Workshop) or facts.attendee is None:
        return None
    place = facts.registration(facts.event)
    has_place = place is not None and place.status == Registration.Status.CONFIRMED
    return _refuse(not has_place, Code.EVENT_PLACE_REQUIRED, bookable, held=place)


def time_clash(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Refuse a workshop whose time truly overlaps with another one of the person."""
    if not isinstance(bookable, Workshop):
        return None
    others = (r for r in facts.registrations if r.workshop_id not in (None, bookable.pk))
    clash = next((r for r in others if r.bookable.overlaps(bookable)), None)
    return _refuse(clash, Code.TIME_CLASH, bookable, held=clash)


def full(facts: Facts, bookable: Bookable) -> Refusal | None:
    if bookable.has_waitlist or facts.is_draw_ahead(bookable):
        return None
    return _refuse(not facts.has_room(bookable), Code.FULL, bookable)


PERSON_RULES: tuple[Rule, ...] = (
    sign_in_required,
    account_closed,
    email_unconfirmed,
    neos_required,
    neos_unverified,
    neos_locked,
    neos_banned,
    neos_stale,
    patreon_unknown,
    patreon_required,
    blocked,
    event_place_required,
    time_clash,
)
RULES: tuple[Rule, ...] = (
    event_cancelled,
    registration_not_open,
    registration_closed,
    *PERSON_RULES,
    full,
)
