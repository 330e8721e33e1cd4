"""Old rows of sign-ins are deleted while people sign up: nobody waits for it, and no row is left.

Ten thousand are more than the limits let begin in a day from ten networks. A thread and real
transactions, because it is about who waits for whom.
"""

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from social_django.models import Partial

from events import places
from tests.factories import make_attendee, make_event, statuses

pytestmark = pytest.mark.django_db(transaction=True)

OLD, PEOPLE = 10_000, 10
#: SQLite lets a writer wait for twenty, PostgreSQL for ten.
LONGEST_SECONDS = 8


def leave_sign_ins_behind(number: int) -> None:
    """Make rows of sign-ins that nobody came back from, a month ago."""
    long_ago = timezone.now() - timedelta(days=31)
    Session.objects.bulk_create(
        [
            Session(session_key=f"old-{n}", session_data="x" * 300, expire_date=long_ago)
            for n in range(number)
        ],
        1_000,
    )
    Partial.objects.bulk_create(
        [Partial(token=f"{n:032}", backend="neos", data={}) for n in range(number)], 1_000
    )
    Partial.objects.update(timestamp=long_ago)


def clean() -> None:
    try:
        call_command("clearsessions")
        call_command("clearsocial", age=14)
    finally:
        connection.close()


def test_cleaning_thousands_of_sign_ins_keeps_nobody_waiting() -> None:
    leave_sign_ins_behind(OLD)
    event, people = make_event(), [make_attendee().user for _ in range(PEOPLE)]
    cleaning = threading.Thread(target=clean)

    cleaning.start()
    waited = []
    for person in people:
        started = time.monotonic()
        places.register(user=person, bookable=event)
        waited.append(time.monotonic() - started)
    cleaning.join()

    assert max(waited) < LONGEST_SECONDS
    assert statuses(event) == ["confirmed"] * PEOPLE
    assert (Session.objects.count(), Partial.objects.count()) == (0, 0)
