"""The language of a page: the account's, then the cookie's, then the header's."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import make_attendee, make_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HEADER = {"Accept-Language": "ja-JP,ja;q=0.9,en;q=0.1"}


def language(client: Client, address: str = "/", **header: str) -> str:
    response = client.get(address, headers=header)
    page = response.content.decode()
    html = page.partition('<html lang="')[2].partition('"')[0]
    assert (response["Content-Language"], html) == (html, html)
    return html


def test_browser_asks_for_a_language_of_the_site(client: Client) -> None:
    assert language(client, **HEADER) == "ja"
    assert language(client, **{"Accept-Language": "fr, en-GB;q=0.5"}) == "en"
    assert language(client) == "en"


def test_cookie_counts_before_the_header(client: Client) -> None:
    client.cookies["language"] = "en"
    assert language(client, **HEADER) == "en"


@pytest.mark.parametrize("cookie", ["xx", "../../ja", "ja\x00", "", "j" * 5000])
def test_odd_cookie_counts_as_none(client: Client, cookie: str) -> None:
    client.cookies["language"] = cookie
    assert language(client, **HEADER) == "ja"


def test_account_counts_before_cookie_and_header(client: Client) -> None:
    client.cookies["language"] = "en"
    client.force_login(make_attendee(language="ja").user)
    assert language(client, **{"Accept-Language": "en"}) == "ja"
    assert language(client, "/registrations/") == "ja"


@pytest.mark.parametrize("chosen", ["", "de"], ids=["none", "one that the site has no more"])
def test_account_without_a_language_leaves_it_to_the_browser(client: Client, chosen: str) -> None:
    client.force_login(make_attendee(language=chosen).user)
    assert language(client, **HEADER) == "ja"
    client.cookies["language"] = "en"
    assert language(client, **HEADER) == "en"


def test_page_of_an_account_leaves_its_language_in_the_browser(client: Client) -> None:
    """Pages that cannot ask the account, because the database is away, are in its language then."""
    client.force_login(make_attendee(language="ja").user)
    client.get("/")
    assert client.cookies["language"].value == "ja"
    assert "language" not in client.get("/").cookies


def test_pages_vary_with_what_their_language_depends_on(client: Client) -> None:
    event = make_event()
    for address in ("/", event.get_absolute_url(), "/calendar/month/", "/nowhere/"):
        vary = client.get(address)["Vary"]
        assert {"Cookie", "Accept-Language"} <= {*vary.split(", ")}


def test_answers_for_everybody_are_in_the_language_of_the_site(client: Client) -> None:
    make_event(title="Jam")
    client.force_login(make_attendee(language="ja").user)
    for name in ("feed", "theme"):
        response = client.get(reverse(f"events:{name}"), headers=HEADER)
        assert (response["Content-Language"], "Cookie" in response["Vary"]) == ("en", False)
        assert "language" not in response.cookies


@pytest.mark.parametrize("address", ["/", "/calendar/month/", "/time-zone/", "/account/"])
def test_page_reads_the_account_once(client: Client, address: str) -> None:
    client.force_login(make_attendee(language="ja").user)
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    assert sum('FROM "events_attendee"' in query["sql"] for query in queries) == 1
