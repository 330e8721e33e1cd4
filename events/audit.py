"""Recounts from the rows what must always be true (design §9), and names every mismatch.

It trusts no column that the site computes when it can count: places from registrations, the line
from who came when, money from the ledger, messages from what has happened. Nothing is written. Each
event is read as of one moment, so that a busy site looks no different from a quiet one.
"""

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import combinations
from operator import itemgetter

from django.db import connection, transaction

from . import eligibility
from .facts import Occupancy, count_occupancies, workshop_key
from .models import Bookable, Event, Notification, Payment, Registration, Workshop
from .waiting import in_line

Status = Registration.Status


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`invariant` is the number in design §9; `about` an event, workshop or registration."""

    invariant: int
    event: str
    about: str
    text: str

    def as_row(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Books:
    """One event with all that was ever written about it."""

    event: Event
    now: datetime
    bookables: list[Bookable]
    registrations: list[Registration]
    payments: dict[int, list[Payment]]
    told: dict[int, set[tuple[str, str]]]

    def of(self, bookable: Bookable) -> list[Registration]:
        key = workshop_key(bookable)
        return [r for r in self.registrations if r.workshop_id == key]

    def mismatch(self, invariant: int, about: Bookable | Registration, text: str) -> Mismatch:
        name = about.slug if isinstance(about, Event | Workshop) else str(about.code)
        return Mismatch(invariant, self.event.slug, name, text)


def audit(event: Event, now: datetime) -> list[Mismatch]:
    """Everything that is not as it must be at this event; empty when all is well."""
    with _standing_still():
        books = _open(event, now)
        return [mismatch for check in CHECKS for mismatch in check(books)]


@contextmanager
def _standing_still() -> Iterator[None]:
    """All queries see one moment: PostgreSQL shows a snapshot, SQLite lets nobody write."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _open(event: Event, now: datetime) -> Books:
    q = Registration.objects.filter(event=event).select_related("attendee", "workshop")
    registrations = [r.sharing(event) for r in q.order_by("pk")]
    return Books(
        event=event,
        now=now,
        bookables=event.bookables(),
        registrations=registrations,
        payments=_payments(event),
        told=_told(event),
    )


def _payments(event: Event) -> dict[int, list[Payment]]:
    found = defaultdict(list)
    for payment in Payment.objects.filter(registration__event=event):
        found[payment.registration_id].append(payment)
    return found


def _told(event: Event) -> dict[int, set[tuple[str, str]]]:
    """Kind and subject of every message, by attendee."""
    found = defaultdict(set)
    people = Registration.objects.filter(event=event).values("attendee")
    q = Notification.objects.filter(attendee__in=people)
    for attendee, kind, subject in q.values_list("attendee", "kind", "subject"):
        found[attendee].add((kind, subject))
    return found


# --- 1 and 2: places -----------------------------------------------------------------------------


def _never_oversold(books: Books) -> Iterator[Mismatch]:
    """1. More people than places are right only if the capacity was lowered after the last came."""
    for bookable in books.bookables:
        taking = [r for r in books.of(bookable) if r.has_place(books.now)]
        if bookable.capacity is None or len(taking) <= bookable.capacity:
            continue
        last = max(r.taken_at for r in taking if r.taken_at)
        if bookable.capacity_lowered_at is None or last > bookable.capacity_lowered_at:
            text = f"{len(taking)} places are taken, the capacity is {bookable.capacity}"
            yield books.mismatch(1, bookable, text)


def _never_twice(books: Books) -> Iterator[Mismatch]:
    """2. One active registration of one attendee for one bookable."""
    for bookable in books.bookables:
        active = Counter(r.attendee_id for r in books.of(bookable) if r.is_active)
        for attendee, times in active.items():
            if times > 1:
                text = f"attendee {attendee} has {times} active registrations"
                yield books.mismatch(2, bookable, text)


# --- 3: the line ---------------------------------------------------------------------------------


def _never_idle(books: Books) -> Iterator[Mismatch]:
    """3. No place is free while somebody waits who may have it. A hold that lapsed counts until it
    has been ended, also against another workshop of the same person: that is due, not wrong.
    """
    occupancies = count_occupancies(books.event, books.now)
    lapsing = {r.attendee_id for r in books.registrations if r.has_lapsed(books.now)}
    for bookable in books.bookables:
        occupancy = occupancies.get(workshop_key(bookable))
        is_undrawn = bookable is books.event and books.event.is_awaiting_draw
        if occupancy is None or not occupancy.waiting or is_undrawn:
            continue
        free = _free(bookable, occupancy)
        for facts, registration in in_line(books.event, bookable, books.now) if free else ():
            is_due = registration.attendee_id in lapsing
            if not is_due and not eligibility.refusals_of_waiting(facts, bookable):
                text = f"{free} free while {registration.code} waits and may have it"
                yield books.mismatch(3, bookable, text)
                break


def _free(bookable: Bookable, occupancy: Occupancy) -> int | str:
    """Places that nobody holds, not even past the deadline; a word for those without a limit."""
    if bookable.capacity is None:
        return "unlimited places"
    return max(bookable.capacity - occupancy.taken - occupancy.lapsed, 0)


def _never_overtaken(books: Books) -> Iterator[Mismatch]:
    """3. Who took a place came after no more waiting people than were passed over for a reason.

    What an organizer does out of turn is no mismatch, and moves nobody else's turn.
    """
    for bookable in books.bookables:
        line = [r for r in books.of(bookable) if r.promoted_at is None]
        for r, before in _with_people_before(line):
            if before > r.overtook:
                text = f"{before} who came before were waiting, {r.overtook} could not have it"
                yield books.mismatch(3, r, text)


JOINS, LEAVES, TAKES = range(3)  # at one instant in this order


def _with_people_before(line: list[Registration]) -> Iterator[tuple[Registration, int]]:
    """Each registration that took a place, with how many before it in line still waited then.

    Goes once through everything that happened, with the turns of those who wait kept in order.
    """
    waiting: list[tuple[int, int]] = []
    for _at, what, _pk, r in sorted(_happenings(line), key=itemgetter(0, 1, 2)):
        turn = (r.turn, r.pk)
        if what == JOINS:
            insort(waiting, turn)
        elif what == LEAVES:
            del waiting[bisect_left(waiting, turn)]
        else:
            yield r, bisect_left(waiting, turn)


def _happenings(line: list[Registration]) -> Iterator[tuple[datetime, int, int, Registration]]:
    for r in line:
        if r.waitlisted_at is not None:
            yield r.waitlisted_at, JOINS, r.pk, r
            left = [at for at in (r.taken_at, r.ended_at) if at is not None]
            if left:
                yield max(min(left), r.waitlisted_at), LEAVES, r.pk, r
        if r.taken_at is not None:
            yield r.taken_at, TAKES, r.pk, r


# --- 5: workshops --------------------------------------------------------------------------------


def _workshop_implies_event(books: Books) -> Iterator[Mismatch]:
    """5. A workshop place implies a confirmed place at the event."""
    confirmed = {r.attendee_id for r in books.of(books.event) if r.status == Status.CONFIRMED}
    for r in books.registrations:
        if r.workshop_id and r.is_active and r.attendee_id not in confirmed:
            yield books.mismatch(5, r, "no confirmed place at the event")


def _never_in_two_places(books: Books) -> Iterator[Mismatch]:
    """5. Workshops of one person overlap only if one was moved after both were taken."""
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


# --- 6: money ------------------------------------------------------------------------------------


def _paid_means_paid(books: Books) -> Iterator[Mismatch]:
    """6. A confirmed place that costs something has exactly its amount in the ledger; money that
    somebody says they received names who says so.
    """
    for r in books.registrations:
        payments = books.payments.get(r.pk, [])
        paid = [(p.amount, p.currency) for p in payments if p.status == Payment.Status.PAID]
        owed = [(r.amount, r.currency)] if r.amount and r.status == Status.CONFIRMED else []
        if paid != owed:
            yield books.mismatch(6, r, f"paid {paid or 'nothing'}, owed {owed or 'nothing'}")
        for p in payments:
            if p.provider == "manual" and p.recorded_by_id is None:
                yield books.mismatch(6, r, f"payment {p.pk} names nobody who recorded it")


# --- 7: messages ---------------------------------------------------------------------------------


def _everybody_was_told(books: Books) -> Iterator[Mismatch]:
    """7. What happened to a registration has its messages, unless the person was erased."""
    for r in books.registrations:
        if r.attendee.erased_at is not None:
            continue
        told = books.told[r.attendee_id]
        for kinds in _owed(r):
            if not any((kind, f"registration:{r.code}") in told for kind in kinds):
                yield books.mismatch(7, r, f"no message {' or '.join(kinds)}")


def _owed(r: Registration) -> Iterator[tuple[str, ...]]:
    """The kinds of message that are owed; of a group one is enough."""
    if r.waitlisted_at is not None:
        yield ("waitlisted",)
    if r.hold_until is not None:
        yield ("payment-due",)
    if r.confirmed_at is not None:
        yield ("registered", "place-given")
    if r.status == Status.EXPIRED:
        yield ("hold-lapsed",)
    if r.status == Status.CANCELLED:
        yield ("cancelled",)


CHECKS: tuple[Callable[[Books], Iterator[Mismatch]], ...] = (
    _never_oversold,
    _never_twice,
    _never_idle,
    _never_overtaken,
    _workshop_implies_event,
    _never_in_two_places,
    _paid_means_paid,
    _everybody_was_told,
)
