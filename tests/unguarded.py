"""The site with the guard of its places taken away: the control of the capacity tests.

What passes against a broken site proves nothing. Here nobody locks the event's row, SQLite starts
its transactions as a reader, and between reading and writing there is time for everybody else.
"""

import time
from typing import Any

from eventsite.wsgi import application  # sets the site up: models cannot be imported before

# isort: split
from django.conf import settings
from django.db import connection

from events.models import Event
from tests.place_modules import lock, register

__all__ = ["application"]

PAUSE_SECONDS = 0.3
read_facts = register.read_facts


def read_unlocked(pk: int) -> Event:
    return Event.objects.get(pk=pk)


def read_facts_and_pause(*args: Any, **kwargs: Any) -> Any:
    facts = read_facts(*args, **kwargs)
    time.sleep(PAUSE_SECONDS)
    return facts


lock.lock = read_unlocked
register.read_facts = read_facts_and_pause
if connection.vendor == "sqlite":
    # Each thread opens its own connection, from these settings.
    settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] = "DEFERRED"
