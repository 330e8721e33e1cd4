"""Every page shows an event in the reader's language, and marks what is in another one."""

import json
import re
from collections.abc import Callable

import pytest
from django.test import Client

from events import places
from events.models import Attendee, Event, Registration
from events.payments.providers import manual
from tests.factories import (
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_workshop,
)
from tests.lines import register
from tests.markup import Element, TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Each text begins with its name and language, and is found by that.
TEXT = re.compile(r"(title|summary|description|part)-(en|ja)")
Page = Callable[[Registration], str]


@pytest.fixture
def ada() -> Attendee:
    return make_attendee(language="ja")


@pytest.fixture
def matsuri() -> Event:
    """In Japanese; only title and description are there in English, too."""
    event = make_event(
        title="title-ja",
        summary="summary-ja",
        description="description-ja",
        slug="matsuri",
        written_in="ja",
        price=500,
        translations={"en": {"title": "title-en"}},
        descriptions={"en": "description-en"},
    )
    make_host(event, slug="hotaru")
    return event


@pytest.fixture
def mine(matsuri: Event, ada: Attendee) -> Registration:
    return register(ada, matsuri)


def show(client: Client, person: Attendee, address: str, language: str) -> Element:
    Attendee.objects.filter(pk=person.pk).update(language=language)
    client.force_login(person.user)
    response = client.get(address)
    assert response.status_code == 200
    return TreeBuilder(response.content.decode()).root


def texts(page: Element, lang: str) -> set[tuple[str, str]]:
    """Return each text that stands in the page, with the language that is said around it."""
    found: set[tuple[str, str]] = set()
    for child in page.children:
        if isinstance(child, Element):
            inner = child.attributes.get("lang", lang)
            said = (child.attributes.get(name, "") for name in ("content", "title", "alt"))
            found |= {(text[0], inner) for each in said for text in TEXT.finditer(each)}
            if child.tag not in ("title", "script"):
                found |= texts(child, inner)
        else:
            found |= {(text[0], lang) for text in TEXT.finditer(child)}
    return found


PAGES: dict[str, tuple[Page, set[str]]] = {
    "event": (lambda r: r.event.get_absolute_url(), {"title", "summary", "description"}),
    "list": (lambda _: "/", {"title", "summary"}),
    "search": (lambda _: "/?q=title", {"title", "summary"}),
    "month": (lambda _: "/calendar/month/", {"title"}),
    "host": (lambda _: "/hosts/hotaru/", {"title", "summary"}),
    "my places": (lambda _: "/registrations/", {"title"}),
    "place": (lambda r: f"/registrations/{r.code}/", {"title"}),
    "pay": (lambda r: f"/registrations/{r.code}/pay/", {"title"}),
}
IN_ENGLISH = {
    "title": ("title-en", "en"),
    "summary": ("summary-ja", "ja"),
    "description": ("description-en", "en"),
}


@pytest.mark.parametrize("name", PAGES)
def test_page_has_the_texts_of_its_language_and_marks_others(
    client: Client, ada: Attendee, mine: Registration, name: str
) -> None:
    address, wanted = PAGES[name]
    english, japanese = (show(client, ada, address(mine), code) for code in ("en", "ja"))
    assert texts(english.first("html"), "en") == {IN_ENGLISH[text] for text in wanted}
    assert texts(japanese.first("html"), "ja") == {(f"{text}-ja", "ja") for text in wanted}


def test_language_is_said_only_where_it_is_another(
    client: Client, ada: Attendee, mine: Registration
) -> None:
    page = show(client, ada, mine.event.get_absolute_url(), "ja")
    marks = [
        e.attributes["lang"]
        for e in page.first("main").all("bdi", "section", "p", "h1")
        if "lang" in e.attributes
    ]
    assert marks == []


@pytest.mark.parametrize("spoken", ["", "en", "ja", "de"])
def test_spoken_language_is_not_that_of_the_texts(client: Client, spoken: str) -> None:
    make_event(title="title-en", summary="summary-en", language=spoken)
    page = TreeBuilder(client.get("/").content.decode()).root
    assert texts(page.first("html"), "en") == {("title-en", "en"), ("summary-en", "en")}


@pytest.mark.parametrize("language", ["en", "ja"])
def test_receipt_and_places_that_are_over_have_the_title(
    client: Client, ada: Attendee, mine: Registration, language: str
) -> None:
    manual.mark_paid(registration=mine, by=make_organizer())
    wanted = {(f"title-{language}", language)}
    receipt = show(client, ada, f"/registrations/{mine.code}/receipt/", language)
    data = show(client, ada, "/account/data/", language)
    places.cancel(registration=mine, in_full=False)
    lost = show(client, ada, "/registrations/", language)
    found = [texts(page.first("main"), language) for page in (receipt, data, lost)]
    assert found == [wanted, wanted, wanted]


@pytest.mark.parametrize(
    ("language", "title", "summary"),
    [("en", "title-en", "summary-ja"), ("ja", "title-ja", "summary-ja")],
)
def test_head_has_the_texts_of_the_page(
    client: Client, matsuri: Event, language: str, title: str, summary: str
) -> None:
    client.cookies["language"] = language
    page = TreeBuilder(client.get(matsuri.get_absolute_url()).content.decode()).root
    metas = {
        m.attributes.get("property", ""): m.attributes["content"]
        for m in page.all("meta")
        if "content" in m.attributes
    }
    data = json.loads(page.first("script", type="application/ld+json").raw)
    assert page.first("title").text.startswith(title)
    assert (metas["og:title"], metas["og:description"]) == (title, summary)
    assert (data["name"], data["description"]) == (title, summary)


def test_workshops_and_clashes_name_titles_in_the_reader_s_language(
    client: Client, ada: Attendee, matsuri: Event
) -> None:
    """The waitlist of one workshop is in the way of another at the same time."""
    Event.objects.update(price=0)
    matsuri.refresh_from_db()
    register(ada, matsuri)
    both = {"en": {"title": "part-en 1"}}
    full = make_workshop(matsuri, title="part-ja 1", translations=both, capacity=0)
    make_workshop(matsuri, title="part-ja 2")
    register(ada, full)
    address = matsuri.get_absolute_url()
    english, japanese = (show(client, ada, address, code).first("main") for code in ("en", "ja"))
    assert {"part-en 1", "part-ja 2"} <= words(english)
    assert said(english) == [
        "It is at the same time as “part-en 1”, where you are on the waitlist.",
        "Take this one and leave the waitlist of “part-en 1”",
    ]
    assert ["part-ja 1" in sentence for sentence in said(japanese)] == [True, True]
    assert next(b.attributes for b in english.all("bdi") if b.text == "part-ja 2") == {"lang": "ja"}


def words(page: Element) -> set[str]:
    return {heading.text for heading in page.all("h3")}


def said(page: Element) -> list[str]:
    """The sentence of the clash, and the button of the swap."""
    refusal = page.first("li", data_code="time-clash")
    return [" ".join(refusal.first(tag).raw.split()) for tag in ("p", "button")]


def test_clash_marks_a_title_in_another_language(
    client: Client, ada: Attendee, matsuri: Event
) -> None:
    Event.objects.update(price=0)
    matsuri.refresh_from_db()
    register(ada, matsuri)
    register(ada, make_workshop(matsuri, title="part-ja <1>"))
    make_workshop(matsuri, title="part-ja 2")
    page = show(client, ada, matsuri.get_absolute_url(), "en")
    sentence = page.first("li", data_code="time-clash").first("p")
    marked = [(bdi.attributes, bdi.text) for bdi in sentence.all("bdi")]
    assert marked == [({"lang": "ja"}, "part-ja <1>")]


@pytest.mark.parametrize(
    ("title", "is_long"),
    [
        ("a" * 24, False),
        ("a" * 25, True),
        ("祭" * 9, False),
        ("祭" * 10, True),
        ("Jam 祭り", False),
    ],
)
def test_long_title_is_smaller(client: Client, title: str, is_long: bool) -> None:  # noqa: FBT001 - a parameter of the test
    page = client.get(make_event(title=title).get_absolute_url()).content.decode()
    heading = TreeBuilder(page).root.first("h1")
    assert heading.attributes == ({"class": "long"} if is_long else {})


@pytest.mark.parametrize("language", ["en", "ja"])
def test_texts_are_text_in_every_language(client: Client, language: str) -> None:
    """In HTML, in attributes of the head, and in the JSON of a script."""
    typed = '"><script>alert(1)</script>'
    event = make_event(
        title=typed,
        summary=typed,
        translations={"ja": {"title": typed, "summary": typed}},
        descriptions={"ja": typed},
    )
    make_workshop(event, title=typed, translations={"ja": {"title": typed}})
    client.cookies["language"] = language
    for address in (event.get_absolute_url(), "/", "/calendar/month/"):
        page = client.get(address).content.decode()
        assert ("<script>alert" in page, "alert(1)" in page) == (False, True)
