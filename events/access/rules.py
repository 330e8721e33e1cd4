"""May this attendee take this place now? Pure: facts in, refusals out, nothing read or written.

All refusals that apply are given, in the order of `RULES`.
"""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext

from events.formatting import money
from events.models import Attendee, Bookable, Registration, Workshop

from . import pricing
from .facts import Facts
from .refusals import Code, Refusal, Step, account_step, other_events, step

Rule = Callable[[Facts, Bookable], Refusal | None]


def refusals(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Every reason why the attendee may not take a place or join the waitlist; empty: they may."""
    return _apply(RULES, facts, bookable)


def refusals_but_full(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Those that do not depend on who else is there: they hold whoever moves up meanwhile."""
    return _apply((rule for rule in RULES if rule is not _full), facts, bookable)


def refusals_of_waiting(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Every reason against moving somebody up from the waitlist, who is past the opening."""
    return _apply(WAITING_RULES, facts, bookable)


def refusals_of_promoted(facts: Facts, bookable: Bookable) -> list[Refusal]:
    """Every reason against a place that an organizer's word or money already paid stands for."""
    return _apply(PROMOTION_RULES, facts, bookable)


def _apply(rules: Iterable[Rule], facts: Facts, bookable: Bookable) -> list[Refusal]:
    found = (rule(facts, bookable) for rule in rules)
    return [refusal for refusal in found if refusal is not None]


# --- The event and its times -------------------------------------------------------------------


def _event_cancelled(facts: Facts, _bookable: Bookable) -> Refusal | None:
    if not facts.event.is_cancelled:
        return None
    return Refusal(
        Code.EVENT_CANCELLED,
        gettext("This event was cancelled."),
        other_events(),
    )


def _registration_not_open(facts: Facts, _bookable: Bookable) -> Refusal | None:
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    opens_at = pricing.opens_at(facts.event, perk)
    if opens_at is None or facts.now >= opens_at:
        return None
    sentence = gettext("Registration has not opened yet.")
    return Refusal(Code.REGISTRATION_NOT_OPEN, sentence, other_events(), opens_at)


def _registration_closed(facts: Facts, bookable: Bookable) -> Refusal | None:
    if facts.now < bookable.registration_ends_at:
        return None
    return Refusal(
        Code.REGISTRATION_CLOSED,
        gettext("Registration is closed."),
        other_events(),
    )


# --- Who the person is -------------------------------------------------------------------------


def _sign_in_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    if facts.attendee is not None:
        return None
    sentence = (
        gettext("Sign in with your Neos account to take a place.")
        if bookable.requires_neos
        else gettext("Sign in to take a place.")
    )
    return Refusal(
        Code.SIGN_IN_REQUIRED,
        sentence,
        step(gettext("Sign in"), "login", facts.event.get_absolute_url()),
    )


def _account_closed(facts: Facts, _bookable: Bookable) -> Refusal | None:
    """Somebody whose account was closed while they waited, or in this very moment."""
    if facts.attendee is None or facts.attendee.user.is_active:
        return None
    return Refusal(Code.ACCOUNT_CLOSED, gettext("This account is closed."), other_events())


def _email_unconfirmed(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = facts.attendee
    if attendee is None or attendee.is_linked or bookable.requires_neos:
        return None
    if attendee.email_confirmed_at is not None:
        return None
    return Refusal(
        Code.EMAIL_UNCONFIRMED,
        gettext("Confirm your e-mail address first: follow the link in the mail we sent you."),
        account_step(
            gettext("See your address or send the mail again"), facts.event.get_absolute_url()
        ),
    )


def _neos_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = facts.attendee
    if attendee is None or attendee.is_linked or not bookable.requires_neos:
        return None
    return Refusal(
        Code.NEOS_REQUIRED,
        gettext("This place needs a verified Neos account, and your account has none yet."),
        account_step(gettext("Link your Neos account"), facts.event.get_absolute_url()),
    )


def _neos_unverified(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or attendee.neos_email_verified:
        return None
    return Refusal(
        Code.NEOS_UNVERIFIED,
        gettext(
            "Neos says that the e-mail address of your Neos account is not verified. "
            "Verify it at Neos, then let us look again."
        ),
        account_step(gettext("Look again"), facts.event.get_absolute_url()),
    )


def _neos_locked(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.neos_locked:
        return None
    return Refusal(
        Code.NEOS_LOCKED,
        gettext("Neos has locked your Neos account. Ask Neos about it, then let us look again."),
        account_step(gettext("Look again"), facts.event.get_absolute_url()),
    )


def _neos_banned(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.is_banned(facts.now):
        return None
    return Refusal(
        Code.NEOS_BANNED,
        gettext("Your Neos account is banned at Neos for now."),
        account_step(gettext("Look again"), facts.event.get_absolute_url()),
        attendee.neos_banned_until,
    )


def _neos_stale(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or not attendee.is_stale(facts.now):
        return None
    return Refusal(
        Code.NEOS_STALE,
        gettext("It is too long ago that Neos vouched for your account."),
        account_step(gettext("Verify again"), facts.event.get_absolute_url()),
    )


def _gated(facts: Facts, bookable: Bookable) -> Attendee | None:
    """The attendee, when the place is gated and they have a Neos account to judge."""
    attendee = facts.attendee
    if attendee is None or not attendee.is_linked or not bookable.requires_neos:
        return None
    return attendee


# --- Patreon and blocks ------------------------------------------------------------------------


def _patreon_unknown(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    if attendee is None or facts.event.patron_cents == 0 or attendee.patreon_known:
        return None
    return Refusal(
        Code.PATREON_UNKNOWN,
        gettext(
            "This event is for Patreon supporters of Neos, and you have not let Neos tell us "
            "whether you are one. Verify again and tick Patreon."
        ),
        account_step(gettext("Verify again"), facts.event.get_absolute_url()),
    )


def _patreon_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    attendee = _gated(facts, bookable)
    needed = facts.event.patron_cents
    if attendee is None or not attendee.patreon_known or attendee.pledge(facts.now) >= needed:
        return None
    sentence = gettext("This event is for Patreon supporters of Neos from %(pledge)s a month.")
    pledge = money.format_amount(needed, "USD")
    return Refusal(
        Code.PATREON_REQUIRED,
        sentence % {"pledge": pledge},
        account_step(
            gettext("Your pledge has changed? Verify again"), facts.event.get_absolute_url()
        ),
    )


def _blocked(facts: Facts, _bookable: Bookable) -> Refusal | None:
    if not facts.is_blocked:
        return None
    return Refusal(
        Code.BLOCKED,
        gettext(
            "The organizers do not let this Neos account take part. Write to them if in doubt."
        ),
        other_events(),
    )


# --- The place itself --------------------------------------------------------------------------


def _event_place_required(facts: Facts, bookable: Bookable) -> Refusal | None:
    if not isinstance(bookable, Workshop) or facts.attendee is None:
        return None
    place = facts.registration(facts.event)
    if place is not None and place.status == Registration.Status.CONFIRMED:
        return None
    return Refusal(
        Code.EVENT_PLACE_REQUIRED,
        gettext("Workshops are for people with a confirmed place at the event."),
        Step(
            gettext("See your place at the event") if place else gettext("Take a place first"),
            f"{facts.event.get_absolute_url()}#your-place",
        ),
    )


def _time_clash(facts: Facts, bookable: Bookable) -> Refusal | None:
    if not isinstance(bookable, Workshop):
        return None
    others = (r.workshop for r in facts.registrations if r.workshop_id not in (None, bookable.pk))
    clash = next((other for other in others if other and other.overlaps(bookable)), None)
    if clash is None:
        return None
    return Refusal(
        Code.TIME_CLASH,
        gettext("It is at the same time as “%(other)s”, which you signed up for.")
        % {"other": clash.title},
        Step(gettext("See your registrations"), reverse("events:registrations")),
    )


def _full(facts: Facts, bookable: Bookable) -> Refusal | None:
    if bookable.has_waitlist or facts.is_draw_ahead(bookable) or facts.has_room(bookable):
        return None
    return Refusal(
        Code.FULL,
        gettext("All places are taken, and there is no waitlist."),
        other_events(),
    )


_PERSON_RULES: tuple[Rule, ...] = (
    _sign_in_required,
    _account_closed,
    _email_unconfirmed,
    _neos_required,
    _neos_unverified,
    _neos_locked,
    _neos_banned,
    _neos_stale,
    _patreon_unknown,
    _patreon_required,
    _blocked,
    _event_place_required,
    _time_clash,
)
RULES: tuple[Rule, ...] = (
    _event_cancelled,
    _registration_not_open,
    _registration_closed,
    *_PERSON_RULES,
    _full,
)
WAITING_RULES: tuple[Rule, ...] = (_event_cancelled, _registration_closed, *_PERSON_RULES)
PROMOTION_RULES: tuple[Rule, ...] = (_event_cancelled, *_PERSON_RULES)
