"""A database that is away, busy or full is a page that says when to come back."""

from typing import Any

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import Client
from psycopg import errors

from tests.factories import make_attendee, make_event

pytestmark = [pytest.mark.both, pytest.mark.django_db]
UNAVAILABLE, BROKEN = "Please try again in a minute", "Something broke"


def failing(error: Exception, *, only: str = "") -> Any:
    """Let every statement fail, or every one that begins like this."""

    def fail(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith(only):
            raise error
        return execute(sql, *arguments)

    return connection.execute_wrapper(fail)


@pytest.fixture
def visitor(client: Client) -> Client:
    client.raise_request_exception = False
    client.force_login(make_attendee().user)
    return client


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("secret"), 503, UNAVAILABLE),
        (InterfaceError("secret"), 503, UNAVAILABLE),
        (ProgrammingError("secret"), 500, BROKEN),
        (ValueError("secret"), 500, BROKEN),
    ],
)
def test_what_the_database_says_decides_which_page_is_shown(
    visitor: Client, error: Exception, status: int, words: str
) -> None:
    with failing(error):
        response = visitor.get("/")
    page = response.content.decode()
    assert (response.status_code, words in page, "secret" in page) == (status, True, False)


@pytest.mark.parametrize(
    "error", [errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure]
)
def test_lost_race_for_a_lock_is_one_of_these_errors_h5(error: type[Exception]) -> None:
    """Django raises its error of the same name for what psycopg raises."""
    assert error.__mro__[1] is psycopg.OperationalError


@pytest.mark.parametrize("address", ["/", "/registrations/", "/account/", "/admin/"])
def test_every_page_says_when_to_come_back(visitor: Client, address: str) -> None:
    with failing(OperationalError()):
        response = visitor.get(address)
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert "no-store" in response["Cache-Control"]
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_whoever_could_not_be_written_down_is_told(visitor: Client) -> None:
    event = make_event()
    with failing(OperationalError(), only="INSERT"):
        response = visitor.post(f"{event.get_absolute_url()}register/")
    assert (response.status_code, event.registrations.count()) == (503, 0)


def test_page_that_asks_nothing_of_the_database_is_shown(client: Client) -> None:
    with failing(OperationalError()):
        assert client.get("/accounts/login/").status_code == 200
