"""Find the key that a world sent, and the events for which it asks at this moment."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Case, F, Model, Q, QuerySet, Value, When

from events.access.door import door_opens_at
from events.models import Bookable, DoorKey, Event, Workshop
from events.models.door import DoorKeyQuerySet

from .compiled import CompiledQuery
from .keys import LENGTH, digest_of

#: What no key looks like is not looked up. Its letters may be large; see `keys.digest_of`.
SHAPE = re.compile(rf"[a-zA-Z2-7]{{{LENGTH}}}")
NOTED_EVERY = timedelta(minutes=1)
#: Events that one secret may be asked about: more are not on at once.
MOST_EVENTS = 4
#: Of people who may enter earlier, those are found at the next event who may by so much. Next
#: week's event of a series is not asked, so that a question there costs two statements.
EARLY_MINUTES = 12 * 60
#: Rows that are read to find them: events that were cancelled may lie before.
MOST_ROWS = 12


def in_order(model: type[Model], *names: str) -> tuple[str, ...]:
    """Return the names as `Model.from_db` wants them: in the order of the columns."""
    columns = model._meta.concrete_fields  # noqa: SLF001 - documented
    return tuple(column.attname for column in columns if column.attname in names)


KEY = ("pk", "may_check_in", "last_used_at")
#: All that the rule of the door and the lists look at.
EVENT = in_order(
    Event,
    *("id", "slug", "status", "starts_at", "ends_at", "session_opens_minutes"),
    *("price", "neos_required", "patron_cents"),
)
WORKSHOP = in_order(Workshop, "id", "slug", "starts_at", "ends_at", "price")


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key as a door needs it: what it may, and what for."""

    pk: int
    may_check_in: bool
    last_used_at: datetime | None
    bookable: Bookable


def find_keys(secret: str, now: datetime) -> list[FoundKey]:
    """Return the good keys with this secret, one for each event that a world may mean now.

    Copies of an event share a secret. The first is that of the published event whose door is open,
    then of the one on now or next; then of the one that ended last, then of a draft. The others are
    of published events whose door may be open for somebody, in the order of their starts.
    """
    if not SHAPE.fullmatch(secret):
        return []
    found = [_found(row) for row in KEYS_BY_SECRET.rows(digest=digest_of(secret), now=now)]
    if len(found) < 2:
        return found
    first = next((key for key in found if _is_open(key.bookable, now)), found[0])
    others = [k for k in found if k is not first and _is_open(k.bookable, now, EARLY_MINUTES)]
    return [first, *others][:MOST_EVENTS]


def good_keys(secret: str, now: datetime) -> DoorKeyQuerySet:
    return DoorKey.objects.filter(digest=digest_of(secret)).good_at(now)


def _is_open(bookable: Bookable, now: datetime, early_minutes: int = 0) -> bool:
    is_on = door_opens_at(bookable, early_minutes) <= now and not bookable.has_ended(now)
    return bookable.event.is_published and is_on


def _by_secret(digest: str, now: datetime) -> QuerySet[DoorKey, tuple[Any, ...]]:
    is_draft = Q(event__status=Event.Status.DRAFT)
    is_coming = Q(event__ends_at__gt=now)
    group = Case(When(is_draft, then=Value(2)), When(is_coming, then=Value(0)), default=Value(1))
    start_if_coming = Case(When(is_coming, then=F("event__starts_at")))
    event, workshop = (f"event__{name}" for name in EVENT), (f"workshop__{n}" for n in WORKSHOP)
    q = DoorKey.objects.filter(digest=digest).good_at(now)
    soonest = start_if_coming.asc(nulls_last=True)  # the databases sort nothing differently
    q = q.order_by(group, soonest, "-event__ends_at", "pk")
    return q.values_list(*KEY, *event, *workshop)[:MOST_ROWS]


KEYS_BY_SECRET = CompiledQuery(_by_secret, digest="a digest", now=datetime(2000, 1, 1, tzinfo=UTC))


def _found(row: tuple[Any, ...]) -> FoundKey:
    """Make the event, and the workshop if there is one, of the few columns that were read."""
    (pk, may_check_in, last_used_at), rest = row[: len(KEY)], row[len(KEY) :]
    bookable: Bookable = Event.from_db(DEFAULT_DB_ALIAS, EVENT, rest[: len(EVENT)])
    of_workshop = rest[len(EVENT) :]
    if of_workshop[WORKSHOP.index("id")] is not None:
        workshop = Workshop.from_db(DEFAULT_DB_ALIAS, WORKSHOP, of_workshop)
        workshop.event = bookable.event
        bookable = workshop
    return FoundKey(pk, may_check_in, last_used_at, bookable)


def note_use(key: FoundKey, now: datetime) -> None:
    """Write down that the key was used, at most once a minute.

    One process tries once in that time, also if the database has no time for it: what is written
    here is for people to look at, and a door must not wait for it. Raises what the database and the
    cache do.
    """
    if key.last_used_at is not None and now - key.last_used_at < NOTED_EVERY:
        return
    if not cache.add(f"door:used:{key.pk}", 1, NOTED_EVERY.total_seconds()):
        return
    DoorKey.objects.filter(pk=key.pk).update(last_used_at=now)
