"""Give free places to the waitlist, in its order, to people who may have them."""

import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from django.conf import settings

from events import happened
from events.access import rows
from events.access.facts import EMPTY, Facts, Occupancy, count_occupancies
from events.messages import texts
from events.models import Bookable, Event, FillingPass, Registration
from events.models.registration import RegistrationQuerySet
from events.models.registration_status import RegistrationStatus as Status

from . import passed_over
from .line import waiting_for
from .numbers import BATCH, write_numbers
from .terms import Terms, terms_of

logger = logging.getLogger(__name__)
Outcome = FillingPass.Outcome


def fill_places(event: Event, now: datetime) -> int:
    """Fill the event, then its workshops, under the event's lock; return how many moved up."""
    occupancies = count_occupancies(event, now)
    moved = 0
    for bookable in _with_waitlist(event, occupancies):
        occupancy = occupancies.get(bookable.workshop_id, EMPTY)
        if occupancy.waiting_outside:
            outside = _give_outside(event, bookable, occupancy, now)
            occupancy = replace(occupancy, waiting=occupancy.waiting - outside)
            moved += outside
        if occupancy.waiting and occupancy.free(bookable.capacity) != 0:
            moved += _fill_bookable(event, bookable, occupancy, now)
    return moved


def _with_waitlist(event: Event, occupancies: dict[int | None, Occupancy]) -> list[Bookable]:
    own: list[Bookable] = [event] if None in occupancies else []
    waited_for = [pk for pk, occupancy in occupancies.items() if pk and occupancy.waiting]
    workshops = event.workshops.filter(pk__in=waited_for) if waited_for else ()
    return [*own, *workshops]


class Served(Enum):
    """The part of a waitlist that may be given places now."""

    ALL = auto()
    PROMOTED = auto()
    NOBODY = auto()


def served(bookable: Bookable, now: datetime) -> Served:
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


def served_line(bookable: Bookable, now: datetime) -> RegistrationQuerySet:
    """Return the people who wait and whose turn it is, whether or not they may have a place."""
    line, part = waiting_for(bookable), served(bookable, now)
    if part is Served.ALL:
        return line
    return line.filter(promoted_at__isnull=False) if part is Served.PROMOTED else line.none()


def is_anybody_next(bookable: Bookable, now: datetime) -> bool:
    """Return whether a free place would go to somebody who waits."""
    line, asked = served_line(bookable, now), rows.asked_at(bookable, now)
    return rows.who_may(line, asked).order_by().exists()


# --- One pass ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Selection:
    """Registrations that get the free places, by their ids in the order of the line, and the part
    of the line that was passed over: who was before the last of them and may not have a place,
    counted by refusal codes.
    """

    moving: list[int]
    passed: RegistrationQuerySet
    people: int
    codes: dict[str, int]


def _fill_bookable(event: Event, bookable: Bookable, occupancy: Occupancy, now: datetime) -> int:
    """Fill one bookable and log it. Before a draw, log only if somebody moved."""
    free = occupancy.free(bookable.capacity)
    selection = _select(bookable, free, now)
    if bookable is event and event.is_awaiting_draw and not selection.moving:
        return 0
    entry = FillingPass(
        event=event,
        workshop=bookable.workshop,
        at=now,
        free=free,
        waiting=occupancy.waiting,
        moved=len(selection.moving),
        outcome=_outcome(bookable, selection, served(bookable, now)),
        people_passed_over=selection.people,
        passed_over=selection.codes,
    )
    _write(entry)
    _tell(entry, _give(selection, bookable, entry), now)
    if selection.people:
        passed_over.note(selection.passed, rows.asked_at(bookable, now))
        passed_over.tell(event, now)
    return len(selection.moving)


def _give_outside(event: Event, bookable: Bookable, occupancy: Occupancy, now: datetime) -> int:
    """Give a place to everybody who waits and whose place is outside of the capacity, also before
    a draw and after the close: they were given a role since they began to wait. Log who moved.

    Nobody is skipped for it. Who may not have the place waits on.
    """
    if served(bookable, now) is Served.NOBODY:
        return 0
    line = waiting_for(bookable).filter(outside_capacity=True)
    found = rows.who_may(line, rows.asked_at(bookable, now)).values_list("pk", flat=True)
    selection = Selection(list(found), line.none(), people=0, codes={})
    if not selection.moving:
        return 0
    entry = FillingPass(
        event=event,
        workshop=bookable.workshop,
        at=now,
        free=occupancy.free(bookable.capacity),
        waiting=occupancy.waiting,
        moved=len(selection.moving),
        outcome=Outcome.MOVED,
    )
    _write(entry)
    _tell(entry, _give(selection, bookable, entry), now)
    passed = Registration.objects.filter(filling_pass=entry.pk)
    passed.update(overtook=occupancy.waiting)  # as if all others could not have it: none was to
    return len(selection.moving)


def _outcome(bookable: Bookable, selection: Selection, part: Served) -> Outcome:
    if selection.moving:
        return Outcome.MOVED
    if bookable.event.is_cancelled:
        return Outcome.CANCELLED
    if bookable.event.is_draft:
        return Outcome.DRAFT
    return Outcome.NOBODY_ELIGIBLE if part is Served.ALL else Outcome.CLOSED


def _select(bookable: Bookable, free: int | None, now: datetime) -> Selection:
    """Select up to `free` people (None: any number), the first in line who may have a place."""
    line, asked = served_line(bookable, now), rows.asked_at(bookable, now)
    found = list(rows.who_may(line, asked).values_list("turn", "pk")[:free])
    passed = line.ahead_of(*found[-1]) if found and len(found) == free else line
    people, codes = passed_over.count(passed, asked)
    return Selection([pk for _turn, pk in found], passed, people, codes)


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


def _give(selection: Selection, bookable: Bookable, entry: FillingPass) -> set[Status]:
    """Write the terms of everybody who moves, with a statement for each price of a batch; return
    the statuses that were given.

    The rows were found under the event's lock, so nobody else has changed them.
    """
    given = set()
    if selection.people:
        _count_overtaken(selection)
    perks = tuple(bookable.event.perks.all()) if selection.moving else ()
    common = Facts(event=bookable.event, attendee=None, now=entry.at, perks=perks)
    for start in range(0, len(selection.moving), BATCH):
        batch = selection.moving[start : start + BATCH]
        for terms, pks in _by_terms(batch, bookable, common).items():
            waiting = Registration.objects.filter(pk__in=pks, status=Status.WAITLISTED)
            waiting.update(**terms.as_fields(), filling_pass=entry)
            given.add(terms.status)
            happened.note_places(happened.Kind.MOVED_UP, entry.event_id, entry.workshop_id, pks)
    return given


def _by_terms(pks: list[int], bookable: Bookable, common: Facts) -> dict[Terms, list[int]]:
    """Without a discount everybody gets the same, and nobody has to be read."""
    hold = settings.WAITLIST_PAYMENT_HOLD
    if not (common.perks and bookable.price):
        return {terms_of(common, bookable, hold): pks}
    found: dict[Terms, list[int]] = defaultdict(list)
    for registration in Registration.objects.filter(pk__in=pks).select_related("attendee"):
        facts = replace(common, attendee=registration.attendee)
        found[terms_of(facts, bookable, hold)].append(registration.pk)
    return found


def _count_overtaken(selection: Selection) -> None:
    """Note with each who moves how many before them in line are refused."""
    moving = set(selection.moving)
    overtook, before = [], 0
    for pk in dict.fromkeys(
        [*selection.passed.values_list("pk", flat=True), *selection.moving[-1:]]
    ):
        if pk not in moving:
            before += 1
        elif before:
            overtook.append((pk, before))
    write_numbers(overtook, "overtook")


def _tell(entry: FillingPass, given: set[Status], now: datetime) -> None:
    """Tell everybody who moved up with this entry, by what they got."""
    moved = Registration.objects.filter(filling_pass=entry.pk)
    if Status.AWAITING_PAYMENT in given:
        texts.payment_due(moved.filter(status=Status.AWAITING_PAYMENT))
    if Status.CONFIRMED in given:
        taken = moved.filter(status=Status.CONFIRMED)
        if entry.event.drawn_at == now:
            texts.drawn(taken.filter(draw_rank__isnull=False))
            taken = taken.filter(draw_rank=None)
        texts.place_given(taken)
