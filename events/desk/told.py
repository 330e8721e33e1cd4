"""Count what people of an event were told: by organizers, and by the site itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from events.models import Announcement, Event, Notification

Kind, State = Notification.Kind, Notification.State


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of messages by what became of them."""

    waiting: int = 0
    sent: int = 0
    dead: int = 0
    nobody: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.sent + self.dead + self.nobody


@dataclass(frozen=True, slots=True)
class Automatic:
    """Messages of one kind that the site wrote by itself, and when the last one was written."""

    label: str
    last_at: datetime
    counts: Counts


def states_at(now: datetime) -> Mapping[str, Q]:
    """Return a condition for each field of `Counts`; each message meets one of them."""
    dead = Notification.is_dead_at(now)
    on_the_way = Q(state=State.QUEUED) | Q(state=State.SENDING, next_try_at__gt=now)
    return {
        "waiting": on_the_way,
        "sent": Q(state=State.SENT),
        "dead": dead,
        "nobody": Q(state=State.NOBODY),
    }


def rows_of(announcements: Iterable[Announcement]) -> QuerySet[Notification]:
    """Return what people were sent, without the tests that organizers sent to themselves."""
    chosen = list(announcements)
    return Notification.objects.filter(
        announcement__in=[one.pk for one in chosen], subject__in=[one.key for one in chosen]
    )


def count_announced(announcements: Iterable[Announcement], now: datetime) -> dict[int, Counts]:
    """Return counts by the announcement's id, in one statement."""
    rows: Any = rows_of(announcements).order_by().values("announcement")
    return {row["announcement"]: _counts(row) for row in rows.annotate(**_counted(now))}


def count_automatic(event: Event, now: datetime) -> list[Automatic]:
    """Return what the site told by itself, latest kind first."""
    found: dict[str, Automatic] = {}
    own = Notification.objects.exclude(kind=Kind.ANNOUNCEMENT)
    for about in (Q(registration__event=event), Q(event=event, registration=None)):
        rows: Any = own.filter(about).order_by().values("kind")
        for row in rows.annotate(last_at=Max("created_at"), **_counted(now)):
            kind = row["kind"]
            found[kind] = Automatic(_label(kind), row["last_at"], _counts(row))
    return sorted(found.values(), key=lambda one: one.last_at, reverse=True)


def _counts(row: Mapping[str, Any]) -> Counts:
    return Counts(**{field.name: row[field.name] for field in fields(Counts)})


def _label(kind: str) -> str:
    """A kind that the site does not know any more has no words."""
    return str(Kind(kind).label) if kind in Kind.values else kind


def _counted(now: datetime) -> dict[str, Count]:
    return {name: Count("pk", filter=condition) for name, condition in states_at(now).items()}
