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
        for kinds in _owed(r):
            if not _was_told(books, r, kinds):
                yield books.mismatch(7, r, f"no message {' or '.join(kinds)}")


def _was_told(books: Books, r: Registration, kinds: tuple[Kind, ...]) -> bool:
    """A workshop that was cancelled with the place at the event is named in its message."""
    told = books.told[r.attendee_id]
    about = [r]
    if r.workshop_id is not None and r.status == Status.CANCELLED and Kind.CANCELLED in kinds:
        about += [o for o in books.own[r.attendee_id] if o.ended_at == r.ended_at]
    return any((kind, subject_of(one)) in told for kind in kinds for one in about)


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
        yield (Kind.CANCELLED, Kind.GIVEN_UP)
