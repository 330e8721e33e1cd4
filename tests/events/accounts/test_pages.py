"""Guards of the pages of one's own account: for whom, by which method, and seen by nobody else."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.factories import make_local_attendee, make_organizer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ACTS = ["/account/delete/", "/account/keep-address/", "/account/confirmation/"]
OWN = ["/account/", "/accounts/password/", *ACTS]
FORMS = [
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


@pytest.mark.parametrize("address", [*FORMS, "/account/delete/"])
def test_page_with_a_form_is_kept_by_no_cache_s9(own: Client, address: str) -> None:
    assert "no-store" in own.post(address)["Cache-Control"]


@pytest.mark.parametrize(
    ("address", "hidden"),
    [
        ("/account/", ("current_password",)),
        ("/account/delete/", ("current_password",)),
        ("/auth/login/neos/", ("current_password",)),
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
