"""People come back to where they came from: after signing up, confirming, and a new password."""

import re
from urllib.parse import urlencode

import pytest
from django.core import signing
from django.core.mail import EmailMessage
from django.test import Client

from events.accounts import local
from events.messages import confirmation, delivery
from events.models import Attendee, Notification
from tests.factories import make_event, make_local_attendee, make_user
from tests.markup import Page, TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

JAM = "/events/jam/"
PASSWORD = "correct horse battery"
NEWCOMER = {"username": "newcomer", "email": "newcomer@example.org"}
NEWCOMER |= {"password1": PASSWORD, "password2": PASSWORD}
FOREIGN = [
    "https://evil.example/",
    "//evil.example/",
    "http:evil",
    "javascript:alert(1)",
    "/\\evil",
]
BACK = f"?{urlencode({'next': JAM})}"


def read(client: Client, address: str) -> Page:
    response = client.get(address)
    return Page(address, response.status_code, TreeBuilder(response.content.decode()).root)


def mailed_link(mailoutbox: list[EmailMessage]) -> str:
    mailoutbox.clear()
    delivery.deliver_due()
    found = re.search(r"http://localhost:8000(/accounts/\S+)", str(mailoutbox[0].body))
    return found[1] if found else ""


@pytest.fixture
def unproved(client: Client) -> Attendee:
    """Somebody whose address is not proved, signed in."""
    attendee = make_local_attendee(user=make_user(email="a@example.org"), email_confirmed_at=None)
    client.force_login(attendee.user)
    return attendee


# --- Confirming an address -----------------------------------------------------------------------


def test_newcomer_comes_back_to_the_event_after_confirming(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    event = make_event(slug="jam")
    page = read(client, f"/accounts/login/{BACK}")
    page = read(client, page.find_link("Make a local account"))
    form, _button = page.find_button("Make the account")
    (back,) = form.all("input", name="next")
    client.post("/accounts/signup/", NEWCOMER | {"next": back.attributes["value"]})

    response = client.post(mailed_link(mailoutbox), follow=True)

    assert response.redirect_chain == [(event.get_absolute_url(), 302)]
    assert "Your e-mail address is confirmed." in response.content.decode()


def test_link_that_is_opened_in_another_browser_leads_there_too(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/accounts/signup/", NEWCOMER | {"next": JAM})
    assert Client().post(mailed_link(mailoutbox))["Location"] == JAM


def test_link_without_a_way_back_leads_to_the_account(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.post("/accounts/signup/", NEWCOMER)
    assert client.post(mailed_link(mailoutbox))["Location"] == "/account/"


def test_link_that_is_mailed_again_keeps_the_way_back(
    client: Client, unproved: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    form, _button = read(client, f"/account/{BACK}").find_button("Mail the link again")
    (back,) = form.all("input", name="next")
    response = client.post("/account/confirmation/", {"next": back.attributes["value"]})
    assert response["Location"] == f"/account/{BACK}"
    assert client.post(mailed_link(mailoutbox))["Location"] == JAM


def test_changed_address_keeps_the_way_back(
    client: Client, unproved: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    typed = {"email": "b@example.org", "time_zone": "UTC", "current_password": "secret"}
    response = client.post(f"/account/{BACK}", typed)
    assert response["Location"] == f"/account/{BACK}"
    assert client.post(mailed_link(mailoutbox))["Location"] == JAM


def test_dropped_change_keeps_the_way_back(client: Client, unproved: Attendee) -> None:
    response = client.post("/account/keep-address/", {"next": JAM})
    assert response["Location"] == f"/account/{BACK}"


def test_link_of_an_earlier_mail_still_works(client: Client, unproved: Attendee) -> None:
    told = [unproved.pk, "a@example.org"]
    token = signing.dumps(told, salt=confirmation.CONFIRMATION_SALT)
    assert client.post(f"/accounts/confirm/{token}/")["Location"] == "/account/"
    unproved.refresh_from_db()
    assert unproved.email_confirmed_at is not None


def test_link_that_is_too_old_leads_to_a_new_one_and_keeps_the_way_back(
    client: Client, unproved: Attendee, clock: object
) -> None:
    local.send_confirmation(unproved, JAM)
    link = confirmation.confirmation_link(unproved, JAM)
    clock.shift(confirmation.CONFIRMATION_MAX_AGE * 2)  # type: ignore[attr-defined] - time_machine's
    page = read(client, link.removeprefix("http://localhost:8000"))
    again = page.find_link("Get a new link on your account page")
    assert (page.status, again) == (404, f"/account/?next={JAM}")


@pytest.mark.parametrize("address", FOREIGN)
def test_way_back_never_leads_off_the_site(
    client: Client, unproved: Attendee, mailoutbox: list[EmailMessage], address: str
) -> None:
    client.post("/account/confirmation/", {"next": address})
    assert client.post(mailed_link(mailoutbox))["Location"] == "/account/"
    signed = confirmation.confirmation_link(unproved, address)  # as if it had been let through
    link = signed.removeprefix("http://localhost:8000")
    unproved.refresh_from_db()
    Attendee.objects.update(email_confirmed_at=None)
    assert client.post(link)["Location"] == "/account/"


def test_way_back_is_stored_with_the_message_and_not_if_it_is_too_long(unproved: Attendee) -> None:
    for back in (JAM, "", "/" + "x" * 500):
        Notification.objects.all().delete()
        local.send_confirmation(unproved, back)
        stored = Notification.objects.get().facts
        expected = {"back": JAM} if back == JAM else {}
        assert stored == {"address": "a@example.org"} | expected


# --- Signing up, and other pages with a form -----------------------------------------------------


@pytest.mark.parametrize("address", ["foo", "admin:index", *FOREIGN])
def test_sign_up_with_a_strange_way_back_leads_to_the_account(client: Client, address: str) -> None:
    response = client.post("/accounts/signup/", NEWCOMER | {"next": address})
    assert response["Location"] == "/account/"


def test_changed_password_leads_back_to_the_account_and_on(
    client: Client, unproved: Attendee
) -> None:
    address = read(client, f"/account/{BACK}").find_link("Change your password")
    typed = {"old_password": "secret", "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert client.post(address, typed)["Location"] == f"/account/{BACK}"


# --- A new password by mail ----------------------------------------------------------------------


def test_new_password_leads_on_to_the_event(client: Client, mailoutbox: list[EmailMessage]) -> None:
    make_local_attendee(user=make_user(username="ann", email="a@example.org"))
    page = read(client, read(client, f"/accounts/login/{BACK}").find_link("Forgot your password?"))
    form, _button = page.find_button("Mail me a link")
    (back,) = form.all("input", name="next")
    asked = client.post(
        "/accounts/password-reset/", {"email": "a@example.org", "next": back.attributes["value"]}
    )
    assert read(client, asked["Location"]).find_link("Back to signing in").endswith(f"?next={JAM}")

    form_of_link = client.get(mailed_link(mailoutbox))["Location"]
    done = client.post(form_of_link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    main = read(client, done["Location"]).root.first("main")
    sign_in = main.first("a").attributes["href"]
    assert sign_in == f"/accounts/login/?next={JAM}"
    assert client.post(sign_in, {"username": "ann", "password": PASSWORD})["Location"] == JAM


@pytest.mark.parametrize("address", FOREIGN)
def test_new_password_never_leads_off_the_site(client: Client, address: str) -> None:
    response = client.post("/accounts/password-reset/", {"email": "a@example.org", "next": address})
    assert response["Location"] == "/accounts/password-reset/sent/"
    page = read(client, f"/accounts/password-reset/done/?{urlencode({'next': address})}")
    assert page.root.first("main").first("a").attributes["href"] == "/accounts/login/"
