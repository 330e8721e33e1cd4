"""Recount from the rows what must always be true, and return every mismatch.

`docs/design.md` lists these invariants; `invariants` has their titles. Audit trusts no column that
the site computes if it can count: places from registrations, the waitlist's order from who came
when, money from payments, messages from what happened. It writes nothing, and reads each event as
of one moment, so that other people's changes cannot look like mismatches.
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
    places.outside_by_a_role,
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
    """Return all mismatches of the event, which is read again; none if it is gone."""
    with _standing_still():
        current = Event.objects.filter(pk=event.pk).first()
        if current is None:
            return []
        books = open_books(current, now or timezone.now())
        return [mismatch for check in CHECKS for mismatch in check(books)]


@contextmanager
def _standing_still() -> Iterator[None]:
    """Make all queries see one moment: a snapshot on PostgreSQL; on SQLite nobody can write."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
