"""The cache loses what it held, or does not answer: the database decides about places."""

from typing import NoReturn

import pytest
from django.core.cache import cache
from django.core.cache.backends.base import BaseCache
from django.test import Client
from pytest_django import Settings

from events import places
from tests.factories import make_attendee, make_event, make_local_attendee, statuses
from tests.lines import full_event, status
from tests.sign_in import signed_in_as

pytestmark = [pytest.mark.both, pytest.mark.django_db]


class AwayCache(BaseCache):
    """A cache whose server does not answer, with an error that no one but its client knows."""

    class Away(Exception):
        pass

    def __init__(self, _server: str, params: dict[str, object]) -> None:
        super().__init__(params)

    def refuse(self, *_arguments: object, **_more: object) -> NoReturn:
        raise self.Away("secret")

    get = add = set = incr = delete = clear = refuse  # type: ignore[assignment]


@pytest.fixture
def away(settings: Settings) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.AwayCache"}}


@pytest.fixture
def visitor(client: Client) -> Client:
    client.raise_request_exception = False
    return client


def try_password(client: Client, username: str, password: str = "secret") -> int:
    return client.post("/accounts/login/", {"username": username, "password": password}).status_code


def test_lost_cache_begins_limits_anew_and_changes_no_place(client: Client) -> None:
    person = make_local_attendee().user
    _event, (holder, first, second) = full_event()
    tries = [try_password(client, person.username, "wrong") for _ in range(11)]
    cache.clear()
    again = try_password(client, person.username, "wrong")

    assert (tries, again) == ([200] * 10 + [429], 200)
    assert [status(each) for each in (first, second)] == ["waitlisted"] * 2
    places.cancel(registration=holder, in_full=False)
    assert [status(each) for each in (first, second)] == ["confirmed", "waitlisted"]


@pytest.mark.usefixtures("away")
def test_cache_that_is_away_stops_tries_of_passwords_with_a_page(visitor: Client) -> None:
    person = make_local_attendee().user
    response = visitor.post("/accounts/login/", {"username": person.username, "password": "secret"})
    page = response.content.decode()
    assert (response.status_code, response["Retry-After"]) == (503, "60")
    assert ("Please try again in a minute" in page, "secret" in page) == (True, False)
    assert signed_in_as(visitor) == ""


@pytest.mark.usefixtures("away")
def test_cache_that_is_away_keeps_nobody_from_a_place(visitor: Client) -> None:
    event = make_event()
    visitor.force_login(make_attendee().user)
    response = visitor.post(f"{event.get_absolute_url()}register/")
    assert (response.status_code, statuses(event)) == (302, ["confirmed"])
    assert visitor.get("/").status_code == 200
