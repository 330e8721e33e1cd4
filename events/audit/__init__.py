"""Recounts from the rows what must always be true (design §9), and names every mismatch.

It trusts no column that the site computes when it can count: places from registrations, the line
from who came when, money from the ledger, messages from what has happened. Nothing is written. Each
event is read as of one moment, so that a busy site looks no different from a quiet one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from events.models import Event

from . import line, messages, money, places
from .books import Books, Mismatch, open_books

__all__ = ["Books", "Mismatch", "audit"]

CHECKS: tuple[Callable[[Books], Iterator[Mismatch]], ...] = (
    places.never_oversold,
    places.never_twice,
    line.never_idle,
    line.never_overtaken,
    line.stands_as_drawn,
    places.workshop_implies_event,
    places.never_in_two_places,
    money.paid_means_paid,
    money.money_says_where_it_is_from,
    money.goes_back_once,
    money.sums_agree,
    messages.everybody_was_told,
)


def audit(event: Event, now: datetime | None = None) -> list[Mismatch]:
    """Everything that is not as it must be at this event; empty when all is well, or it is gone.

    `event` only says which: it is read again, with all the rest, as of one moment.
    """
    with _standing_still():
        current = Event.objects.filter(pk=event.pk).first()
        if current is None:
            return []
        books = open_books(current, now or timezone.now())
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
