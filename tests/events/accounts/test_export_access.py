"""The file of one's own data is only for who is there."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.events.accounts.exported import FILE, SECRET, download
from tests.factories import (
    make_attendee,
    make_local_attendee,
)
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("", "Please type your password"), ("wrong", "This is not your password.")],
)
def test_file_asks_for_the_password(client: Client, typed: str, sentence: str) -> None:
    client.force_login(make_local_attendee().user)
    response = client.post(FILE, {"current_password": typed})
    assert (response.status_code, response.streaming) == (200, False)
    assert sentence in response.content.decode()


def test_file_asks_who_has_no_password_for_a_new_sign_in(
    client: Client, clock: time_machine.Traveller
) -> None:
    attendee = make_attendee(neos_id="U-gearfox")
    client.force_login(attendee.user)
    for answer in (client.get("/account/data/"), client.post(FILE)):
        page = answer.content.decode()
        found = ('name="next" value="/account/data/"' in page, "Save it to read" in page)
        assert found == (True, False)
    sign_in(client)
    assert "Save it to read" in client.get("/account/data/").content.decode()
    assert download(client)["neos"]["id"] == "U-gearfox"
    clock.shift(timedelta(minutes=11))
    assert client.post(FILE).streaming is False


def test_sign_in_of_somebody_else_gives_no_file(client: Client) -> None:
    attendee = make_attendee()
    sign_in(client, profile(id="U-other"))
    client.force_login(attendee.user)
    assert client.post(FILE).streaming is False


def test_stranger_is_led_to_the_sign_in(client: Client) -> None:
    assert client.post(FILE)["Location"] == f"/accounts/login/?next={FILE}"
    assert client.get("/account/data/")["Location"] == "/accounts/login/?next=/account/data/"


def test_file_needs_the_token_of_the_form() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_local_attendee().user)
    assert browser.post(FILE, SECRET).status_code == 403


def test_file_is_given_a_few_times_an_hour_and_counts_as_no_wrong_password(client: Client) -> None:
    user = make_local_attendee().user
    client.force_login(user)
    answers = [client.post(FILE, SECRET).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert client.post("/account/delete/", {"current_password": "wrong"}).status_code == 200


def test_password_is_guessed_no_more_often_by_asking_for_the_file(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    wrong = {"current_password": "wrong"}
    answers = [client.post("/account/delete/", wrong).status_code for _ in range(6)]
    answers += [client.post(FILE, wrong).status_code for _ in range(5)]
    assert answers == [200] * 10 + [429]
