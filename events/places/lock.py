"""One lock and one order of locks: the event's row, also for its workshops, then the attendee's.

Decisions use only what is read after taking the lock, and places are counted from rows. PostgreSQL
locks the row. SQLite starts every transaction as a writer (`transaction_mode=IMMEDIATE`), which
locks the whole database.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from events.models import Event, Registration


@contextmanager
def locked_event(pk: int) -> Iterator[Event]:
    """Open a transaction and lock the event's row until the outermost transaction ends."""
    with transaction.atomic():
        yield lock(pk)


def lock(pk: int) -> Event:
    """Lock the row FOR NO KEY UPDATE, so that inserts with a foreign key to it (FOR KEY SHARE)
    cannot deadlock with us.
    """
    return Event.objects.select_for_update(no_key=True).get(pk=pk)


def current(registration: Registration, event: Event) -> Registration:
    q = event.registrations.select_related("workshop", "attendee__user")
    return q.get(pk=registration.pk)


def change(registration: Registration, **values: object) -> bool:
    """Compare and set: write `values` if the row still has the status that was read."""
    same = Registration.objects.filter(pk=registration.pk, status=registration.status)
    if not same.update(**values):
        return False
    for name, value in values.items():
        setattr(registration, name, value)
    return True
