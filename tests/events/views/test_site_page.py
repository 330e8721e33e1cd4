"""Imprint, privacy, terms, rules of conduct: once they are written, the footer links to them."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from time_machine import Traveller

from events.http import site_pages
from events.models import SitePage
from tests.factories import NOON, write_page
from tests.markup import Element, TreeBuilder

pytestmark = pytest.mark.django_db

NAMES = ["imprint", "privacy", "terms", "conduct"]
TITLES = ["Imprint", "Privacy", "Terms", "Rules of conduct"]


@pytest.fixture(autouse=True)
def looking() -> None:
    """Each test writes pages of its own."""
    site_pages.forget()


def write(*names: str, text: str = "Hello") -> None:
    for name in names:
        write_page(name, text)
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
    SitePage.objects.update(is_shown=False)
    assert len(footer(client)) == 2  # remembered for a minute
    site_pages.forget()
    assert footer(client) == []


def test_footer_has_the_titles_that_were_published_and_no_draft(client: Client) -> None:
    words = {"title": "Photos", "translations": {"ja": {"title": "写真", "text": "長い" * 9}}}
    write_page("photos", "No flash", **words)
    SitePage.objects.create(name="plans", text="Secret", title="Secret plans")
    draft = {"ja": {"title": "秘密"}}
    SitePage.objects.filter(name="photos").update(title="Secret photos", translations=draft)
    site_pages.forget()

    html = client.get("/accounts/login/").content.decode()
    assert ("Photos" in html, "Secret" in html) == (True, False)
    japanese = client.get("/accounts/login/", headers={"accept-language": "ja"}).content.decode()
    assert ("写真" in japanese, "秘密" in japanese) == (True, False)


def test_footer_costs_one_query_for_any_number_of_pages_and_versions(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    write("terms")
    with django_assert_num_queries(1):
        assert [page.name for page in site_pages.written()] == ["terms"]
    for number in range(3):
        write("terms", "imprint", "privacy", text=f"{number}")
    with django_assert_num_queries(1):
        assert [page.name for page in site_pages.written()] == ["imprint", "privacy", "terms"]


def test_page_without_database_has_no_links_and_is_shown(client: Client) -> None:
    write("imprint")

    def fail(*_statement: object) -> None:
        raise OperationalError

    with connection.execute_wrapper(fail):
        assert footer(client) == []
    assert footer(client) == [("Imprint", "/imprint/")]


# --- Versions ------------------------------------------------------------------------------------

DAY = timedelta(days=1)


@pytest.fixture
def terms(clock: Traveller) -> None:
    """Three versions: of 1 June 2030, and two of 3 June. A fourth is being written."""
    write_page("terms", "First")
    clock.move_to(NOON + 2 * DAY)
    write_page("terms", "Second")
    write_page("terms", "Third")
    SitePage.objects.update(text="Fourth")


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/terms/", "Third"),
        ("/terms/1/", "First"),
        ("/terms/2/", "Second"),
        ("/terms/3/", "Third"),
        ("/terms/?on=2030-06-01", "First"),
        ("/terms/?on=2030-06-02", "First"),
        ("/terms/?on=2030-06-03", "Third"),
        ("/terms/?on=9999-12-31", "Third"),
        ("/terms/?on=", "Third"),
    ],
)
def test_version_is_found_by_number_and_by_day(
    client: Client, terms: None, address: str, text: str
) -> None:
    prose = next(read(client, address).first("main").all("div", **{"class": "prose"}))

    assert prose.text == text


@pytest.mark.parametrize("address", ["/terms/4/", "/terms/0/", f"/terms/{10**30}/"])
def test_version_that_there_never_was_is_not_found(
    client: Client, terms: None, address: str
) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("day", "happened", "ways"),
    [
        ("tomorrow", "The address has a day that cannot be read.", ["/terms/"]),
        ("2030-02-30", "The address has a day that cannot be read.", ["/terms/"]),
        ("1 June 2030", "The address has a day that cannot be read.", ["/terms/"]),
        ("\0", "The address has a day that cannot be read.", ["/terms/"]),
        (
            "2030-05-31",
            "“Terms” was not there yet: it was published first on 1 June 2030.",
            ["/terms/", "/terms/1/"],
        ),
        (
            "0001-01-01",
            "“Terms” was not there yet: it was published first on 1 June 2030.",
            ["/terms/", "/terms/1/"],
        ),
    ],
)
def test_day_without_a_version_is_not_found_and_says_what_to_do(
    client: Client, terms: None, day: str, happened: str, ways: list[str]
) -> None:
    response = client.get("/terms/", {"on": day})
    main = TreeBuilder(response.content.decode()).root.first("main")

    assert (response.status_code, main.first("p", class_="lead").text) == (404, happened)
    assert [link.attributes["href"] for link in main.all("a")] == ways
    assert list(main.all("div", **{"class": "prose"})) == []


def test_older_version_says_until_when_it_was_shown(client: Client, terms: None) -> None:
    older = read(client, "/terms/1/").first("main").text

    assert "version 1, which was shown from 1 June 2030 to 3 June 2030" in older
    assert "which was shown" not in read(client, "/terms/").first("main").text


def test_page_that_is_taken_off_is_not_found_with_all_its_versions(
    client: Client, terms: None
) -> None:
    assert "Terms" in [name for name, _address in footer(client)]
    SitePage.objects.update(is_shown=False)
    site_pages.forget()

    assert footer(client) == []
    assert [client.get(page).status_code for page in ("/terms/", "/terms/1/")] == [404, 404]


def test_page_of_ones_own_has_its_title_and_an_address_below_pages(client: Client) -> None:
    write_page("photos", "No flash", title="Photos & films")
    site_pages.forget()
    page = read(client, "/pages/photos/")

    assert (page.first("h1").text, client.get("/photos/").status_code) == ("Photos & films", 404)
    links = read(client, "/accounts/login/").first("footer").all("a")
    assert "/pages/photos/" in [link.attributes["href"] for link in links]
    assert client.get("/pages/photos/1/").status_code == 200


def test_page_is_in_the_language_of_the_reader(client: Client) -> None:
    write_page("terms", "English", translations={"ja": {"text": "日本語"}})
    write_page("privacy", "English only")
    japanese = {"headers": {"accept-language": "ja"}}

    assert "日本語" in client.get("/terms/", **japanese).content.decode()
    assert 'lang="en"' in client.get("/privacy/", **japanese).content.decode()
    assert "日本語" not in read(client, "/terms/").first("main").text
