"""Error pages use our own words for every kind of error."""

import pytest
from django.test import Client, RequestFactory

from events.http import errors
from tests.factories import make_attendee

pytestmark = pytest.mark.django_db


def test_unknown_host_is_a_bad_request_in_our_words(client: Client) -> None:
    response = client.get("/", HTTP_HOST="evil.test")
    assert response.status_code == 400
    assert "We could not read that" in response.content.decode()
    assert "evil.test" not in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/nothing/",
        "/events/never-was/",
        "/events/%00/",
        "/events/%ff/",
        "/registrations/1/cancel/",
        "/auth/login/github/",
        "/" + "x" * 5000,
    ],
)
def test_unknown_address_is_not_found_in_our_words(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code in {404, 405}
    if response.status_code == 404:
        assert "Nothing here" in response.content.decode()


def test_not_found_page_knows_who_is_signed_in(client: Client) -> None:
    client.force_login(make_attendee().user)
    assert "Sign out" in client.get("/nothing/").content.decode()


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (lambda r: errors.bad_request(r, ValueError("secret")), 400, "We could not read that"),
        (
            lambda r: errors.permission_denied(r, ValueError("secret")),
            403,
            "You do not have access",
        ),
        (lambda r: errors.page_not_found(r, ValueError("secret")), 404, "Nothing here"),
        (lambda r: errors.conflict(r, "Too late for that."), 409, "Too late for that."),
        (errors.server_error, 500, "Something broke"),
    ],
)
def test_error_pages_never_show_the_exception(
    rf: RequestFactory, view: object, status: int, words: str
) -> None:
    response = view(rf.get("/"))  # type: ignore[operator] - one of the views above
    page = response.content.decode()
    assert (response.status_code, words in page, "secret" in page) == (status, True, False)


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/auth/login/neos/"),
        ("put", "/"),
        ("delete", "/registrations/"),
        ("post", "/"),
    ],
)
def test_wrong_method_is_refused(client: Client, method: str, address: str) -> None:
    client.force_login(make_attendee().user)
    assert getattr(client, method)(address).status_code == 405


def test_nul_and_broken_text_in_forms_is_no_server_error(client: Client) -> None:
    answers = [
        client.post("/accounts/login/", {"username": "a\x00b", "password": "\x00"}),
        client.get("/accounts/login/", {"next": "/\x00"}),
        client.post(
            "/accounts/login/", b"username=%ff%fe", content_type="application/x-www-form-urlencoded"
        ),
        client.post("/accounts/login/", b"broken", content_type="multipart/form-data; boundary=x"),
        client.post("/accounts/login/", b"broken", content_type="multipart/form-data"),
    ]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 400]


def test_too_many_fields_are_a_bad_request(client: Client) -> None:
    fields = {f"field{number}": "x" for number in range(2000)}
    assert client.post("/accounts/login/", fields).status_code == 400
