"""What an organizer's edit of an event means for the people who signed up.

Nobody loses anything by an edit. Whoever signed up for something that was moved is told, with the
old time and the new one; whoever now has two workshops at once is listed as well.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db.models import F
from django.utils import timezone

from events import places
from events.access.facts import workshop_key
from events.messages import texts
from events.models import Bookable, Event, Registration, Workshop
from events.models.registration import RegistrationQuerySet

Clash = tuple[Registration, Registration]


@dataclass(frozen=True, slots=True)
class Terms:
    """What people relied on when they signed up for one bookable."""

    starts_at: datetime
    ends_at: datetime
    capacity: int | None

    def is_moved(self, bookable: Bookable) -> bool:
        return (self.starts_at, self.ends_at) != (bookable.starts_at, bookable.ends_at)

    def is_lowered(self, bookable: Bookable) -> bool:
        if bookable.capacity is None:
            return False
        return self.capacity is None or bookable.capacity < self.capacity


@dataclass(frozen=True, slots=True)
class Before:
    """An event before an edit; terms of the event itself under None, of workshops by their id."""

    is_cancelled: bool
    draw_at: datetime | None
    terms: Mapping[int | None, Terms]

    def of(self, bookable: Bookable) -> Terms | None:
        """None for a workshop that did not exist yet."""
        return self.terms.get(workshop_key(bookable))


@dataclass(frozen=True, slots=True)
class Consequences:
    """How many moved up from the waitlists, who has two workshops at once now, and how many
    payments go back because the event was cancelled.
    """

    moved_up: int
    clashes: list[Clash]
    going_back: int = 0


def read(event_pk: int) -> Before:
    """The event before an edit. Its lock is held from now until the caller's transaction ends."""
    with places.locked_event(event_pk) as event:
        terms = {
            workshop_key(bookable): Terms(bookable.starts_at, bookable.ends_at, bookable.capacity)
            for bookable in event.bookables()
        }
        return Before(event.is_cancelled, event.draw_at, terms)


def follow_up(event_pk: int, before: Before) -> Consequences:
    """Draw the consequences of an edit that the caller has written, in the same transaction."""
    now = timezone.now()
    with places.locked_event(event_pk) as event:
        _note_lowered(event, before, now)
        moved = [
            bookable
            for bookable in event.bookables()
            if (terms := before.of(bookable)) and terms.is_moved(bookable)
        ]
        is_draw_moved = event.is_awaiting_draw and event.draw_at != before.draw_at
        if moved or is_draw_moved or event.is_cancelled != before.is_cancelled:
            Event.objects.filter(pk=event.pk).update(sequence=F("sequence") + 1)
            event.sequence += 1
        if event.is_cancelled != before.is_cancelled:
            _tell_whether_it_takes_place(event, now)
        elif not event.is_cancelled:
            _tell_moved(event, before, moved, now)
            if is_draw_moved:
                _tell_draw_moved(event, now)
        going_back = places.owe_everything_back(event) if event.is_cancelled else 0
        clashes = _note_clashes(event, {b.pk for b in moved if isinstance(b, Workshop)}, now)
    return Consequences(places.fill(event=event), clashes, going_back)


def _note_lowered(event: Event, before: Before, now: datetime) -> None:
    """More people than places are nobody's mistake from now on: see `audit`."""
    for bookable in event.bookables():
        terms = before.of(bookable)
        if terms and terms.is_lowered(bookable):
            type(bookable).objects.filter(pk=bookable.pk).update(capacity_lowered_at=now)


def _tell_moved(event: Event, before: Before, moved: list[Bookable], now: datetime) -> None:
    for bookable in moved:
        terms = before.of(bookable)
        if terms is None or (bookable.has_ended(now) and terms.ends_at <= now):
            continue  # the correction of a date in the past
        people = [
            r.sharing(event) for r in _active(event, now).filter(workshop=workshop_key(bookable))
        ]
        texts.time_changed(*people, before=terms.starts_at, revision=event.sequence)


def _tell_draw_moved(event: Event, now: datetime) -> None:
    entries = (r.sharing(event) for r in _active(event, now).filter(workshop=None))
    texts.draw_moved(*(r for r in entries if r.awaits_draw), revision=event.sequence)


def _tell_whether_it_takes_place(event: Event, now: datetime) -> None:
    """Whoever hears that it does after all hears the time again, so no second message says it."""
    if event.has_ended(now):
        return
    say = texts.event_cancelled if event.is_cancelled else texts.event_restored
    people = [r.sharing(event) for r in _active(event, now).filter(workshop=None)]
    say(*people, revision=event.sequence)


def _note_clashes(event: Event, moved: set[int], now: datetime) -> list[Clash]:
    """Pairs of one person's workshops that overlap since one of them was moved; both stay."""
    Workshop.objects.filter(pk__in=moved).update(moved_at=now)
    by_person = defaultdict(list)
    for registration in _active(event, now).filter(workshop__isnull=False) if moved else ():
        by_person[registration.attendee_id].append(registration.sharing(event))
    clashes = [
        (one, other)
        for held in by_person.values()
        for one, other in combinations(held, 2)
        if moved & {one.workshop_id, other.workshop_id} and one.bookable.overlaps(other.bookable)
    ]
    texts.time_clash(*clashes, revision=event.sequence)
    return clashes


def _active(event: Event, now: datetime) -> RegistrationQuerySet:
    """Registrations of people who expect to come; a hold that lapsed is not one."""
    q = Registration.objects.active().not_lapsed(now).filter(event=event)
    return q.select_related("attendee__user", "workshop").order_by("pk")
