"""Error pages use our own words for every kind of error."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from events.http import errors, theme
from tests.factories import make_attendee
from tests.markup import Element, TreeBuilder
from tests.platform import LOGIN

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
        ("get", LOGIN),
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


# --- How they look -------------------------------------------------------------------------------


def made_by(view: object, rf: RequestFactory) -> Element:
    request = rf.get("/")
    request.user = AnonymousUser()
    answer = view(request)  # type: ignore[operator] - one of the views below
    return TreeBuilder(answer.content.decode()).root


#: Each with its heading.
VIEWS = {
    "We could not read that": lambda r: errors.bad_request(r, ValueError()),
    "You do not have access": lambda r: errors.permission_denied(r, ValueError()),
    "Please send the form again": errors.csrf_failure,
    "For organizers only": errors.organizers_only,
    "Nothing here": lambda r: errors.page_not_found(r, ValueError()),
    "Too late": lambda r: errors.conflict(r, "The last place is taken."),
    "Too many attempts": lambda r: errors.too_many_requests(r, 90),
    "Something broke": errors.server_error,
    "Please try again in a minute": lambda _r: errors.unavailable(),
}


@pytest.mark.parametrize("heading", VIEWS)
def test_error_page_says_what_happened_what_to_do_and_has_a_button(
    rf: RequestFactory, heading: str
) -> None:
    page = made_by(VIEWS[heading], rf)
    main = page.first("main")
    assert (main.first("h1").text, page.first("title").text.startswith(heading)) == (heading, True)
    happened, *todo = [sentence.text for sentence in main.all("p")]
    assert happened.endswith(".")
    assert todo
    buttons = [link for link in main.all("a") if "primary" in link.attributes.get("class", "")]
    assert [(b.text, b.attributes["href"]) for b in buttons] == [("See the events", "/")]
    sheets = [sheet.attributes["href"] for sheet in page.all("link", rel="stylesheet")]
    assert sheets == ["/static/css/site.css", theme.address()]


@pytest.mark.parametrize("view", [errors.server_error, lambda _r: errors.unavailable()])
def test_page_of_a_broken_site_needs_neither_rows_nor_collected_files(
    rf: RequestFactory,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    view: object,
) -> None:
    settings.SITE_NAME = "Harbour <Nights>"
    manifest = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    with django_assert_num_queries(0):
        page = made_by(view, rf)
    assert list(page.all("link")) == []
    assert page.first("header").text == "Harbour <Nights>"


# --- A form that was open for too long -----------------------------------------------------------


@pytest.mark.parametrize(
    ("referrer", "button"),
    [
        (
            "http://localhost:8000/accounts/login/?next=/",
            "http://localhost:8000/accounts/login/?next=/",
        ),
        ("https://evil.example/accounts/login/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_expired_form_leads_to_the_page_that_has_it(referrer: str, button: str) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Host": "localhost:8000"})
    headers = {"Referer": referrer} if referrer else {}
    response = browser.post("/accounts/login/", {"username": "a"}, headers=headers)
    page = TreeBuilder(response.content.decode()).root
    main = page.first("main")
    assert (response.status_code, main.first("h1").text) == (403, "Please send the form again")
    assert "Nothing was saved." in main.text
    assert main.first("a", class_="button primary").attributes["href"] == button
    assert "access" not in main.text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("heading", VIEWS)
def test_error_page_says_in_which_language_it_is(
    rf: RequestFactory, heading: str, language: str
) -> None:
    with translation.override(language):
        page = made_by(VIEWS[heading], rf)
    assert page.first("html").attributes["lang"] == language
