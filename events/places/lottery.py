"""Hold a draw, and replay it so that anybody can check it.

The event's page shows the SHA-256 of a secret seed from the start, and the seed after the draw. The
order is that of SHA-256(seed + registration code), as hex digits, smallest first. The seed is fixed
before the first code exists and codes are random, so that neither an attendee nor an organizer can
choose an order.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from events.access.refusals import DrawNotDue
from events.models import Event, Registration

from .lock import locked_event
from .numbers import write_numbers
from .waitlist import fill_places

#: How many rows of a draw are in memory at a time.
ROWS = 2_000


def drawing_key(seed: str, registration: Registration) -> str:
    """Return the sort key of an entry: 64 hex digits."""
    return hashlib.sha256(f"{seed}{registration.code}".encode()).hexdigest()


def draw(*, event: Event, now: datetime) -> int:
    """Hold the draw that is due and give out the places; return how many people moved up.

    A second call changes nothing. Raises `DrawNotDue` before its time, or without a lottery.
    """
    with locked_event(event.pk) as locked:
        if locked.drawn_at is not None:
            return 0
        if not is_due(locked, now):
            raise DrawNotDue
        hold_draw(locked, now)
        return fill_places(locked, now)


def is_due(event: Event, now: datetime) -> bool:
    """Neither a draft nor a cancelled event holds its draw."""
    is_on = event.status == Event.Status.PUBLISHED and event.is_awaiting_draw
    return is_on and event.draw_at is not None and event.draw_at <= now


def hold_draw(event: Event, now: datetime) -> None:
    q = event.registrations.waiting().filter(workshop=None)
    entries = list(q.only("event", "code", "promoted_at"))
    entries.sort(key=lambda entry: drawing_key(event.draw_seed, entry))
    ranks = list(enumerate(entries, start=1))
    promoted = [(entry.pk, rank) for rank, entry in ranks if entry.promoted_at is not None]
    drawn = [(e.pk, n, turn_of(n, len(ranks))) for n, e in ranks if e.promoted_at is None]
    write_numbers(promoted, "draw_rank")
    write_numbers(drawn, "draw_rank", "turn")
    Event.objects.filter(pk=event.pk).update(drawn_at=now)
    event.drawn_at = now


def published(event: Event) -> Iterator[tuple[int | None, UUID]]:
    """Yield rank and code of every entry of a draw that was held, in the order of the draw."""
    q = event.registrations.filter(draw_rank__isnull=False)
    return q.order_by("draw_rank").values_list("draw_rank", "code").iterator(ROWS)


def replay(event: Event) -> list[tuple[Registration, int]]:
    """Return every entry of a draw that was held, with the rank that the seed gives it."""
    q = event.registrations.filter(draw_rank__isnull=False)
    entries = sorted(
        q.select_related("attendee__user"),
        key=lambda entry: drawing_key(event.draw_seed, entry),
    )
    return [(entry, rank) for rank, entry in enumerate(entries, start=1)]


def turn_of(rank: int, entries: int) -> int:
    """Return the `turn` of an entry: negative, so that people who join later come after it."""
    return rank - entries - 1


def is_as_drawn(entry: Registration, rank: int, entries: int) -> bool:
    stands = entry.promoted_at is not None or entry.turn == turn_of(rank, entries)
    return entry.draw_rank == rank and stands
