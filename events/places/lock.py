"""One lock and one lock order: the event's row, for its workshops too, then the attendee's.

Everything that decides is read after the lock, and places are counted from rows. PostgreSQL locks
the row; SQLite starts every transaction as a writer (`transaction_mode=IMMEDIATE`), which locks
more.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from events.models import Event, Registration


@contextmanager
def locked_event(pk: int) -> Iterator[Event]:
    """A transaction that starts by locking the event's row; nothing is decided outside of one."""
    with transaction.atomic():
        yield lock(pk)


def lock(pk: int) -> Event:
    """Not against rows that only refer to the event: two who both wrote one would wait for ever."""
    return Event.objects.select_for_update(no_key=True).get(pk=pk)


def current(registration: Registration, event: Event) -> Registration:
    """The row as it stands under the lock."""
    q = Registration.objects.select_related("workshop", "attendee__user")
    return q.get(pk=registration.pk).sharing(event)


def change(registration: Registration, **values: object) -> bool:
    """Compare and set: write `values` if the row still has the status that was read."""
    same = Registration.objects.filter(pk=registration.pk, status=registration.status)
    if not same.update(**values):
        return False
    for name, value in values.items():
        setattr(registration, name, value)
    return True
