"""Invariant 7: people were told what happened to them."""

from collections.abc import Iterator

from events.messages.outbox import Kind, subject_of
from events.models import Registration

from .books import Books, Mismatch

Status = Registration.Status


def everybody_was_told(books: Books) -> Iterator[Mismatch]:
    for r in books.registrations:
        if r.attendee_id in books.erased:
            continue
        told = books.told[r.attendee_id]
        for kinds in _owed(r):
            if not any((kind, subject_of(r)) in told for kind in kinds):
                yield books.mismatch(7, r, f"no message {' or '.join(kinds)}")


def _owed(r: Registration) -> Iterator[tuple[Kind, ...]]:
    """Yield groups of message kinds; of each group one is owed."""
    if r.waitlisted_at is not None:
        yield (Kind.WAITLISTED,)
    if r.hold_until is not None:
        yield (Kind.PAYMENT_DUE,)
    if r.confirmed_at is not None:
        yield (Kind.REGISTERED, Kind.PLACE_GIVEN)
    if r.status == Status.EXPIRED:
        yield (Kind.HOLD_LAPSED,)
    if r.status == Status.CANCELLED:
        yield (Kind.CANCELLED,)
