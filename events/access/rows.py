"""The rules of `rules.PERSON_RULES` once more, as conditions on the rows of people who wait.

The database finds with them who may have a place, so that nobody else has to be read. `rules`
decides: what is found here is judged there before it gets a place. A test holds both to be equal.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db.models import Case, CharField, Exists, F, Func, OuterRef, Q, Value, When

from events.models import Block, Registration
from events.models.registration import RegistrationQuerySet

from .refusals import Code

Condition = Q | Exists
Status = Registration.Status

#: `Event.requires_neos` and `Workshop.requires_neos`. The opposite is spelt out: a row without a
#: workshop has no price of one, and a NOT of nothing is nothing in SQL.
GATED = (
    Q(event__neos_required=True)
    | Q(event__price__gt=0)
    | Q(event__patron_cents__gt=0)
    | Q(workshop__price__gt=0)
)
UNGATED = Q(event__neos_required=False, event__price=0, event__patron_cents=0) & (
    Q(workshop=None) | Q(workshop__price=0)
)
LINKED = Q(attendee__neos_id__isnull=False)
UNLINKED = Q(attendee__neos_id=None)
WORKSHOP = Q(workshop__isnull=False)


def account_closed(_now: datetime) -> Q:
    return Q(attendee__user__is_active=False)


def email_unconfirmed(_now: datetime) -> Q:
    return UNLINKED & UNGATED & Q(attendee__email_confirmed_at=None)


def neos_required(_now: datetime) -> Q:
    return UNLINKED & GATED


def neos_unverified(_now: datetime) -> Q:
    return LINKED & GATED & Q(attendee__neos_email_verified=False)


def neos_locked(_now: datetime) -> Q:
    return LINKED & GATED & Q(attendee__neos_locked=True)


def neos_banned(now: datetime) -> Q:
    return LINKED & GATED & Q(attendee__neos_banned_until__gt=now)


def neos_stale(now: datetime) -> Q:
    long_ago = now - settings.NEOS_VERIFICATION_MAX_AGE
    is_stale = Q(attendee__verified_at=None) | Q(attendee__verified_at__lt=long_ago)
    return LINKED & GATED & is_stale


def patreon_unknown(_now: datetime) -> Q:
    return LINKED & Q(event__patron_cents__gt=0, attendee__patreon_known=False)


def patreon_required(now: datetime) -> Q:
    has_run_out = Q(attendee__patreon_until__lte=now)
    pledges_less = Q(attendee__patreon_cents__lt=F("event__patron_cents"))
    is_asked = Q(event__patron_cents__gt=0, attendee__patreon_known=True)
    return LINKED & is_asked & (has_run_out | pledges_less)


def blocked(_now: datetime) -> Exists:
    here = Q(event=OuterRef("event")) | Q(event=None)
    return Exists(Block.objects.filter(here, neos_id=OuterRef("attendee__neos_id")))


def event_place_required(_now: datetime) -> Q:
    place = Registration.objects.filter(
        attendee=OuterRef("attendee"),
        event=OuterRef("event"),
        workshop=None,
        status=Status.CONFIRMED,
    )
    return WORKSHOP & ~Exists(place)


def time_clash(now: datetime) -> Q:
    others = Registration.objects.active().not_lapsed(now).exclude(workshop=OuterRef("workshop"))
    clashing = others.filter(
        attendee=OuterRef("attendee"),
        event=OuterRef("event"),
        workshop__starts_at__lt=OuterRef("workshop__ends_at"),
        workshop__ends_at__gt=OuterRef("workshop__starts_at"),
    )
    return WORKSHOP & Exists(clashing)


#: In the order of `rules.PERSON_RULES`. Nobody who waits is signed out.
REFUSING: dict[Code, Callable[[datetime], Condition]] = {
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


class Joined(Func):
    """Texts one behind the other. `Concat` nests them, deeper than SQLite reads."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = CharField()


def who_may(line: RegistrationQuerySet, now: datetime) -> RegistrationQuerySet:
    """Narrow people who wait to those whom no rule of the person refuses the place."""
    refused = Q()
    for condition in REFUSING.values():
        refused |= Q(condition(now))
    return line.exclude(refused)


def with_codes(line: RegistrationQuerySet, now: datetime) -> RegistrationQuerySet:
    """Annotate `codes`: all refusals of the person, each with a "+" behind it."""
    found = [_code_or_nothing(code, condition(now)) for code, condition in REFUSING.items()]
    return line.annotate(codes=Joined(*found))


def _code_or_nothing(code: Code, condition: Condition) -> Case:
    return Case(When(condition, then=Value(f"{code.value}+")), default=Value(""))
