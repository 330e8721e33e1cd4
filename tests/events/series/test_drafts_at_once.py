"""Two housekeepings make the drafts of a series at the same moment: each occurrence is made once.

The second waits for a lock of the first one's connection, so this is of PostgreSQL; SQLite locks
the whole file. The control goes without the lock, and meets the constraint of the database.
"""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connections, transaction

from events import series
from events.models import Event, Series
from events.series import Rule, drafts
from tests.factories import NOON, make_event
from tests.unreliable import wait_for_waiting

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
    pytest.mark.skipif(
        "connections['default'].vendor == 'sqlite'", reason="SQLite locks the whole file"
    ),
]

LATER = NOON + timedelta(days=30)


def make_twice_at_once() -> list[object]:
    """Return what each has made: the second begins while the first has not committed."""
    event = make_event()
    rule = Rule(event.starts_at.date(), "weekly")
    made = series.repeat(event, rule=rule, days_ahead=7)
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(series.make_ahead(made, LATER))
        except IntegrityError as error:
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        answers.append(series.make_ahead(made, LATER))
        thread.start()
        wait_for_waiting(1)
    thread.join()
    return answers


def indexes() -> list[int | None]:
    return list(Event.objects.order_by("series_index").values_list("series_index", flat=True))


def test_each_occurrence_is_made_once() -> None:
    made, again = make_twice_at_once()
    assert (again, indexes()) == (0, [0, *range(4, 4 + int(str(made)))])
    assert int(str(made)) > 0


def unlocked(one: Series) -> Series:
    return Series.objects.get(pk=one.pk)


def test_without_the_lock_both_make_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "lock", unlocked)
    _made, again = make_twice_at_once()
    assert again == "IntegrityError"
