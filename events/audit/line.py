"""Invariant 3: people are served in their order, and no place is free while somebody waits."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from operator import attrgetter, itemgetter

from events.access import rules
from events.access.facts import Facts, Occupancy, count_occupancies
from events.models import Attendee, Block, Bookable, FillingPass, FormerNeosId, Registration

from .books import Books, Mismatch

PERSON = (
    *("email_confirmed_at", "verified_at", "user__is_active"),
    *("neos_id", "neos_email_verified", "neos_locked", "neos_banned_until"),
    *("patreon_known", "patreon_cents", "patreon_until"),
)


def never_idle(books: Books) -> Iterator[Mismatch]:
    """No place is free while somebody waits who may have it, and nobody waits who needs none.

    Ignores what only housekeeping has yet to do: lapsed holds not ended, bans that ran out since
    the last waitlist run.
    """
    occupancies = count_occupancies(books.event, books.now)
    lapsing = {r.attendee_id for r in books.registrations if r.has_lapsed(books.now)}
    for bookable in books.bookables:
        occupancy = occupancies.get(bookable.workshop_id)
        is_undrawn = bookable is books.event and books.event.is_awaiting_draw
        if occupancy is None or not occupancy.waiting:
            continue
        free = 0 if is_undrawn else _free(books, bookable, occupancy)
        is_any = bool(free or occupancy.waiting_outside)
        for facts, registration in _in_line(books, bookable) if is_any else ():
            if not (free or registration.outside_capacity):
                continue
            is_due = registration.attendee_id in lapsing or _is_ban_over(registration, books.now)
            if not is_due and not rules.refusals_of_waiting(facts, bookable):
                text = f"{free} free while {registration.code} waits and may have it"
                yield books.mismatch(3, bookable, text)
                break


def _in_line(books: Books, bookable: Bookable) -> Iterator[tuple[Facts, Registration]]:
    """Yield everybody who waits with the facts to judge them by.

    The site lets the database find who may have a place, so here each is judged in Python.
    """
    kept_out = set(Block.objects.at(books.event).values_list("neos_id", flat=True))
    held: dict[int, list[Registration]] = defaultdict(list)
    for r in books.registrations:
        if r.is_active and not r.has_lapsed(books.now):
            held[r.attendee_id].append(r)
    waiting = [r for r in books.of(bookable) if r.status == Registration.Status.WAITLISTED]
    people = _people(books, bookable)
    known_as = _former_ids(people)
    for r in sorted(waiting, key=attrgetter("turn", "pk")):
        r.attendee = people[r.attendee_id]
        facts = Facts(
            event=books.event,
            attendee=r.attendee,
            now=books.now,
            is_blocked=not kept_out.isdisjoint({r.attendee.neos_id, *known_as[r.attendee_id]}),
            registrations=tuple(held[r.attendee_id]),
        )
        yield facts, r


def _people(books: Books, bookable: Bookable) -> dict[int, Attendee]:
    """Read who waits for a place; a person has many columns that no rule asks for."""
    waiting = books.event.registrations.waiting().filter(workshop=bookable.workshop).order_by()
    q = Attendee.objects.filter(pk__in=waiting.values("attendee")).select_related("user")
    return {attendee.pk: attendee for attendee in q.only(*PERSON)}


def _former_ids(people: Iterable[int]) -> dict[int, set[str]]:
    """Return the Neos ids that people have unlinked, which a block still finds."""
    found: dict[int, set[str]] = defaultdict(set)
    q = FormerNeosId.objects.filter(attendee__in=people)
    for attendee, neos_id in q.values_list("attendee", "neos_id"):
        found[attendee].add(neos_id)
    return found


def _is_ban_over(registration: Registration, now: datetime) -> bool:
    banned_until = registration.attendee.neos_banned_until
    if banned_until is None or banned_until > now:
        return False
    passes = FillingPass.objects.filter(
        event=registration.event_id, workshop=registration.workshop_id
    )
    looked = passes.values_list("at", flat=True).first() or registration.waitlisted_at
    return looked is not None and looked <= banned_until


def _free(books: Books, bookable: Bookable, occupancy: Occupancy) -> int | str:
    """Count places that nobody holds, not even past the deadline; a word if there is no limit."""
    if bookable.capacity is None:
        return "unlimited places"
    there = books.of(bookable)
    lapsed = sum(r.has_lapsed(books.now) and not r.outside_capacity for r in there)
    return max(bookable.capacity - occupancy.taken - lapsed, 0)


def never_overtaken(books: Books) -> Iterator[Mismatch]:
    """Nobody took a place before more waiting people than were refused it.

    Promotions by an organizer are no mismatch, and do not change anybody else's turn.
    """
    for bookable in books.bookables:
        line = [r for r in books.of(bookable) if r.promoted_at is None]
        for r, before in _with_people_before(line):
            if before > r.overtook:
                text = f"{before} who came before were waiting, {r.overtook} could not have it"
                yield books.mismatch(3, r, text)


def stands_as_drawn(books: Books) -> Iterator[Mismatch]:
    for bookable in books.bookables:
        line = books.of(bookable)
        entries = sum(r.draw_rank is not None for r in line)
        for r in line:
            turn = 0 if r.draw_rank is None else r.draw_rank - entries - 1
            if r.promoted_at is None and r.turn != turn:
                yield books.mismatch(3, r, f"has turn {r.turn} in line, and should have {turn}")


JOINS, LEAVES, TAKES = range(3)  # at one instant in this order


def _with_people_before(line: list[Registration]) -> Iterator[tuple[Registration, int]]:
    """Yield each registration that took a place, with how many before it in line still waited.

    Goes once through everything that happened, keeping the turns of people who wait sorted.
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
