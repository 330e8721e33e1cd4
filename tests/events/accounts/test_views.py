"""Local accounts: signing up, confirming the address, the account page."""

import re

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.accounts import local
from events.messages import delivery
from events.models import Attendee
from tests.factories import NOON, make_attendee, make_local_attendee, make_user
from tests.platform import KEY, LOGIN, words
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NEWCOMER = {
    "username": "newcomer",
    "email": "newcomer@example.org",
    "password1": "correct horse battery",
    "password2": "correct horse battery",
}


def link_in(mail: EmailMessage) -> str:
    """The path of the site's own link in a mail."""
    found = re.search(r"http://localhost:8000(/\S+)", str(mail.body))
    return found[1] if found else ""


@pytest.fixture
def confirmation(
    client: Client,
    mailoutbox: list[EmailMessage],
) -> str:
    """The link that a newcomer who has just signed up finds in their mail."""
    client.post("/accounts/signup/", NEWCOMER)
    delivery.deliver_due()
    return link_in(mailoutbox[0])


def test_sign_up_makes_an_account_and_mails_a_link(
    client: Client, confirmation: str, mailoutbox: list[EmailMessage]
) -> None:
    user = User.objects.get()
    assert (user.username, user.email) == ("newcomer", "newcomer@example.org")
    assert user.attendee.email_confirmed_at is None
    assert client.session["_auth_user_id"] == str(user.pk)
    assert [mail.to for mail in mailoutbox] == [["newcomer@example.org"]]
    assert confirmation.startswith("/accounts/confirm/")


def test_sign_up_goes_back_to_the_event_it_came_from(client: Client) -> None:
    response = client.post("/accounts/signup/", NEWCOMER | {"next": "/events/jam/"})
    assert response["Location"] == "/events/jam/"


def test_sign_up_never_leads_off_the_site(client: Client) -> None:
    response = client.post("/accounts/signup/", NEWCOMER | {"next": "https://evil.test/"})
    assert response["Location"] == "/account/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"username": "an na"},
            "At most 150 letters, digits and the signs . + - _, and no blanks.",
        ),
        (
            {"username": "U-gearfox"},
            words("Names that start with “U-” are reserved for Neos accounts."),
        ),
        ({"username": "u-x"}, words("Names that start with “U-” are reserved for Neos accounts.")),
        ({"username": "ann@example.org"}, "choose one that is no e-mail address."),
        ({"username": "TAKEN"}, "Somebody has this name already."),
        ({"username": "a\x00b"}, "Null characters are not allowed."),
        ({"username": ""}, "This field is required."),
        ({"email": "nowhere"}, "Enter a valid email address."),
        ({"email": "a@x.test\r\nBcc: v@x.test"}, "Enter a valid email address."),
        ({"password2": "different"}, "The two password fields didn\u2019t match."),
        ({"password1": "12345678", "password2": "12345678"}, "This password is too common."),
    ],
)
def test_sign_up_refuses_bad_input_and_keeps_the_rest(
    client: Client, change: dict[str, str], sentence: str
) -> None:
    make_user(username="taken")
    response = client.post("/accounts/signup/", NEWCOMER | change)
    page = response.content.decode().replace("&#x27;", "'")
    assert sentence in page
    assert ("newcomer@example.org" in page) is ("email" not in change)
    assert User.objects.exclude(username="taken").count() == 0


def test_confirmation_by_opening_the_link_alone_confirms_nothing(
    client: Client, confirmation: str
) -> None:
    page = client.get(confirmation).content.decode()
    assert "newcomer@example.org" in page
    assert Attendee.objects.get().email_confirmed_at is None


def test_confirmation_works_signed_out_and_twice(confirmation: str) -> None:
    stranger = Client()
    for _ in range(2):
        assert stranger.post(confirmation).status_code == 302
    assert Attendee.objects.get().email_confirmed_at == NOON


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "WzEsMV0:1abc:sig"])
def test_confirmation_with_a_made_up_link_finds_nothing(client: Client, token: str) -> None:
    response = client.get(f"/accounts/confirm/{token}/")
    assert response.status_code == 404
    assert "This link does not work" in response.content.decode()


def test_confirmation_is_for_the_address_it_was_mailed_to(
    client: Client, confirmation: str
) -> None:
    User.objects.update(email="other@example.org")
    assert client.post(confirmation).status_code == 404
    assert Attendee.objects.get().email_confirmed_at is None


def test_confirmation_link_works_for_three_days(confirmation: str, clock: object) -> None:
    clock.shift(3 * 24 * 3600 + 1)  # type: ignore[attr-defined] - time_machine's traveller
    assert Client().post(confirmation).status_code == 404


def test_confirmation_is_mailed_again_but_not_at_once(
    client: Client,
    confirmation: str,
    mailoutbox: list[EmailMessage],
    clock: time_machine.Traveller,
) -> None:
    clock.shift(1)
    for _ in range(3):
        response = client.post("/account/confirmation/", follow=True)
    delivery.deliver_due()
    assert len(mailoutbox) == 2
    assert "We have just mailed it. Please wait a minute." in response.content.decode()


def test_login_with_a_password_leads_back(client: Client) -> None:
    user = make_user(username="local", password="secret")
    fields = {"username": "local", "password": "secret", "next": "/events/jam/"}
    response = client.post("/accounts/login/", fields)
    assert response["Location"] == "/events/jam/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_login_with_a_wrong_password_says_so_and_keeps_the_name(client: Client) -> None:
    make_user(username="local")
    response = client.post("/accounts/login/", {"username": "local", "password": "wrong"})
    page = response.content.decode()
    assert "Please enter a correct username and password." in page
    assert 'value="local"' in page


def test_login_page_offers_neos_and_keeps_where_to_go(client: Client) -> None:
    page = client.get("/accounts/login/?next=/events/jam/").content.decode()
    assert f'action="{LOGIN}"' in page
    assert page.count('name="next" value="/events/jam/"') == 2
    assert "autofocus" not in page


def test_login_page_drops_foreign_addresses(client: Client) -> None:
    page = client.get("/accounts/login/?next=https://evil.test/").content.decode()
    assert "evil.test" not in page


def test_logout_is_by_post_only(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_account_asks_strangers_to_sign_in(client: Client) -> None:
    assert client.get("/account/")["Location"] == "/accounts/login/?next=/account/"


def test_account_shows_what_neos_said(client: Client) -> None:
    sign_in(client)
    page = client.get("/account/").content.decode()
    assert "<code>U-gearfox</code>" in page
    assert words("you support Neos with $12.00 a month") in page
    assert ">verified<" in page


NOTHING_KNOWN = {
    "neos": "you have not shared whether you support Neos",
    "resonite": "Resonite has not told us whether you are a supporter",
}


WITHOUT_AMOUNT = {
    "neos": "Neos says that you are a supporter, but has told us no amount that counts now.",
    "resonite": "Resonite says that you are a supporter, but has told us no amount.",
}
NO_PLEDGE = {
    "neos": "Patreon: you have no active pledge.",
    "resonite": "you do not support Resonite with an amount a month, as far as it told us",
}


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        ({"neos_locked": True}, words("Neos has locked this account.")),
        (
            {"neos_email_verified": False},
            words("the e-mail address of this Neos account is not verified"),
        ),
        (
            {"neos_banned_until": NOON.replace(day=2)},
            words("Banned at Neos until Sun 2 June 2030, 12:00"),
        ),
        ({"verified_at": NOON.replace(year=2029)}, words("Your Neos verification has expired.")),
        ({"patreon_known": False}, NOTHING_KNOWN[KEY]),
    ],
)
def test_account_says_why_a_neos_account_is_not_enough(
    client: Client, fact: dict[str, object], sentence: str
) -> None:
    client.force_login(make_attendee(**fact).user)
    assert sentence in client.get("/account/").content.decode()


@pytest.mark.parametrize("platform", ["neos", "resonite"])
def test_account_of_a_supporter_without_an_amount_says_so(
    client: Client, request: pytest.FixtureRequest, platform: str
) -> None:
    """A bare way to pay, or a promo code; both had no pledge, as the page put it."""
    request.getfixturevalue(platform)
    told = [WITHOUT_AMOUNT[platform], NO_PLEDGE[platform]]
    for facts, expected in (
        ({"patreon_supporter": True}, [True, False]),
        ({"patreon_supporter": True, "patreon_until": NOON}, [False, True]),
        ({}, [False, True]),
    ):
        client.force_login(make_attendee(**facts).user)
        page = client.get("/account/").content.decode()
        assert [sentence in page for sentence in told] == expected


def test_account_of_staff_without_an_attendee_works(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    assert client.get("/account/").status_code == 200


def test_account_saves_the_profile(client: Client) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    fields = {
        "display_name": " Me \u0007 too ",
        "email": attendee.user.email,
        "time_zone": "Asia/Tokyo",
    }
    other = make_local_attendee(display_name="Other")
    page = client.post("/account/", fields, follow=True).content.decode()
    attendee.refresh_from_db()
    other.refresh_from_db()
    assert (attendee.display_name, str(attendee.time_zone)) == ("Me too", "Asia/Tokyo")
    assert (attendee.email_confirmed_at, other.display_name) == (NOON, "Other")
    assert ("Saved." in page, "We mailed you a link" in page) == (True, False)
    assert f'value="{attendee.user.email}"' in page


def test_account_with_a_new_address_needs_it_confirmed(
    client: Client,
    mailoutbox: list[EmailMessage],
) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    new = {"email": "new@example.org", "time_zone": "UTC", "current_password": "secret"}
    client.post("/account/", new)
    delivery.deliver_due()
    attendee.refresh_from_db()
    assert attendee.pending_email == "new@example.org"
    told = {mail.to[0] for mail in mailoutbox}
    assert told == {"new@example.org", attendee.user.email}


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Mars/Olympus"},
        {"email": "nowhere"},
        {"display_name": "x" * 65},
        {"display_name": "a\x00b"},
    ],
    ids=str,
)
def test_account_refuses_bad_input_and_changes_nothing(
    client: Client, change: dict[str, str]
) -> None:
    attendee = make_local_attendee(display_name="Before")
    client.force_login(attendee.user)
    good = {"display_name": "After", "email": attendee.user.email, "time_zone": "Asia/Tokyo"}
    response = client.post("/account/", good | change)
    attendee.refresh_from_db()
    assert (response.status_code, attendee.display_name) == (200, "Before")
    assert attendee.chosen_zone is None
    assert "field-errors" in response.content.decode()


def test_account_link_button_keeps_where_to_go(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    page = client.get("/account/?next=/events/jam/").content.decode()
    assert 'name="next" value="/events/jam/"' in page
    assert "evil.test" not in client.get("/account/?next=//evil.test").content.decode()


def test_password_can_be_set_by_somebody_who_came_through_neos(client: Client) -> None:
    sign_in(client)
    new = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
    assert client.post("/accounts/password/", new)["Location"] == "/account/"
    user = User.objects.get()
    assert user.check_password("correct horse battery") is True
    assert client.get("/account/").status_code == 200


def test_password_change_needs_the_old_one(client: Client) -> None:
    user = make_user(password="secret")
    client.force_login(user)
    new = {"new_password1": "correct horse battery", "new_password2": "correct horse battery"}
    assert client.post("/accounts/password/", new).status_code == 200
    assert client.post("/accounts/password/", new | {"old_password": "secret"}).status_code == 302


def test_account_costs_five_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(make_local_attendee().user)
    with django_assert_num_queries(5):
        client.get("/account/")


def test_sign_up_of_two_people_with_one_name_at_once_refuses_the_second() -> None:
    first, second = (User(username="same", email=f"{n}@example.org") for n in range(2))
    local.sign_up(user=first, language="en")
    with pytest.raises(local.NameTaken):
        local.sign_up(user=second, language="en")
    assert User.objects.get().email == "0@example.org"


@pytest.mark.parametrize(
    ("stored", "chosen", "kept"),
    [
        ("UTC", "Asia/Kolkata", "Asia/Kolkata"),
        ("UTC", "Asia/Calcutta", "UTC"),
        ("UTC", "localtime", "UTC"),
        ("Asia/Calcutta", "Asia/Calcutta", "Asia/Calcutta"),
        ("Asia/Calcutta", "GB", "Asia/Calcutta"),
    ],
)
def test_profile_takes_zones_on_offer_and_the_stored_one(
    client: Client, stored: str, chosen: str, kept: str
) -> None:
    attendee = make_local_attendee(time_zone=stored)
    client.force_login(attendee.user)
    typed = {"display_name": "Ada", "email": attendee.user.email, "time_zone": chosen}
    client.post("/account/", typed)
    attendee.refresh_from_db()
    is_saved = attendee.display_name == "Ada"
    assert (str(attendee.time_zone), is_saved) == (kept, chosen == kept)
