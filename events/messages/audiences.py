"""Say who is in each group that organizers write to. Reads only, and never names anybody.

A person is in a group by a registration. In most groups that is the one at the event: a place in a
workshop needs a place there. In one group people are by a role, with a place or without. Nobody is
in a group who was erased. Who was blocked is, as long as they hold something.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from events.models import (
    Announcement,
    Audience,
    Event,
    MailTopic,
    Notification,
    Registration,
    Role,
    attendance,
)

from . import topics
from .crowds import REACHABLE

Status = Registration.Status


@dataclass(frozen=True, slots=True)
class Group:
    """A condition on registrations of the event, or on roles there, and since when somebody has met
    it.
    """

    condition: Callable[[datetime], Q]
    since: str
    #: Whether registrations for workshops count, too.
    has_workshops: bool = False


def _confirmed(_now: datetime) -> Q:
    return Q(status=Status.CONFIRMED)


def _has_something(now: datetime) -> Q:
    return Q(status__in=(Status.CONFIRMED, Status.WAITLISTED)) | _unpaid(now)


def _unpaid(now: datetime) -> Q:
    return Q(status=Status.AWAITING_PAYMENT, hold_until__gt=now)


def _did_not_come(now: datetime) -> Q:
    """People who help are left out; where nobody was checked in, nobody is known to be missing."""
    is_over = Q(attendance.anybody_was_checked_in(), event__ends_at__lte=now)
    is_missing = ~attendance.came() & ~Q(attendance.has_a_role())
    return is_over & is_missing & Q(status=Status.CONFIRMED)


GROUPS: Mapping[str, Group] = {
    Audience.EVERYBODY: Group(_has_something, "created_at"),
    Audience.CONFIRMED: Group(_confirmed, "confirmed_at"),
    Audience.WAITING: Group(lambda _now: Q(status=Status.WAITLISTED), "waitlisted_at"),
    Audience.UNPAID: Group(_unpaid, "taken_at", has_workshops=True),
    Audience.CHECKED_IN: Group(
        lambda _now: Q(status=Status.CONFIRMED, checked_in_at__isnull=False), "checked_in_at"
    ),
    Audience.NO_SHOWS: Group(_did_not_come, "confirmed_at"),
    Audience.WORKSHOP: Group(_confirmed, "confirmed_at"),
    Audience.ROLES: Group(lambda _now: Q(), "created_at"),
}
#: Groups that nobody joins after the message was sent.
CLOSED_GROUPS = frozenset({Audience.NO_SHOWS})


#: Rows by which people are in a group.
Rows = QuerySet[Registration] | QuerySet[Role]


def people(announcement: Announcement, now: datetime) -> Rows:
    """Return the registrations, or roles, by which people are in its group now.

    Somebody who has to pay for two places is in it twice; the key of the message makes it one.
    """
    if announcement.audience == Audience.ROLES:
        return Role.objects.filter(event=announcement.event_id, attendee__erased_at=None)
    group = GROUPS[announcement.audience]
    found = Registration.objects.filter(
        group.condition(now), event=announcement.event_id, attendee__erased_at=None
    )
    if announcement.audience == Audience.WORKSHOP:
        # A draft whose workshop was deleted goes to nobody.
        return found.filter(workshop__isnull=False, workshop=announcement.workshop_id)
    return found if group.has_workshops else found.filter(workshop=None)


def joined_by(announcement: Announcement, until: datetime) -> Q:
    """Return the condition of who was in the group by then."""
    return Q(**{f"{GROUPS[announcement.audience].since}__lte": until})


def not_told(announcement: Announcement) -> Q:
    """Return the condition of who has no row of this announcement in the outbox."""
    told = Notification.objects.filter(
        attendee=OuterRef("attendee"),
        subject=announcement.key,
        kind=Notification.Kind.ANNOUNCEMENT,
    )
    return ~Q(Exists(told))


def may_grow(audience: str, event: Event, now: datetime) -> bool:
    """Return whether people may still join the group."""
    return audience not in CLOSED_GROUPS and not event.has_ended(now)


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many people are in a group, and how many of them get no mail."""

    people: int
    unreachable: int
    muted: int

    @property
    def mails(self) -> int:
        return self.people - self.unreachable - self.muted


def count(announcement: Announcement, now: datetime) -> Numbers:
    """Count each person once, in one statement."""
    muted = topics.has_muted(MailTopic.ORGANIZERS)
    found = people(announcement, now).order_by().alias(has_muted=muted)
    person = F("attendee")
    numbers = found.aggregate(
        people=Count(person, distinct=True),
        unreachable=Count(person, distinct=True, filter=~REACHABLE),
        muted=Count(person, distinct=True, filter=REACHABLE & Q(has_muted=True)),
    )
    return Numbers(**numbers)
