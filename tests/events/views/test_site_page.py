"""Imprint, privacy, terms, rules of conduct: once they are written, the footer links to them."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from events.http import site_pages
from events.models import SitePage
from tests.markup import Element, TreeBuilder

pytestmark = pytest.mark.django_db

NAMES = ["imprint", "privacy", "terms", "conduct"]
TITLES = ["Imprint", "Privacy", "Terms", "Rules of conduct"]


@pytest.fixture(autouse=True)
def looking() -> None:
    """Each test writes pages of its own."""
    site_pages.forget()


def write(*names: str, text: str = "Hello") -> None:
    SitePage.objects.bulk_create(SitePage(name=name, text=text) for name in names)
    site_pages.forget()


def read(client: Client, address: str) -> Element:
    return TreeBuilder(client.get(address).content.decode()).root


def footer(client: Client) -> list[tuple[str, str]]:
    links = read(client, "/accounts/login/").first("footer").all("a")
    pairs = [(link.text, link.attributes["href"]) for link in links]
    return [pair for pair in pairs if pair[0] in TITLES]


@pytest.mark.parametrize("name", NAMES)
def test_page_that_nobody_wrote_is_not_found_in_our_words(client: Client, name: str) -> None:
    response = client.get(f"/{name}/")
    assert (response.status_code, "Nothing here" in response.content.decode()) == (404, True)


@pytest.mark.parametrize(("name", "title"), [*zip(NAMES, TITLES, strict=True)])
def test_page_shows_its_text(client: Client, name: str, title: str) -> None:
    write(name, text="### Who we are\n\nThe **harbour** <script>alert(1)</script>")
    page = read(client, f"/{name}/")
    main = page.first("main")
    assert page.first("title").text.startswith(title)
    assert (main.first("h1").text, main.first("h2").text) == (title, "Who we are")
    assert main.first("strong").text == "harbour"
    assert list(main.all("script")) == []
    assert "Last changed on " in main.text


def test_page_takes_no_post(client: Client) -> None:
    write("imprint")
    assert client.post("/imprint/").status_code == 405


def test_footer_links_to_the_pages_that_are_there(client: Client) -> None:
    assert footer(client) == []
    write("terms", "imprint")
    assert footer(client) == [("Imprint", "/imprint/"), ("Terms", "/terms/")]
    SitePage.objects.all().delete()
    assert len(footer(client)) == 2  # remembered for a minute
    site_pages.forget()
    assert footer(client) == []


def test_page_without_database_has_no_links_and_is_shown(client: Client) -> None:
    write("imprint")

    def fail(*_statement: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(fail):
        assert footer(client) == []
    assert footer(client) == [("Imprint", "/imprint/")]
