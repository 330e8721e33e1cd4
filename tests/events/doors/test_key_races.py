"""A key is revoked in the moment in which its event is copied: the copy has none that works.

The second waits for a lock of the first one's connection, so this is of PostgreSQL; SQLite locks
the whole file. The control goes without the locks.
"""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from events import places, series
from events.doors import key_edits
from events.doors.key_edits import KeyTerms
from events.models import DoorKey, Event
from tests.factories import NOON, make_event
from tests.unreliable import wait_for_waiting

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
    pytest.mark.skipif(
        "connections['default'].vendor == 'sqlite'", reason="SQLite locks the whole file"
    ),
]


def revoke_while_copied(*, waits: bool) -> tuple[int, int]:
    """Return how many events revoking names, and how many keys work afterwards."""
    event = make_event()
    key, _secret = key_edits.make_key(event, KeyTerms("Hall"), by=None)
    answers: list[list[Event]] = []

    def run() -> None:
        try:
            answers.append(key_edits.revoke_key(key))
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        series.copy_event(event, start=(event.starts_at + timedelta(days=7)).replace(tzinfo=None))
        thread.start()
        if waits:
            wait_for_waiting(1)
        else:
            thread.join()
    thread.join()
    return len(answers[0]), DoorKey.objects.good_at(NOON).count()


def test_key_that_is_revoked_while_it_is_copied_works_nowhere() -> None:
    assert revoke_while_copied(waits=True) == (2, 0)


def test_without_the_locks_the_copy_keeps_a_key_that_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "lock_all", lambda pks: Event.objects.filter(pk__in=pks))
    assert revoke_while_copied(waits=False) == (1, 1)
