"""The rules of `rules.PERSON_RULES` once more, as conditions on the rows of people who wait.

The database finds with them who may have a place, so that nobody else has to be read while the
event is locked. A test holds both to be equal, and `audit` judges by `rules`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from events.models import Block, Bookable, FormerNeosId, Registration
from events.models.registration import RegistrationQuerySet

from .refusals import Code

Status = Registration.Status

ALWAYS, NEVER = Q(), Q(pk__in=[])  # Django leaves both out of the statement
LINKED = Q(attendee__neos_id__isnull=False)
UNLINKED = Q(attendee__neos_id=None)


@dataclass(frozen=True, slots=True)
class Asked:
    """Conditions for what a place asks of a person at this instant, and the pledge."""

    now: datetime
    gate: Q
    no_gate: Q
    patrons_only: Q
    patron_cents: F | Value
    is_workshop: Q


def asked_at(bookable: Bookable, now: datetime) -> Asked:
    """Return what is asked of everybody who waits for the same place."""
    event = bookable.event
    return Asked(
        now=now,
        gate=_known(bookable.requires_neos),
        no_gate=_known(not bookable.requires_neos),
        patrons_only=_known(event.patron_cents > 0),
        patron_cents=Value(event.patron_cents),
        is_workshop=_known(bookable.workshop is not None),
    )


def _known(is_so: bool) -> Q:  # noqa: FBT001 - its name says all
    return ALWAYS if is_so else NEVER


def asked_anywhere(now: datetime) -> Asked:
    """Return what is asked of people who wait for different places, each by their own.

    These are `Event.requires_neos` and `Workshop.requires_neos`. The opposite is spelt out: a row
    without a workshop has no price of one, and NOT of nothing is nothing in SQL.
    """
    gated = Q(event__neos_required=True) | Q(event__price__gt=0) | Q(event__patron_cents__gt=0)
    ungated = Q(event__neos_required=False, event__price=0, event__patron_cents=0)
    return Asked(
        now=now,
        gate=gated | Q(workshop__price__gt=0),
        no_gate=ungated & (Q(workshop=None) | Q(workshop__price=0)),
        patrons_only=Q(event__patron_cents__gt=0),
        patron_cents=F("event__patron_cents"),
        is_workshop=Q(workshop__isnull=False),
    )


# --- One condition for each rule ---------------------------------------------------------------


def account_closed(_asked: Asked) -> Q:
    return Q(attendee__user__is_active=False)


def email_unconfirmed(asked: Asked) -> Q:
    return asked.no_gate & UNLINKED & Q(attendee__email_confirmed_at=None)


def neos_required(asked: Asked) -> Q:
    return asked.gate & UNLINKED


def neos_unverified(asked: Asked) -> Q:
    return asked.gate & LINKED & Q(attendee__neos_email_verified=False)


def neos_locked(asked: Asked) -> Q:
    return asked.gate & LINKED & Q(attendee__neos_locked=True)


def neos_banned(asked: Asked) -> Q:
    return asked.gate & LINKED & Q(attendee__neos_banned_until__gt=asked.now)


def neos_stale(asked: Asked) -> Q:
    long_ago = asked.now - settings.NEOS_VERIFICATION_MAX_AGE
    is_stale = Q(attendee__verified_at=None) | Q(attendee__verified_at__lt=long_ago)
    return asked.gate & LINKED & is_stale


def patreon_unknown(asked: Asked) -> Q:
    return asked.patrons_only & LINKED & Q(attendee__patreon_known=False)


def patreon_required(asked: Asked) -> Q:
    has_run_out = Q(attendee__patreon_until__lte=asked.now)
    pledges_less = has_run_out | Q(attendee__patreon_cents__lt=asked.patron_cents)
    return asked.patrons_only & LINKED & Q(attendee__patreon_known=True) & pledges_less


def blocked(_asked: Asked) -> Q:
    here = Q(event=OuterRef("event")) | Q(event=None)
    former = FormerNeosId.objects.filter(attendee=OuterRef(OuterRef("attendee")))
    is_theirs = Q(neos_id=OuterRef("attendee__neos_id")) | Q(neos_id__in=former.values("neos_id"))
    return Q(Exists(Block.objects.filter(here & is_theirs)))


def event_place_required(asked: Asked) -> Q:
    place = Registration.objects.filter(
        attendee=OuterRef("attendee"),
        event=OuterRef("event"),
        workshop=None,
        status=Status.CONFIRMED,
    )
    return asked.is_workshop & Q(~Exists(place))


def time_clash(asked: Asked) -> Q:
    others = Registration.objects.active().not_lapsed(asked.now)
    clashing = others.exclude(workshop=OuterRef("workshop")).filter(
        attendee=OuterRef("attendee"),
        event=OuterRef("event"),
        workshop__starts_at__lt=OuterRef("workshop__ends_at"),
        workshop__ends_at__gt=OuterRef("workshop__starts_at"),
    )
    return asked.is_workshop & Q(Exists(clashing))


#: In the order of `rules.PERSON_RULES`. Nobody who waits is signed out.
REFUSING: dict[Code, Callable[[Asked], Q]] = {
    Code.ACCOUNT_CLOSED: account_closed,
    Code.EMAIL_UNCONFIRMED: email_unconfirmed,
    Code.NEOS_REQUIRED: neos_required,
    Code.NEOS_UNVERIFIED: neos_unverified,
    Code.NEOS_LOCKED: neos_locked,
    Code.NEOS_BANNED: neos_banned,
    Code.NEOS_STALE: neos_stale,
    Code.PATREON_UNKNOWN: patreon_unknown,
    Code.PATREON_REQUIRED: patreon_required,
    Code.BLOCKED: blocked,
    Code.EVENT_PLACE_REQUIRED: event_place_required,
    Code.TIME_CLASH: time_clash,
}


# --- All of them -------------------------------------------------------------------------------


class Joined(Func):
    """Texts one behind the other. `Concat` nests them, deeper than SQLite reads."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = CharField()


def who_may(line: RegistrationQuerySet, asked: Asked) -> RegistrationQuerySet:
    """Narrow people who wait to those whom no rule of the person refuses the place."""
    for condition in REFUSING.values():  # one by one, so that the cheapest is asked first
        line = line.exclude(condition(asked))
    return line


def with_codes(line: RegistrationQuerySet, asked: Asked) -> QuerySet[Any]:
    """Annotate `codes`: all refusals of the person, each with a "+" behind it."""
    found = [_code_or_nothing(code, condition(asked)) for code, condition in REFUSING.items()]
    return line.annotate(codes=Joined(*found))


def _code_or_nothing(code: Code, condition: Q) -> Case:
    return Case(When(condition, then=Value(f"{code.value}+")), default=Value(""))
