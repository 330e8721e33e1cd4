"""Count messages that wait, and since when; and people who wait for a place.

Numbers are counted up to `MOST`: what is more needs no exact number, and no long statement.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from events.models import Event, Notification, Registration, Workshop

MOST = 10_000
#: Waitlists that a page names.
LONGEST = 10


@dataclass(frozen=True, slots=True)
class Waitlist:
    title: str
    number: int


def number_of(rows: QuerySet[Any]) -> int:
    return rows.order_by()[:MOST].count()


def oldest_due(now: datetime) -> datetime | None:
    """Return since when the message waits that is due for longest; each half has its index."""
    queued = Notification.objects.queued()
    new = queued.filter(next_try_at=None).order_by("created_at")
    again = queued.filter(next_try_at__lte=now).order_by("next_try_at")
    found = [
        new.values_list("created_at", flat=True).first(),
        again.values_list("next_try_at", flat=True).first(),
    ]
    return min((at for at in found if at is not None), default=None)


def waiting_mail(now: datetime) -> int:
    return number_of(Notification.objects.due(now))


def dead_mail(now: datetime) -> int:
    return number_of(Notification.objects.dead(now))


def waiting_people(now: datetime) -> int:
    return number_of(_waiting(now))


def longest_waitlists(now: datetime) -> list[Waitlist]:
    """Return the longest of events that are not over, with a title for people."""
    counted = _waiting(now).order_by().values("event", "workshop").annotate(number=Count("pk"))
    rows = list(counted.order_by("-number", "event", "workshop")[:LONGEST])
    events = Event.objects.in_bulk({row["event"] for row in rows})
    workshops = Workshop.objects.in_bulk({row["workshop"] for row in rows} - {None})
    return [
        Waitlist(
            (workshops[row["workshop"]] if row["workshop"] else events[row["event"]]).title,
            row["number"],
        )
        for row in rows
    ]


def longest_waitlist(now: datetime) -> int:
    counted = _waiting(now).order_by().values("event", "workshop").annotate(number=Count("pk"))
    row = counted.order_by("-number").first()
    return int(row["number"]) if row else 0


def _waiting(now: datetime) -> QuerySet[Registration]:
    return Registration.objects.filter(
        status=Registration.Status.WAITLISTED,
        event__ends_at__gt=now,
        event__status=Event.Status.PUBLISHED,
    )
