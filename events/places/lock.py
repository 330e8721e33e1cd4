"""One lock and one order of locks: the event's row, also for its workshops, then the attendee's.

Decisions use only what is read after taking the lock, and places are counted from rows. PostgreSQL
locks the row. SQLite starts every transaction as a writer (`transaction_mode=IMMEDIATE`), which
locks the whole database.
"""

import time
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

from django.contrib.auth.models import User
from django.db import OperationalError, transaction

from events import happened
from events.models import Attendee, Event, Registration


@contextmanager
def locked_event(pk: int, *, by: User | None = None) -> Iterator[Event]:
    """Open a transaction and lock the event's row until the outermost transaction ends.

    `by` is somebody whose name is going to be written down. Their own row as an attendee is locked
    before that: the name is a foreign key, which locks their user, and erasing a person locks the
    attendee before the user.
    """
    with ExitStack() as stack:
        event = _begin_and_wait(pk, stack)
        if by is not None:
            lock_person(by)
        yield event


def _begin_and_wait(pk: int, stack: ExitStack) -> Event:
    """Begin the transaction, lock the event, and count how long both took: on SQLite the first
    waits for another writer, on PostgreSQL the second. An event that is gone was waited for, too.
    """
    began, label = time.perf_counter(), "event"
    try:
        stack.enter_context(transaction.atomic())
        return lock(pk)
    except OperationalError:
        label = "event timeout"
        raise
    finally:
        happened.count(happened.LOCK, label, time.perf_counter() - began)


def lock(pk: int) -> Event:
    """Lock the row FOR NO KEY UPDATE, so that inserts with a foreign key to it (FOR KEY SHARE)
    cannot deadlock with us.
    """
    return Event.objects.select_for_update(no_key=True).get(pk=pk)


def lock_all(pks: Collection[int]) -> list[Event]:
    """Lock several events in the order of their keys, so that two who do so never wait for each
    other. Those that were deleted are left out.
    """
    return list(Event.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"))


def lock_person(user: User) -> None:
    """Lock the attendee's row, if there is one, so that it is not erased until we are done."""
    mine = Attendee.objects.select_for_update(no_key=True).filter(user=user.pk)
    mine.values_list("pk").first()


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
