"""A text in Markdown is shown as a page before it is saved, without a script."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Host
from tests.factories import make_user

from .conftest import SignedIn
from .pages import ADD, page_of, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PREVIEW = "/admin/preview/"
TEXT = "## Where\n\nAt the *harbour*. <script>alert(1)</script>"


def prose(browser: Client, **posted: str) -> str:
    page = browser.post(f"{PREVIEW}?text=description", posted)
    return read(page).first("section", class_="prose").raw


def test_preview_shows_the_text_as_a_page(browser: Client) -> None:
    page = browser.post(f"{PREVIEW}?text=description", {"description": TEXT})
    section = read(page).first("section", class_="prose")
    assert [part.text for part in section.all("h2", "em")] == ["Where", "harbour"]
    assert list(section.all("script")) == []


def test_preview_saves_nothing(browser: Client, jam: Event) -> None:
    browser.post(f"{PREVIEW}?text=description", {"description": TEXT, "title": "Another"})
    jam.refresh_from_db()
    assert (jam.title, jam.description) == ("Jam", "")


@pytest.mark.parametrize("text", ["", " \r\n"])
def test_preview_of_nothing_says_so(browser: Client, text: str) -> None:
    page = browser.post(f"{PREVIEW}?text=description", {"description": text})
    assert "There is no text yet." in page.content.decode()


def test_preview_takes_a_nul_out(browser: Client) -> None:
    assert "ab" in prose(browser, description="a\0b")


def test_preview_of_a_field_that_was_not_sent_is_not_there(browser: Client) -> None:
    assert browser.post(PREVIEW, {"description": TEXT}).status_code == 404
    assert browser.get(f"{PREVIEW}?text=description").status_code == 405


def test_preview_is_for_staff(signed_in: SignedIn, client: Client) -> None:
    stranger = signed_in(make_user())
    for other in (stranger, client):
        answer = other.post(f"{PREVIEW}?text=description", {"description": TEXT})
        assert answer.headers["Location"].startswith("/admin/login/")


def test_each_text_has_its_button(browser: Client, mika: User) -> None:
    host = Host.objects.create(name="Makers", slug="makers")
    host.members.add(mika)
    buttons = [button.attributes for button in read(browser.get(ADD)).all("button")]
    found = [each["formaction"] for each in buttons if "formaction" in each]
    assert found == [f"{PREVIEW}?text=description", f"{PREVIEW}?text=description_ja"]
    page = read(browser.get(f"/admin/events/host/{host.pk}/change/"))
    assert [b.attributes["formaction"] for b in page.all("button") if b.text == "Preview"] == [
        f"{PREVIEW}?text=about"
    ]


def test_text_says_what_is_allowed(browser: Client, jam: Event) -> None:
    page = read(browser.get(page_of(jam)))
    helps = [
        box.text for box in page.all("div") if box.attributes.get("id") == "id_description_helptext"
    ]
    assert [text.startswith("You can use Markdown: **bold**") for text in helps] == [True]
