"""Limits: who is counted, when it is too much, and that nobody else pays for it."""

import contextlib
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings
from social_django.models import Nonce

from events.http import throttling
from events.models import Registration
from tests import platform
from tests.factories import make_attendee, make_event, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOGIN = "/accounts/login/"


def try_password(
    client: Client, password: str = "wrong", username: str = "local", **extra: str
) -> HttpResponse:
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


@pytest.fixture
def person() -> User:
    return make_user(username="local", password="secret")


def test_password_may_be_wrong_ten_times_and_then_asks_to_wait(
    client: Client, person: User
) -> None:
    answers = [try_password(client).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    response = try_password(client, "secret")
    assert response.status_code == 429
    assert "Please try again in 15 minutes" in response.content.decode()
    assert response["Retry-After"] == "900"
    assert "_auth_user_id" not in client.session


def test_password_may_be_tried_again_in_the_next_window(
    client: Client, person: User, clock: time_machine.Traveller
) -> None:
    for _ in range(11):
        try_password(client)
    clock.shift(timedelta(minutes=15))
    assert try_password(client, "secret").status_code == 302


@pytest.mark.parametrize("address", ["/accounts/login/", "/admin/login/"])
def test_password_limit_holds_at_every_login(client: Client, address: str) -> None:
    fields = {"username": "nobody", "password": "wrong"}
    answers = [client.post(address, fields).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_password_of_one_account_is_protected_from_many_addresses(person: User) -> None:
    answers = [
        try_password(Client(REMOTE_ADDR=f"192.0.2.{number}"), username="LOCAL").status_code
        for number in range(51)
    ]
    assert answers == [200] * 50 + [429]
    other = make_user(username="other", password="secret")
    stranger = Client(REMOTE_ADDR="192.0.2.99")
    assert try_password(stranger, "secret", "other").status_code == 302
    assert stranger.session["_auth_user_id"] == str(other.pk)


def test_success_of_another_account_clears_nothing(client: Client, person: User) -> None:
    make_user(username="mine", password="secret")
    for _ in range(9):
        try_password(client)
    assert try_password(Client(), "secret", "mine").status_code == 302
    assert [try_password(client).status_code for _ in range(2)] == [200, 429]


def test_invented_forwarded_addresses_change_nothing(client: Client, person: User) -> None:
    answers = [
        try_password(client, HTTP_X_FORWARDED_FOR=f"198.51.100.{number}").status_code
        for number in range(11)
    ]
    assert answers == [200] * 10 + [429]


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "invented, 198.51.100.7", "198.51.100.7"),
        (2, "invented, 198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "198.51.100.7,", "192.0.2.1"),
    ],
)
def test_client_address_is_what_our_own_proxies_say(
    rf: RequestFactory, settings: Settings, hops: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXY_HOPS = hops
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert throttling.client_address(request) == address


def test_started_sign_ins_are_bounded_with_their_rows(client: Client) -> None:
    answers = [client.post(platform.LOGIN).status_code for _ in range(110)]
    assert answers == [302] * 100 + [429] * 10
    assert Nonce.objects.count() == 100


def test_callbacks_are_bounded_although_they_are_visits(client: Client) -> None:
    answers = {client.get(platform.COMPLETE).status_code for _ in range(30)}
    assert answers == {400}
    assert client.get(platform.COMPLETE).status_code == 429


def test_flapping_is_bounded_for_one_person_and_nobody_else() -> None:
    event = make_event()
    flapping, other = Client(), Client()
    flapping.force_login(make_attendee().user)
    other.force_login(make_attendee().user)
    address = f"{event.get_absolute_url()}register/"
    answers = [flapping.post(address).status_code for _ in range(31)]
    assert answers == [302] * 30 + [429]
    assert other.post(address).status_code == 302
    assert Registration.objects.count() == 2


def test_looking_is_never_counted(client: Client) -> None:
    answers = {client.get(address).status_code for _ in range(40) for address in ("/", LOGIN)}
    assert answers == {200}


#: What the addresses with a limit may need.
ARGUMENTS = (
    {},
    {"slug": "x"},
    {"slug": "x", "workshop_slug": "x"},
    {"code": UUID(int=0)},
    {"backend": platform.KEY},
    {"token": "x"},
)


def leads_somewhere(name: str) -> bool:
    for arguments in ARGUMENTS:
        with contextlib.suppress(NoReverseMatch):
            return bool(reverse(name, kwargs=arguments))
    return False


def test_limits_are_all_about_addresses_that_exist() -> None:
    assert [name for name in throttling.LIMITS if not leads_somewhere(name)] == []
    assert leads_somewhere("events:nowhere") is False
