"""Accounts under two hands at once."""

import threading
import time
from collections.abc import Callable

import pytest
from django.core import signing
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.accounts import closing, local
from events.messages import confirmation
from events.models import Attendee
from tests.factories import NOON, make_attendee, make_local_attendee, make_user
from tests.platform import DISCONNECT

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


def take_another_address(attendee: Attendee) -> None:
    local.change_address(attendee, "other@example.org")


def confirm(attendee: Attendee) -> None:
    salt = confirmation.CONFIRMATION_SALT
    local.confirm_address(signing.dumps([attendee.pk, attendee.user.email], salt=salt))


def set_password(attendee: Attendee) -> None:
    local.set_password(attendee.user, "correct horse battery")


def erase(attendee: Attendee) -> None:
    closing.erase(attendee.user)


def unlink(attendee: Attendee) -> None:
    client = Client()
    client.force_login(attendee.user)
    assert client.post(DISCONNECT).status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite locks the whole file")
@pytest.mark.parametrize("act", [take_another_address, confirm, set_password, erase, unlink])
def test_person_is_locked_while_their_account_changes_s9(act: Callable[[Attendee], None]) -> None:
    """PostgreSQL takes no such lock outside of a transaction."""
    attendee = make_attendee(user=make_user(), email_confirmed_at=NOON)
    with CaptureQueriesContext(connection) as captured:
        act(attendee)
    locks = [query["sql"] for query in captured if "FOR UPDATE" in query["sql"]]
    assert ['FROM "events_attendee"' in sql for sql in locks[:1]] == [True]
