"""Invariant 7: people were told what happened to them."""

from collections.abc import Iterator

from events.models import Registration

from .books import Books, Mismatch

Status = Registration.Status


def everybody_was_told(books: Books) -> Iterator[Mismatch]:
    for r in books.registrations:
        if r.attendee.erased_at is not None:
            continue
        told = books.told[r.attendee_id]
        for kinds in _owed(r):
            if not any((kind, f"registration:{r.code}") in told for kind in kinds):
                yield books.mismatch(7, r, f"no message {' or '.join(kinds)}")


def _owed(r: Registration) -> Iterator[tuple[str, ...]]:
    """Yield groups of message kinds; of each group one is owed."""
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
