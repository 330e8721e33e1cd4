"""Conditions on registrations that an organizer has to look at: lists and counts share them."""

from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q

from events.access import rows
from events.access.refusals import Code
from events.models import Attendee, Notification, Payment, Registration
from events.models.registration_status import takes_place_at

Status = Registration.Status
#: Refusals that take away the right to a place that somebody has. A verification that has become
#: old is none: everybody's does, and a sign-in renews it. Nor is an address that is not confirmed:
#: `unreachable` finds those.
LOST = (
    Code.ACCOUNT_CLOSED,
    Code.NEOS_REQUIRED,
    Code.NEOS_UNVERIFIED,
    Code.NEOS_LOCKED,
    Code.NEOS_BANNED,
    Code.PATREON_UNKNOWN,
    Code.PATREON_REQUIRED,
    Code.BLOCKED,
)
A_DAY = timedelta(hours=24)
#: The provider did not answer, so that another try may work.
PASSING = "no_answer"


def ineligible(now: datetime) -> Q:
    """Confirmed, and would be refused the place today."""
    asked = rows.asked_anywhere(now)
    refused = reduce(or_, (rows.REFUSING[code](asked) for code in LOST))
    return Q(status=Status.CONFIRMED) & refused


def clashing(now: datetime) -> Q:
    """Has places in two workshops of the event at the same time, as after a move."""
    others = Registration.objects.filter(
        takes_place_at(now),
        attendee=OuterRef("attendee"),
        event=OuterRef("event"),
        workshop__starts_at__lt=OuterRef("workshop__ends_at"),
        workshop__ends_at__gt=OuterRef("workshop__starts_at"),
    )
    others = others.exclude(workshop=OuterRef("workshop"))
    return takes_place_at(now) & Q(workshop__isnull=False) & Q(Exists(others))


def unreachable(now: datetime) -> Q:
    """Has a place or waits for one, and no message arrives."""
    is_active = takes_place_at(now) | Q(status=Status.WAITLISTED)
    return is_active & ~Q(attendee__in=Attendee.objects.reachable())


def undelivered(now: datetime) -> Q:
    """A message about this was given up, or interrupted while it was sent."""
    dead = Notification.objects.dead(now).filter(registration=OuterRef("pk"))
    return Q(Exists(dead))


def pays_within_a_day(now: datetime) -> Q:
    until = {"hold_until__gt": now, "hold_until__lte": now + A_DAY}
    return Q(status=Status.AWAITING_PAYMENT, **until)


def cannot_pay(now: datetime) -> Q:
    """The provider refuses to charge for this place, whenever somebody tries."""
    failed = Payment.objects.filter(registration=OuterRef("pk"), status=Payment.Status.FAILED)
    failed = failed.exclude(error__in=["", PASSING])
    return Q(status=Status.AWAITING_PAYMENT, hold_until__gt=now) & Q(Exists(failed))
