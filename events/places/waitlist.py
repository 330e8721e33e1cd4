"""Free places go to the waitlist, in its order, to those who may have them."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from django.conf import settings

from events.access.facts import EMPTY, Facts, Occupancy, count_occupancies, workshop_key
from events.access.refusals import Refusal
from events.access.rules import refusals_of_person
from events.messages import texts
from events.models import Bookable, Event, FillingPass, Registration, Workshop

from .line import in_line
from .lock import change
from .terms import terms

logger = logging.getLogger(__name__)
Outcome = FillingPass.Outcome


def fill_places(event: Event, now: datetime) -> int:
    """Fill the event, then its workshops; how many moved up. Called under the event's lock."""
    occupancies = count_occupancies(event, now)
    moved = 0
    for bookable in _with_waitlist(event, occupancies):
        occupancy = occupancies.get(workshop_key(bookable), EMPTY)
        if occupancy.waiting and occupancy.free(bookable.capacity) != 0:
            moved += _fill(event, bookable, occupancy, now)
    return moved


def _with_waitlist(event: Event, occupancies: dict[int | None, Occupancy]) -> list[Bookable]:
    """Where people wait, the event before its workshops."""
    found: list[Bookable] = [event] if None in occupancies else []
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


class Served(Enum):
    """How much of a line may be given places now."""

    ALL = auto()
    PROMOTED = auto()
    NOBODY = auto()


def _served(bookable: Bookable, now: datetime) -> Served:
    """After the close and before a draw, only those whom an organizer put first. A draw that is
    held late, after the close, is still for all who took part in it.
    """
    event = bookable.event
    if event.is_cancelled or bookable.has_ended(now):
        return Served.NOBODY
    if bookable is event and event.is_awaiting_draw:
        return Served.PROMOTED
    is_just_drawn = bookable is event and event.drawn_at == now
    is_open = now < bookable.registration_ends_at or is_just_drawn
    return Served.ALL if is_open else Served.PROMOTED


def _fill(event: Event, bookable: Bookable, occupancy: Occupancy, now: datetime) -> int:
    """One filling pass; it leaves one line, whoever moved. Before a draw nobody expects one."""
    free = occupancy.free(bookable.capacity)
    served = _served(bookable, now)
    selection = _select(event, bookable, free, now, served)
    if bookable is event and event.is_awaiting_draw and not selection.moving:
        return 0
    line = FillingPass(
        event=event,
        workshop=bookable if isinstance(bookable, Workshop) else None,
        at=now,
        free=free,
        waiting=occupancy.waiting,
        moved=len(selection.moving),
        outcome=_outcome(bookable, selection, served),
        people_passed_over=len(selection.refused),
        passed_over=dict(selection.codes),
    )
    _write(line)
    moves = zip(selection.moving, selection.overtaken, strict=True)
    given = [r for (r, facts), overtook in moves if _give(r, facts, line, overtook)]
    _tell(given, event, now)
    texts.passed_over(selection.refused)
    return len(selection.moving)


def _outcome(bookable: Bookable, selection: Selection, served: Served) -> Outcome:
    if selection.moving:
        return Outcome.MOVED
    if bookable.event.is_cancelled:
        return Outcome.CANCELLED
    return Outcome.NOBODY_ELIGIBLE if served is Served.ALL else Outcome.CLOSED


def _select(
    event: Event, bookable: Bookable, free: int | None, now: datetime, served: Served
) -> Selection:
    """Up to `free` people (None: any number), those first in line who may have a place."""
    selection = Selection()
    for facts, registration in in_line(event, bookable, now) if served is not Served.NOBODY else ():
        if served is Served.PROMOTED and registration.promoted_at is None:
            break  # the promoted come first in every line
        if refusals := refusals_of_person(facts, registration.bookable):
            selection.pass_over(registration, refusals)
            continue
        selection.move_up(registration, facts)
        if len(selection.moving) == free:
            break
    return selection


def _write(line: FillingPass) -> None:
    """Store the line; one that says again what the last one said only moves that one's time."""
    last = FillingPass.objects.filter(event=line.event, workshop=line.workshop).first()
    said = (line.outcome, line.passed_over)
    if line.moved or last is None or (last.outcome, last.passed_over) != said:
        line.save(force_insert=True)
    else:
        same = FillingPass.objects.filter(pk=last.pk)
        same.update(
            at=line.at,
            free=line.free,
            waiting=line.waiting,
            people_passed_over=line.people_passed_over,
        )
    logger.info(
        "Filling pass of event %s, workshop %s: %d waiting, %d moved up, %s, passed over %s",
        line.event_id, line.workshop_id, line.waiting, line.moved, line.outcome, line.passed_over,
    )  # fmt: skip


def _give(registration: Registration, facts: Facts, line: FillingPass, overtook: int) -> bool:
    """Move one person up: a free place is theirs, a paid one is held until its own deadline."""
    values = terms(facts, registration.bookable, settings.WAITLIST_PAYMENT_HOLD)
    return change(registration, **values, filling_pass=line, overtook=overtook)


def _tell(given: list[Registration], event: Event, now: datetime) -> None:
    """Tell everybody who moved up; who was drawn just now is told in other words."""
    held = Registration.Status.AWAITING_PAYMENT
    is_draw = event.drawn_at == now
    taken = [r for r in given if r.status != held]
    texts.payment_due(*(r for r in given if r.status == held))
    texts.drawn(*(r for r in taken if is_draw and r.draw_rank))
    texts.place_given(*(r for r in taken if not (is_draw and r.draw_rank)))
