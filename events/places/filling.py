"""Free places go to the waitlist, in its order, to those who may have them."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import translation

from events import eligibility, notifications
from events.facts import EMPTY, Facts, Occupancy, count_occupancies, workshop_key
from events.models import Bookable, Event, FillingPass, Registration, Workshop
from events.refusals import Refusal
from events.waiting import in_line

from .giving import terms
from .locking import change

logger = logging.getLogger(__name__)
Outcome = FillingPass.Outcome


def fill_places(event: Event, now: datetime, newcomer: Registration | None = None) -> int:
    """Fill the event, then its workshops; how many moved up. Called under the event's lock.

    A newcomer who has only just joined the line is not told here: they have heard of no waitlist.
    """
    occupancies = count_occupancies(event, now)
    moved = 0
    for bookable in _with_waitlist(event, occupancies):
        occupancy = occupancies.get(workshop_key(bookable), EMPTY)
        if occupancy.waiting and occupancy.free(bookable.capacity) != 0:
            moved += _fill(event, bookable, occupancy, now, newcomer)
    return moved


def _with_waitlist(event: Event, occupancies: dict[int | None, Occupancy]) -> list[Bookable]:
    """Where people wait for a place that may be given, the event before its workshops."""
    found: list[Bookable] = []
    if None in occupancies and not event.is_awaiting_draw:
        found.append(event)
    if waited_for := [pk for pk, occupancy in occupancies.items() if pk and occupancy.waiting]:
        for workshop in Workshop.objects.filter(pk__in=waited_for):
            workshop.event = event
            found.append(workshop)
    return found


@dataclass(slots=True)
class Selection:
    """Who of a waitlist may have the free places, and who before them may not."""

    moving: list[tuple[Registration, Facts]] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)
    refused: list[tuple[Registration, list[Refusal]]] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)

    def pass_over(self, registration: Registration, refusals: list[Refusal]) -> None:
        self.refused.append((registration, refusals))
        self.codes.update(refusal.code.value for refusal in refusals)

    def move_up(self, registration: Registration, facts: Facts) -> None:
        self.moving.append((registration, facts))
        self.overtaken.append(len(self.refused))


def _fill(
    event: Event,
    bookable: Bookable,
    occupancy: Occupancy,
    now: datetime,
    newcomer: Registration | None,
) -> int:
    """One filling pass; it leaves one line, whoever moved."""
    free = occupancy.free(bookable.capacity)
    obstacle = _obstacle(bookable, now)
    selection = Selection() if obstacle else _select(event, bookable, free, now)
    outcome = obstacle or (Outcome.MOVED if selection.moving else Outcome.NOBODY_ELIGIBLE)
    line = FillingPass(
        event=event,
        workshop=bookable if isinstance(bookable, Workshop) else None,
        at=now,
        free=free,
        waiting=occupancy.waiting,
        moved=len(selection.moving),
        outcome=outcome,
        passed_over=dict(selection.codes),
    )
    _write(line)
    moves = zip(selection.moving, selection.overtaken, strict=True)
    for (registration, facts), overtook in moves:
        if _give(registration, facts, line, overtook) and registration != newcomer:
            tell(registration)
    notifications.passed_over(selection.refused)
    return len(selection.moving)


def _obstacle(bookable: Bookable, now: datetime) -> Outcome | None:
    if bookable.event.is_cancelled:
        return Outcome.CANCELLED
    return Outcome.CLOSED if now >= bookable.registration_ends_at else None


def _select(event: Event, bookable: Bookable, free: int | None, now: datetime) -> Selection:
    """Up to `free` people (None: any number), those first in line who may have a place."""
    selection = Selection()
    for facts, registration in in_line(event, bookable, now):
        refusals = _refusals(facts, registration)
        if refusals:
            selection.pass_over(registration, refusals)
            continue
        selection.move_up(registration, facts)
        if len(selection.moving) == free:
            break
    return selection


def _refusals(facts: Facts, registration: Registration) -> list[Refusal]:
    """In the language of the person, who is told."""
    with translation.override(registration.attendee.language):
        return eligibility.refusals_of_waiting(facts, registration.bookable)


def _write(line: FillingPass) -> None:
    """Store the line; one that says again what the last one said only moves that one's time."""
    last = FillingPass.objects.filter(event=line.event, workshop=line.workshop).first()
    said = (line.outcome, line.passed_over)
    if line.moved or last is None or (last.outcome, last.passed_over) != said:
        line.save(force_insert=True)
    else:
        same = FillingPass.objects.filter(pk=last.pk)
        same.update(at=line.at, free=line.free, waiting=line.waiting)
    logger.info(
        "Filling pass of event %s, workshop %s: %d waiting, %d moved up, %s, passed over %s",
        line.event_id, line.workshop_id, line.waiting, line.moved, line.outcome, line.passed_over,
    )  # fmt: skip


def _give(registration: Registration, facts: Facts, line: FillingPass, overtook: int) -> bool:
    """Move one person up: a free place is theirs, a paid one is held until its own deadline."""
    values = terms(facts, registration.bookable, settings.WAITLIST_PAYMENT_HOLD)
    return change(registration, **values, filling_pass=line, overtook=overtook)


def tell(registration: Registration) -> None:
    """Owe the message about a place given to somebody who waited for it."""
    if registration.status == Registration.Status.AWAITING_PAYMENT:
        notifications.payment_due(registration)
    else:
        notifications.place_given(registration)
