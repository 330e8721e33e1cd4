"""Accounts under two hands at once."""

import threading
import time

import pytest
from django.core import signing
from django.db import connection, transaction

from events.accounts import local
from events.messages import confirmation
from tests.factories import make_local_attendee, make_user

#: Long enough for the other thread to arrive at the lock, or to run past a missing one.
PAUSE = 0.5


@pytest.mark.django_db(transaction=True)
def test_confirmation_waits_for_a_change_of_address_and_proves_nothing_then() -> None:
    attendee = make_local_attendee(user=make_user(email="old@example.org"), email_confirmed_at=None)
    token = signing.dumps([attendee.pk, "old@example.org"], salt=confirmation.CONFIRMATION_SALT)
    outcome: list[str] = []

    def confirm() -> None:
        try:
            local.confirm_address(token)
            outcome.append("confirmed")
        except local.InvalidLink:
            outcome.append("refused")
        finally:
            connection.close()

    thread = threading.Thread(target=confirm)
    with transaction.atomic():
        local.change_address(attendee, "new@example.org")
        thread.start()
        time.sleep(PAUSE)
    thread.join()
    attendee.refresh_from_db()
    assert (outcome, attendee.email_confirmed_at) == (["refused"], None)
