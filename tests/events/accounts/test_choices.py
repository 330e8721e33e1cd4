"""A zone and a language that were chosen before signing in come along; the account's own stay."""

import pytest
from django.test import Client

from events.accounts import choices
from events.models import Attendee
from tests.factories import make_local_attendee, make_user

pytestmark = pytest.mark.django_db


def sign_in(client: Client, attendee: Attendee) -> tuple[str, str]:
    typed = {"username": attendee.user.username, "password": "secret"}
    assert client.post("/accounts/login/", typed).status_code == 302
    attendee.refresh_from_db()
    return str(attendee.chosen_zone or ""), attendee.language


@pytest.fixture
def browser(client: Client) -> Client:
    client.cookies["zone"], client.cookies["language"] = "Asia/Tokyo", "ja"
    return client


def test_sign_in_takes_over_what_the_browser_knows(browser: Client) -> None:
    assert sign_in(browser, make_local_attendee()) == ("Asia/Tokyo", "ja")


def test_sign_in_leaves_what_the_account_has_chosen(browser: Client) -> None:
    chosen = make_local_attendee(time_zone="UTC", language="en")
    assert sign_in(browser, chosen) == ("UTC", "en")


def test_sign_in_takes_over_nothing_odd(client: Client) -> None:
    client.cookies["zone"], client.cookies["language"] = "none", "xx"
    assert sign_in(client, make_local_attendee()) == ("", "")


def test_new_account_takes_the_zone_over(browser: Client) -> None:
    typed = {"username": "ada", "email": "a@example.org"}
    typed |= {"password1": "Xk29-vQ8w", "password2": "Xk29-vQ8w"}
    assert browser.post("/accounts/signup/", typed).status_code == 302
    ada = Attendee.objects.get()
    assert (str(ada.chosen_zone), ada.language) == ("Asia/Tokyo", "ja")


def test_choice_of_somebody_without_attendee_or_erased_is_not_stored(client: Client) -> None:
    choices.choose_zone(None, "Asia/Tokyo")
    choices.signed_in(None, make_user())
    erased = make_local_attendee()
    Attendee.objects.update(erased_at="2030-06-01T00:00Z")
    choices.choose_zone(erased, "Asia/Tokyo")
    assert Attendee.objects.get().chosen_zone is None
