"""Give free places to the waitlist, in its order, to people who may have them."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from django.conf import settings

from events.access.facts import EMPTY, Facts, Occupancy, count_occupancies
from events.access.refusals import Refusal
from events.access.rules import refusals_of_person
from events.messages import texts
from events.models import Bookable, Event, FillingPass, Registration

from .line import in_line
from .lock import change
from .terms import terms_of

logger = logging.getLogger(__name__)
Outcome = FillingPass.Outcome


def fill_places(event: Event, now: datetime) -> int:
    """Fill the event, then its workshops, under the event's lock; return how many moved up."""
    occupancies = count_occupancies(event, now)
    moved = 0
    for bookable in _with_waitlist(event, occupancies):
        occupancy = occupancies.get(bookable.workshop_id, EMPTY)
        if occupancy.waiting and occupancy.free(bookable.capacity) != 0:
            moved += _fill_bookable(event, bookable, occupancy, now)
    return moved


def _with_waitlist(event: Event, occupancies: dict[int | None, Occupancy]) -> list[Bookable]:
    own: list[Bookable] = [event] if None in occupancies else []
    waited_for = [pk for pk, occupancy in occupancies.items() if pk and occupancy.waiting]
    workshops = event.workshops.filter(pk__in=waited_for) if waited_for else ()
    return [*own, *workshops]


@dataclass(slots=True)
class Selection:
    """People of a waitlist who may have the free places, and people before them who may not.

    `overtaken` counts for each who moves how many before them were refused.
    """

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


class Served(Enum):
    """The part of a waitlist that may be given places now."""

    ALL = auto()
    PROMOTED = auto()
    NOBODY = auto()


def _served(bookable: Bookable, now: datetime) -> Served:
    """Before a draw, and after close and start, only people whom an organizer promoted.

    A draw that is held late, after both, still serves everybody who took part in it.
    """
    event = bookable.event
    if not event.is_published or bookable.has_ended(now):
        return Served.NOBODY
    if bookable is event and event.is_awaiting_draw:
        return Served.PROMOTED
    is_just_drawn = bookable is event and event.drawn_at == now
    is_open = now < bookable.waitlist_ends_at or is_just_drawn
    return Served.ALL if is_open else Served.PROMOTED


def _fill_bookable(event: Event, bookable: Bookable, occupancy: Occupancy, now: datetime) -> int:
    """Fill one bookable and log it. Before a draw, log only if somebody moved."""
    free = occupancy.free(bookable.capacity)
    served = _served(bookable, now)
    selection = _select(event, bookable, free, now, served)
    if bookable is event and event.is_awaiting_draw and not selection.moving:
        return 0
    entry = FillingPass(
        event=event,
        workshop=bookable.workshop,
        at=now,
        free=free,
        waiting=occupancy.waiting,
        moved=len(selection.moving),
        outcome=_outcome(bookable, selection, served),
        people_passed_over=len(selection.refused),
        passed_over=dict(selection.codes),
    )
    _write(entry)
    moves = zip(selection.moving, selection.overtaken, strict=True)
    given = [r for (r, facts), overtook in moves if _give(r, facts, entry, overtook)]
    _tell(given, event, now)
    texts.passed_over(selection.refused)
    return len(selection.moving)


def _outcome(bookable: Bookable, selection: Selection, served: Served) -> Outcome:
    if selection.moving:
        return Outcome.MOVED
    if bookable.event.is_cancelled:
        return Outcome.CANCELLED
    if bookable.event.is_draft:
        return Outcome.DRAFT
    return Outcome.NOBODY_ELIGIBLE if served is Served.ALL else Outcome.CLOSED


def _select(
    event: Event, bookable: Bookable, free: int | None, now: datetime, served: Served
) -> Selection:
    """Select up to `free` people (None: any number), the first in line who may have a place."""
    selection = Selection()
    for facts, registration in in_line(event, bookable, now) if served is not Served.NOBODY else ():
        if served is Served.PROMOTED and registration.promoted_at is None:
            break  # the promoted come first in every waitlist
        if refusals := refusals_of_person(facts, registration.bookable):
            selection.pass_over(registration, refusals)
            continue
        selection.move_up(registration, facts)
        if len(selection.moving) == free:
            break
    return selection


def _write(entry: FillingPass) -> None:
    """Save the log entry. If nothing changed since the last one, update its time instead."""
    last = FillingPass.objects.filter(event=entry.event, workshop=entry.workshop).first()
    said = (entry.outcome, entry.passed_over)
    if entry.moved or last is None or (last.outcome, last.passed_over) != said:
        entry.save(force_insert=True)
    else:
        same = FillingPass.objects.filter(pk=last.pk)
        same.update(
            at=entry.at,
            free=entry.free,
            waiting=entry.waiting,
            people_passed_over=entry.people_passed_over,
        )
    logger.info(
        "Filling pass of event %s, workshop %s: %d waiting, %d moved up, %s, passed over %s",
        entry.event_id,
        entry.workshop_id,
        entry.waiting,
        entry.moved,
        entry.outcome,
        entry.passed_over,
    )


def _give(registration: Registration, facts: Facts, entry: FillingPass, overtook: int) -> bool:
    terms = terms_of(facts, registration.bookable, settings.WAITLIST_PAYMENT_HOLD)
    return change(registration, **terms.as_fields(), filling_pass=entry, overtook=overtook)


def _tell(given: list[Registration], event: Event, now: datetime) -> None:
    held = Registration.Status.AWAITING_PAYMENT
    is_draw = event.drawn_at == now
    taken = [r for r in given if r.status != held]
    texts.payment_due(*(r for r in given if r.status == held))
    texts.drawn(*(r for r in taken if is_draw and r.draw_rank))
    texts.place_given(*(r for r in taken if not (is_draw and r.draw_rank)))
