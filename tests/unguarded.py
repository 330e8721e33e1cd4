"""The site with the guard of its places taken away: the control of the capacity tests.

What passes against a broken site proves nothing. Here nobody locks the event's row, SQLite starts
its transactions as a reader, and between reading and writing there is time for everybody else.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from eventsite.wsgi import application  # sets the site up: models cannot be imported before

# isort: split
from django.conf import settings
from django.db import connection, transaction

from events import places
from events.models import Event

__all__ = ["application"]

PAUSE_SECONDS = 0.3
read_facts = places.read_facts


@contextmanager
def unlocked_event(pk: int) -> Iterator[Event]:
    with transaction.atomic():
        yield Event.objects.get(pk=pk)


def read_facts_and_pause(*args: Any, **kwargs: Any) -> Any:
    facts = read_facts(*args, **kwargs)
    time.sleep(PAUSE_SECONDS)
    return facts


places.locked_event = unlocked_event
places.read_facts = read_facts_and_pause
if connection.vendor == "sqlite":
    # Each thread opens its own connection, from these settings.
    settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] = "DEFERRED"
