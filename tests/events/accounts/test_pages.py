"""Guards of the pages of one's own account: for whom, by which method, and seen by nobody else."""

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client, RequestFactory

from events.accounts import closing, local, names, views
from events.accounts.forms import SignUpForm
from events.messages import delivery
from events.models import Attendee
from tests.factories import make_local_attendee, make_organizer, make_user
from tests.platform import LOGIN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ACTS = ["/account/data/file/", "/account/keep-address/", "/account/confirmation/"]
OWN = ["/account/", "/accounts/password/", "/account/delete/", *ACTS]
FORMS = [
    "/account/delete/",
    "/account/",
    "/accounts/password/",
    "/accounts/signup/",
    "/accounts/confirm/made-up/",
    "/accounts/keep-address/made-up/",
]


@pytest.fixture
def own(client: Client) -> Client:
    client.force_login(make_local_attendee().user)
    return client


@pytest.mark.parametrize("address", OWN)
def test_page_of_an_account_leads_a_stranger_to_the_sign_in_s9(
    client: Client, address: str
) -> None:
    response = client.post(address)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={address}")


@pytest.mark.parametrize("address", ACTS)
def test_page_that_acts_takes_posts_only_s9(own: Client, address: str) -> None:
    assert own.get(address).status_code == 405


@pytest.mark.parametrize("address", FORMS)
def test_page_with_a_form_takes_no_other_method_s9(own: Client, address: str) -> None:
    assert own.delete(address).status_code == 405


def test_page_that_only_tells_takes_no_post_s9(client: Client) -> None:
    assert [client.get("/accounts/closed/").status_code] == [403]
    assert client.post("/accounts/closed/").status_code == 405


@pytest.mark.parametrize("address", [*FORMS, "/account/data/file/"])
def test_page_with_a_form_is_kept_by_no_cache_s9(own: Client, address: str) -> None:
    assert "no-store" in own.post(address)["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("/account/", ("current_password",)),
        ("/account/delete/", ("current_password",)),
        ("/account/data/file/", ("current_password",)),
        (LOGIN, ("current_password",)),
        ("/accounts/password/", "__ALL__"),
        ("/accounts/signup/", "__ALL__"),
    ],
)
def test_password_that_was_typed_is_in_no_report_of_an_error_s9(
    own: Client, address: str, hidden: object
) -> None:
    request = own.post(address).wsgi_request
    assert getattr(request, "sensitive_post_parameters", None) == hidden


def test_organizer_is_told_who_deletes_their_account_s9(client: Client) -> None:
    organizer = make_organizer()
    client.force_login(organizer)
    page = client.post("/account/delete/", {"current_password": "secret"}, follow=True)
    assert "only the people who run this site can delete your account" in page.content.decode()
    assert User.objects.get().username == organizer.username


# --- Words and letters ---------------------------------------------------------------------------


def test_confirmation_of_an_address_that_is_proved_is_not_mailed_s9(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    client.force_login(make_local_attendee().user)
    page = client.post("/account/confirmation/", follow=True).content.decode()
    delivery.deliver_due()
    assert ("There is no address to confirm." in page, mailoutbox) == (True, [])


def test_account_without_its_address_is_sent_no_link_s9(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    old = attendee.user.email
    gone = {"email": "", "time_zone": "UTC", "current_password": "secret"}
    page = client.post("/account/", gone, follow=True).content.decode()
    delivery.deliver_due()
    attendee.refresh_from_db()
    assert (attendee.user.email, attendee.email_confirmed_at) == ("", None)
    assert ("Saved." in page, "We mailed you a link" in page) == (True, False)
    assert [mail.to for mail in mailoutbox] == [[old]]


def test_address_that_is_none_asks_for_no_password_s9(own: Client) -> None:
    """While another one waits to be confirmed, too."""
    Attendee.objects.update(pending_email="new@example.org")
    page = own.post("/account/", {"email": "nowhere", "time_zone": "UTC"}).content.decode()
    assert ("field-errors" in page, "Please type your password" in page) == (True, False)


def test_account_of_an_erased_person_is_described_no_more_s9() -> None:
    erased, other = make_local_attendee(), make_local_attendee()
    closing.erase(erased.user)
    for attendee in (erased, other):
        local.describe(attendee, display_name="Ada", time_zone="UTC", language="ja")
    found = Attendee.objects.order_by("pk").values_list("display_name", flat=True)
    assert list(found) == ["", "Ada"]


def test_sign_up_says_that_the_name_was_taken_meanwhile_s9() -> None:
    newcomer = {"username": "newcomer", "email": "newcomer@example.org"}
    newcomer |= dict.fromkeys(("password1", "password2"), "correct horse battery")
    form = SignUpForm(newcomer)
    assert form.is_valid() is True
    make_user(username="newcomer")
    assert views._open_account(RequestFactory().post("/"), form) is False
    assert form.errors["username"] == [str(names.TAKEN)]
