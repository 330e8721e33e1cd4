"""May this attendee take this place now? One predicate per refusal code.

Facts in, codes out: nothing is read or written here, and no words are made (see `refusals`). All
refusals that apply are returned, in the order of `RULES`.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from events.models import Attendee, Bookable, Registration, Workshop

from . import pricing
from .aim import Aim
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
    return _apply((*EVENT_RULES, *PERSON_RULES), facts, bookable)


def refusals_of_holder(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Return what would be against a place that the person holds, if they asked for it now."""
    return _apply(PERSON_RULES, facts, bookable)


def refusals_of_waiting(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Return every reason why somebody who waits does not move up now, to show them."""
    return _apply((*EVENT_RULES, waitlist_closed, *PERSON_RULES), facts, bookable)


def spots_in_the_way(facts: Facts, bookable: Bookable) -> tuple[Registration, ...]:
    """Return the spots on waitlists that are all that keeps the person from registering here.

    That is nothing if any other rule refuses, if a place is in the way too, if one of the spots can
    no longer be left, or if the person is registered here already.
    """
    others = (rule for rule in RULES if rule is not time_clash)
    if facts.registration(bookable) or _apply(others, facts, bookable):
        return ()
    clashing = _clashing(facts, bookable)
    return clashing if all(_can_be_left(one, facts) for one in clashing) else ()


def _can_be_left(one: Registration, facts: Facts) -> bool:
    is_spot = one.status == Registration.Status.WAITLISTED
    return is_spot and one.may_be_cancelled(facts.now)


def _apply(rules: Iterable[Rule], facts: Facts, bookable: Bookable) -> list[Refusal]:
    found = (rule(facts, bookable) for rule in rules)
    return [refusal for refusal in found if refusal is not None]


# --- The event and its times -------------------------------------------------------------------


def event_cancelled(facts: Facts, bookable: Bookable) -> Refusal | None:
    return Refusal(Code.EVENT_CANCELLED, bookable) if facts.event.is_cancelled else None


def event_draft(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Refuse a draft to everybody, also to people who waited when it became one."""
    return Refusal(Code.EVENT_DRAFT, bookable) if facts.event.is_draft else None


def registration_not_open(facts: Facts, bookable: Bookable) -> Refusal | None:
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    opens_at = pricing.opens_at(facts.event, perk, is_later=bool(facts.missed))
    if opens_at is None or facts.now >= opens_at:
        return None
    code, missed = Code.REGISTRATION_NOT_OPEN, facts.missed
    return Refusal(code, bookable, instant=opens_at, missed=missed)


def registration_closed(facts: Facts, bookable: Bookable) -> Refusal | None:
    is_late = facts.now >= bookable.registration_ends_at
    return Refusal(Code.REGISTRATION_CLOSED, bookable) if is_late else None


def waitlist_closed(facts: Facts, bookable: Bookable) -> Refusal | None:
    is_late = facts.now >= bookable.waitlist_ends_at
    return Refusal(Code.REGISTRATION_CLOSED, bookable) if is_late else None


# --- Who the person is -------------------------------------------------------------------------


def sign_in_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    if facts.attendee is not None:
        return None
    return Refusal(Code.SIGN_IN_REQUIRED, bookable, aim=_aim(facts, bookable))


def _aim(facts: Facts, bookable: Bookable) -> Aim:
    """Return what somebody would have once they are signed in."""
    if registration_not_open(facts, bookable):
        return Aim.OPENING
    if facts.is_draw_ahead(bookable):
        return Aim.DRAW
    return Aim.PLACE if facts.has_free_place(bookable) else Aim.WAITLIST


def account_closed(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Refuse a closed account: it may be closed while its person waits."""
    is_closed = facts.attendee is not None and not facts.attendee.user.is_active
    return Refusal(Code.ACCOUNT_CLOSED, bookable) if is_closed else None


def email_unconfirmed(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Ask a local account to confirm its address before it takes an ungated place."""
    attendee = facts.attendee
    if attendee is None or attendee.is_linked or bookable.requires_neos:
        return None
    is_confirmed = attendee.email_confirmed_at is not None
    return None if is_confirmed else Refusal(Code.EMAIL_UNCONFIRMED, bookable)


def neos_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    is_unlinked = facts.attendee is not None and not facts.attendee.is_linked
    applies = is_unlinked and bookable.requires_neos
    return Refusal(Code.NEOS_REQUIRED, bookable) if applies else None


def neos_unverified(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    applies = attendee is not None and not attendee.neos_email_verified
    return Refusal(Code.NEOS_UNVERIFIED, bookable) if applies else None


def neos_locked(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    applies = attendee is not None and attendee.neos_locked
    return Refusal(Code.NEOS_LOCKED, bookable) if applies else None


def neos_banned(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.is_banned(facts.now):
        return None
    return Refusal(Code.NEOS_BANNED, bookable, attendee.neos_banned_until)


def neos_stale(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    applies = attendee is not None and attendee.is_stale(facts.now)
    return Refusal(Code.NEOS_STALE, bookable) if applies else None


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
    return None if attendee.patreon_known else Refusal(Code.PATREON_UNKNOWN, bookable)


def patreon_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.patreon_known:
        return None
    pledges_less = attendee.pledge(facts.now) < facts.event.patron_cents
    if not pledges_less:
        return None
    without_amount = attendee.supports_without_amount(facts.now)
    return Refusal(Code.PATREON_REQUIRED, bookable, without_amount=without_amount)


def blocked(facts: Facts, bookable: Bookable) -> Refusal | None:
    return Refusal(Code.BLOCKED, bookable) if facts.is_blocked else None


# --- The place itself --------------------------------------------------------------------------


def event_place_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Ask for a confirmed place at the event before a workshop."""
    if not isinstance(bookable, Workshop) or facts.attendee is None:
        return None
    place = facts.registration(facts.event)
    has_place = place is not None and place.status == Registration.Status.CONFIRMED
    return None if has_place else Refusal(Code.EVENT_PLACE_REQUIRED, bookable, held=place)


def time_clash(facts: Facts, bookable: Bookable) -> Refusal | None:
    """Refuse a workshop whose time truly overlaps with other ones of the person."""
    if not (clashing := _clashing(facts, bookable)):
        return None
    return Refusal(Code.TIME_CLASH, bookable, held=clashing[0], also_held=clashing[1:])


def _clashing(facts: Facts, bookable: Bookable) -> tuple[Registration, ...]:
    """Return all of the person's workshops at the same time: places, then spots on waitlists."""
    if not isinstance(bookable, Workshop):
        return ()
    others = (r for r in facts.registrations if r.workshop_id not in (None, bookable.pk))
    found = (r for r in others if r.bookable.overlaps(bookable))
    return tuple(sorted(found, key=_order_of_clashes))


def _order_of_clashes(other: Registration) -> tuple[bool, datetime, int]:
    is_spot = other.status == Registration.Status.WAITLISTED
    return is_spot, other.bookable.starts_at, other.pk


def full(facts: Facts, bookable: Bookable) -> Refusal | None:
    if bookable.has_waitlist or facts.is_draw_ahead(bookable):
        return None
    return None if facts.has_room(bookable) else Refusal(Code.FULL, bookable)


EVENT_RULES: tuple[Rule, ...] = (event_cancelled, event_draft)
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
    *EVENT_RULES,
    registration_not_open,
    registration_closed,
    *PERSON_RULES,
    full,
)
