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
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan

from events.models import Attendee, Event, Follow, PatronPerk, Registration

from . import no_shows

HOUR = Value(timedelta(hours=1), DurationField())


def opened(now: datetime) -> QuerySet[Follow]:
    """Return what people follow whose registration is open for them now: earlier for patrons, and
    later for people who did not come to other events.
    """
    published = Q(event__status=Event.Status.PUBLISHED, event__ends_at__gt=now)
    is_open = Q(event__opens_at=None) | Q(event__opens_at__lte=now) | Q(early_opening__lte=now)
    is_closed = Q(event__closes_at__isnull=False, event__closes_at__lte=now)
    asked = Follow.objects.alias(early_opening=_early_opening(now))
    found = asked.filter(published & is_open).exclude(is_closed)
    still_shut = _still_shut(now)
    return found.exclude(still_shut, no_shows.did_not_come(now)) if still_shut else found


def _still_shut(now: datetime) -> Q:
    """Return a condition on follows: registration is still to open for their person if they did not
    come to other events. It is empty without such an event.
    """
    wanted = Event.objects.filter(
        follows__isnull=False, no_show_hours__gt=0, opens_at__isnull=False
    )
    own_opening = Coalesce("early_opening", "event__opens_at", output_field=DateTimeField())
    found = Q()
    for event in wanted.ending_after(now).without_long_texts().distinct():
        if no_shows.is_later_for_some(event, now):
            since = now - timedelta(hours=event.no_show_hours)
            found |= Q(GreaterThan(own_opening, since), event=event.pk)
    return found


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
