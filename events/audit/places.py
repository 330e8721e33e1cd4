"""Invariants 1, 2 and 5: the capacity, one registration each, workshops only with the event."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from events.models import Registration

from .books import Books, Mismatch

Status = Registration.Status


def never_oversold(books: Books) -> Iterator[Mismatch]:
    """More people than places are right only if the capacity was lowered after the last came.

    The same if a role was taken away since then with which a place had not counted. Whom an
    organizer let in although it was full comes on top.
    """
    for bookable in books.bookables:
        taking = [r for r in books.of(bookable) if r.uses_up_place(books.now) and not _is_extra(r)]
        if bookable.capacity is None or len(taking) <= bookable.capacity:
            continue
        last = max(r.taken_at for r in taking if r.taken_at)
        if bookable.capacity_lowered_at is None or last > bookable.capacity_lowered_at:
            text = f"{len(taking)} places are taken, the capacity is {bookable.capacity}"
            yield books.mismatch(1, bookable, text)


def _is_extra(r: Registration) -> bool:
    return "full" in r.overruled.split("+")


def outside_by_a_role(books: Books) -> Iterator[Mismatch]:
    """A place is outside of the capacity because of a role, and only then."""
    for r in books.registrations:
        if not r.is_active or r.attendee_id in books.erased:
            continue
        roles = books.roles.get(r.attendee_id, [])
        is_outside = any(role.puts_outside(r.bookable) for role in roles)
        if r.outside_capacity != is_outside:
            text = "counts among the places, and by its roles it should not"
            if not is_outside:
                text = "does not count among the places, and by its roles it should"
            yield books.mismatch(1, r, text)


def never_twice(books: Books) -> Iterator[Mismatch]:
    for bookable in books.bookables:
        active = Counter(r.attendee_id for r in books.of(bookable) if r.is_active)
        for attendee, times in active.items():
            if times > 1:
                text = f"attendee {attendee} has {times} active registrations"
                yield books.mismatch(2, bookable, text)


def workshop_implies_event(books: Books) -> Iterator[Mismatch]:
    confirmed = {r.attendee_id for r in books.of(books.event) if r.status == Status.CONFIRMED}
    for r in books.registrations:
        if r.workshop_id and r.is_active and r.attendee_id not in confirmed:
            yield books.mismatch(5, r, "no confirmed place at the event")


def never_in_two_places(books: Books) -> Iterator[Mismatch]:
    held = defaultdict(list)
    for r in books.registrations:
        if r.workshop_id and r.has_place(books.now):
            held[r.attendee_id].append(r)
    for one, other in (pair for rows in held.values() for pair in combinations(rows, 2)):
        if one.bookable.overlaps(other.bookable) and not _was_moved_since(one, other):
            yield books.mismatch(5, one, f"overlaps with {other.code}")


def _was_moved_since(one: Registration, other: Registration) -> bool:
    moved = [r.workshop.moved_at for r in (one, other) if r.workshop and r.workshop.moved_at]
    taken = [r.taken_at for r in (one, other) if r.taken_at]
    return bool(moved) and max(moved) >= max(taken)
