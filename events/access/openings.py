"""Find the openings that people asked for and that have come, and leave out who has signed up.

Housekeeping asks before it owes them a message, and delivery asks again before it sends it.
"""

from datetime import datetime, timedelta

from django.db.models import (
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from events.models import Attendee, Event, Follow, PatronPerk, Registration

from . import no_shows

HOUR = Value(timedelta(hours=1), DurationField())
MINUTE = timedelta(minutes=1)


def opened(now: datetime) -> QuerySet[Follow]:
    """Return what people follow whose registration is open for them now: earlier for patrons, and
    later for people who did not come to other events.
    """
    published = Q(event__status=Event.Status.PUBLISHED, event__ends_at__gt=now)
    is_open = Q(event__opens_at=None) | Q(event__opens_at__lte=now) | Q(early_opening__lte=now)
    is_closed = Q(event__closes_at__isnull=False, event__closes_at__lte=now)
    asked = Follow.objects.alias(early_opening=_early_opening(now))
    found = asked.filter(published & is_open).exclude(is_closed)
    return found.exclude(_opens_later(now) & Q(no_shows.did_not_come(now)))


def _opens_later(now: datetime) -> Q:
    """Return a condition on follows: registration is still to open for their person if they did not
    come to other events. It is `pricing.opens_at` with `is_later`.
    """
    hours = (
        Cast("event__no_show_hours", IntegerField()) * HOUR
    )  # SQLite multiplies no positive ones
    own = Coalesce("early_opening", "event__opens_at", output_field=DateTimeField())
    later = ExpressionWrapper(
        own + ExpressionWrapper(hours, output_field=DurationField()), output_field=DateTimeField()
    )
    has_hours = Q(event__no_show_hours__gt=0, event__opens_at__isnull=False)
    return has_hours & Q(GreaterThan(later, now)) & _is_before_the_middle(now)


def _is_before_the_middle(now: datetime) -> Q:
    """Return a condition on follows: `pricing.latest_opening` is ahead.

    That is a whole minute, so it is ahead if the exact middle is not before the next minute: if no
    more time passed since the opening up to then than is left. The end is the first of several.
    """
    minute = now.replace(second=0, microsecond=0) + MINUTE
    until, since = Value(minute, DateTimeField()), F("event__opens_at")
    passed = ExpressionWrapper(until - since, output_field=DurationField())
    found = Q()
    for end in ("event__ends_at", "event__closes_at", "event__draw_at"):
        left = ExpressionWrapper(F(end) - until, output_field=DurationField())
        found &= Q(**{f"{end}__isnull": True}) | Q(GreaterThanOrEqual(left, passed))
    return found | Q(event__opens_at__gt=now)


def has_signed_up(now: datetime) -> Exists:
    """Return a condition on a follow of an event: the person has a place there, or waits for one.

    Nobody has to tell them that they can take one.
    """
    mine = Registration.objects.active().not_lapsed(now).filter(workshop=None)
    return Exists(mine.filter(event=OuterRef("event"), attendee=OuterRef("attendee")))


def _early_opening(now: datetime) -> Combinable:
    """Return `pricing.opens_at` of a patron as an expression; NULL for everybody else."""
    reached = PatronPerk.objects.filter(
        event=OuterRef("event"), min_cents__gt=0, min_cents__lte=OuterRef("attendee__patreon_cents")
    )
    has_run_out = Q(patreon_until__isnull=False, patreon_until__lte=now)
    pledging = Attendee.objects.filter(patreon_known=True).exclude(has_run_out)
    is_patron = Exists(pledging.filter(pk=OuterRef(OuterRef("attendee"))))
    hours = reached.filter(is_patron).order_by("-min_cents").values("early_hours")[:1]
    number = Subquery(hours, output_field=IntegerField())  # SQLite multiplies no positive ones
    early = ExpressionWrapper(number * HOUR, output_field=DurationField())
    return ExpressionWrapper(F("event__opens_at") - early, output_field=DateTimeField())
