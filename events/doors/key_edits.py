"""Make, change, rotate and revoke the keys of doors.

A copy of an event has the same keys, so one key may open at many events. All of those are locked
here, in the order of their keys. A copy is made under the lock of its original, so nobody can copy
a key while it is being revoked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from events import places
from events.models import Bookable, DoorKey, Event
from events.models.door import DoorKeyQuerySet
from events.models.event_set import EventQuerySet

from .keys import digest_of, new_secret

#: How long a key may go on beside the one that takes its place.
OVERLAPS = (timedelta(0), timedelta(hours=1), timedelta(days=1), timedelta(days=7))
#: How long worlds note after the end who went: people stay longer than was planned.
AFTER_THE_END = timedelta(days=1)


class KeyEnded(Exception):
    """The key was revoked or rotated meanwhile, or is not good any more."""


class LabelTaken(Exception):
    """A good key of the event has this label: people could not tell the two apart."""


class WorkshopGone(Exception):
    """The workshop of the key was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """The choices for a key. Without `expires_at` it is good until it is revoked."""

    label: str
    may_check_in: bool = False
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new key, its secret, the events at which it opens, and when the former key ends.

    `left` counts the events of others: the former key stays good there.
    """

    key: DoorKey
    secret: str
    events: list[Event]
    former_ends_at: datetime
    left: int


def expiry_proposed(event: Event, now: datetime) -> datetime | None:
    """Return a day after the end for an event of its own, and None for one of a series.

    Drafts of a series have the key of the event before. One that ends would keep people out of an
    event months later, at which nobody has chosen it.
    """
    return None if event.series_id else max(event.ends_at, now) + AFTER_THE_END


def make_key(bookable: Bookable, terms: KeyTerms, *, by: User | None) -> tuple[DoorKey, str]:
    """Return the key and its secret, which nobody can read again.

    Raises `LabelTaken` and `WorkshopGone`.
    """
    secret, workshop = new_secret(), bookable.workshop
    with places.locked_event(bookable.event.pk, by=by) as event:
        now = timezone.now()
        if workshop and not event.workshops.filter(pk=workshop.pk).exists():
            raise WorkshopGone
        _refuse_taken(event, terms.label, now)
        made = DoorKey.objects.create(
            event=event,
            workshop=workshop,
            label=terms.label,
            may_check_in=terms.may_check_in,
            expires_at=terms.expires_at,
            digest=digest_of(secret),
            created_at=now,
            created_by=by,
        )
    return made, secret


def change_key(
    key: DoorKey, *, label: str, expires_at: datetime | None, among: EventQuerySet
) -> list[Event]:
    """Change it at its event, and at those `among` others that need it; see `open_rows`.

    Return these events. A key that has expired can be good again; a revoked one cannot. Raises
    `KeyEnded` and `LabelTaken`.
    """
    with _locked(key):
        now = timezone.now()
        rows = open_rows(key, among, now).filter(revoked_at=None)
        current = _own(rows, key)
        if label != current.label or not current.is_good_at(now):
            _refuse_taken(current.event, label, now, but=key)
        events = _events_of(rows)
        DoorKey.objects.filter(digest=key.digest, event__in=events, revoked_at=None).update(
            label=label, expires_at=expires_at
        )
    return events


def rotate_key(
    key: DoorKey,
    *,
    overlap: timedelta,
    among: EventQuerySet,
    by: User | None,
    newest: int | None = None,
) -> Rotated:
    """Make another key with the same label, permission and expiry; end this one after `overlap`.

    The new key opens where this one is good: at its event, and at those `among` others that need
    it; see `open_rows`. Raises `KeyEnded`, also if `newest_like` is not `newest` any more: of two
    presses of one button the second makes nothing.
    """
    secret = new_secret()
    with _locked(key):
        if by is not None:
            places.lock_person(by)
        now = timezone.now()
        rows = open_rows(key, among, now).good_at(now)
        _own(rows, key)
        if newest is not None and newest_like(key, now) != newest:
            raise KeyEnded
        events, fields = _events_of(rows), {"digest": digest_of(secret), "created_at": now}
        DoorKey.objects.bulk_create(_new_of(row, created_by=by, **fields) for row in rows)
        ends_at = _end(key, among, now + overlap)
        made = DoorKey.objects.select_related("event", "workshop").get(
            event=key.event_id, digest=fields["digest"]
        )
        left = same_keys(key).good_at(now).exclude(event__in=among).count()
    return Rotated(made, secret, events, ends_at, left)


def revoke_key(key: DoorKey) -> list[Event]:
    """End it at once at every event that has it: who knows it at one knows it at all.

    Return the events. Raises `KeyEnded` if it was revoked before.
    """
    with _locked(key):
        rows = same_keys(key).filter(revoked_at=None)
        _own(rows, key)
        events = _events_of(rows)
        rows.update(revoked_at=timezone.now())
    return events


def newest_like(key: DoorKey, now: datetime) -> int:
    """Return the primary key of the newest good key of this name at its event, 0 without one."""
    alike = DoorKey.objects.filter(event=key.event_id, label=key.label).good_at(now)
    return alike.order_by("-pk").values_list("pk", flat=True).first() or 0


def same_keys(key: DoorKey) -> DoorKeyQuerySet:
    """Return the rows of the same secret, one for each event that has it."""
    return DoorKey.objects.filter(digest=key.digest)


def open_rows(key: DoorKey, among: EventQuerySet, now: datetime) -> DoorKeyQuerySet:
    """Return its rows at its own event, and at those `among` others that are not over, or ended
    less than a day ago: until then a world notes who went.
    """
    needed = among.ending_after(now - AFTER_THE_END)
    is_open = Q(event=key.event_id) | Q(event__in=needed.values("pk"))
    return same_keys(key).filter(is_open)


@contextmanager
def _locked(key: DoorKey) -> Iterator[None]:
    """Lock all events of the key. While we waited a copy may have been made: look again."""
    with transaction.atomic():
        locked: set[int] = set()
        while more := {*same_keys(key).values_list("event", flat=True)} - locked:
            places.lock_all(more)
            locked |= more
        yield


def _own(rows: DoorKeyQuerySet, key: DoorKey) -> DoorKey:
    found = rows.select_related("event").filter(pk=key.pk).first()
    if found is None:
        raise KeyEnded
    return found


def _refuse_taken(event: Event, label: str, now: datetime, but: DoorKey | None = None) -> None:
    others = event.door_keys.good_at(now).exclude(pk=but.pk if but else 0)
    if others.filter(label=label).exists():
        raise LabelTaken


def _events_of(rows: DoorKeyQuerySet) -> list[Event]:
    return list(Event.objects.filter(pk__in=rows.values("event")).order_by("starts_at", "pk"))


def _new_of(row: DoorKey, **fields: Any) -> DoorKey:
    same = ("event_id", "workshop_id", "label", "may_check_in", "expires_at")
    return DoorKey(**{name: getattr(row, name) for name in same}, **fields)


def _end(key: DoorKey, among: EventQuerySet, at: datetime) -> datetime:
    """Let it end then at its event and `among` others, over or not; one that ends before stays."""
    rows = same_keys(key).filter(Q(event=key.event_id) | Q(event__in=among.values("pk")))
    rows.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None).update(expires_at=at)
    return at if key.expires_at is None else min(at, key.expires_at)
