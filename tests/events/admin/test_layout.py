"""A free event needs eight fields; the other parts of the form are folded until they count."""

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.models import Event, FormerAddress, Workshop
from tests.factories import make_event, make_workshop

from .pages import ADD, EVENTS, errors, fields, page_of, press_save, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EIGHT = {
    "title": "Lantern walk",
    "summary": "Bring a light.",
    "description": "## Where\n\nAt the *harbour*.",
    "kind": "meetup",
    "starts_at_0": "2030-06-20",
    "starts_at_1": "19:00",
    "length": "1:30",
    "time_zone": "Europe/Berlin",
    "capacity": "20",
}


def folded(response: HttpResponse) -> list[str]:
    """Return the titles of the parts of the event that are folded, without those of workshops."""
    headings = (heading for box in read(response).all("details") for heading in box.all("h2"))
    return [heading.text for heading in headings]


def fields_in_sight(response: HttpResponse) -> set[str]:
    """Return the names of the rows that are not folded, without those of workshops and perks."""
    parts = [
        part
        for part in read(response).all("fieldset")
        if not any(part.all("details")) and "aligned" in part.attributes.get("class", "")
    ]
    boxes = [box for part in parts for box in part.all("input", "select", "textarea")]
    names = {box.attributes["name"] for box in boxes if box.attributes.get("type") != "hidden"}
    return {name.removesuffix("_0").removesuffix("_1") for name in names if "-" not in name}


def test_free_event_needs_eight_fields(browser: Client) -> None:
    shown = browser.get(ADD)
    assert fields_in_sight(shown) == {name.removesuffix("_0").removesuffix("_1") for name in EIGHT}
    assert len(fields_in_sight(shown)) == 8
    assert errors(save(browser, ADD, **EIGHT)) == []
    event = Event.objects.get()
    assert (event.slug, event.capacity, event.status) == ("lantern-walk", 20, "draft")


def test_button_saves_and_publishes_at_once(browser: Client) -> None:
    sent = fields(browser.get(ADD)) | EIGHT | {"_publish": "Save and publish"}
    response = browser.post(ADD, sent)
    event = Event.objects.get()
    assert (event.status, response.headers["Location"]) == (
        "published",
        f"{EVENTS}{event.pk}/desk/",
    )


def test_mistake_leaves_a_draft_that_was_to_be_published(browser: Client, mika: User) -> None:
    """Saving it later by the plain button must not publish it."""
    draft = make_event(organizers=[mika], status="draft")
    for address in (ADD, page_of(draft)):
        sent = fields(browser.get(address)) | EIGHT | {"title": "", "_publish": "Save and publish"}
        page = browser.post(address, sent)
        assert (page.status_code, fields(page)["status"]) == (200, ["draft"])


def test_only_a_draft_has_the_button_that_publishes(browser: Client, jam: Event) -> None:
    assert b"_publish" not in browser.get(page_of(jam)).content
    Event.objects.update(status="draft")
    assert b"_publish" in browser.get(page_of(jam)).content


def test_part_in_which_something_is_chosen_is_open(browser: Client, mika: User) -> None:
    event = make_event(organizers=[mika], price=500, neos_required=True, contact="a@b.example")
    titles = folded(browser.get(page_of(event)))
    assert "Lottery" in titles
    assert not {"Who may come, and for how much", "Hosts, languages and contact"} & {*titles}


def test_part_in_which_something_was_typed_is_open_when_the_form_comes_back(
    browser: Client,
) -> None:
    typed = {"title_ja": "散歩", "session_url": "neos-session:///S-1", "title": ""}
    response = press_save(browser, ADD, **EIGHT | typed)
    titles = folded(response)
    assert "Lottery" in titles
    assert not {"Texts in 日本語", "Session in the world"} & {*titles}
    assert fields(response)["title_ja"] == ["散歩"]


def test_errors_are_named_above_the_form_with_links_to_them(browser: Client, jam: Event) -> None:
    wrong = {"title": "", "workshops-0-capacity": "-1"}
    response = press_save(browser, page_of(jam), **wrong)
    links = read(response).first("ul", class_="wrong").all("a")
    assert [(link.text, link.attributes["href"]) for link in links] == [
        ("Title", "#id_title_error"),
        ("Mixing – Capacity", "#id_workshops-0-capacity_error"),
    ]
    ids = {ul.attributes.get("id") for ul in read(response).all("ul")}
    assert {"id_title_error", "id_workshops-0-capacity_error"} <= ids


def test_enter_saves_and_shows_no_preview(browser: Client, jam: Event) -> None:
    form = next(
        f for f in read(browser.get(page_of(jam))).all("form") if "event_form" in str(f.attributes)
    )
    first = next(
        box for box in form.all("input", "button") if box.attributes.get("type") == "submit"
    )
    assert first.attributes["name"] == "_save"


# --- Addresses ---------------------------------------------------------------------------------


def test_address_is_made_from_the_title_if_none_is_typed(browser: Client) -> None:
    assert errors(save(browser, ADD, **EIGHT | {"title": "Привет мир", "slug": ""})) == []
    assert Event.objects.get().slug == "privet-mir"


def test_made_address_avoids_those_that_events_have_or_had(browser: Client, ball: Event) -> None:
    make_event(slug="lantern-walk")
    FormerAddress.objects.create(slug="lantern-walk-2", event=ball)
    assert errors(save(browser, ADD, **EIGHT)) == []
    assert Event.objects.filter(slug="lantern-walk-3").count() == 1


def test_typed_address_that_is_taken_is_an_error(browser: Client, ball: Event) -> None:
    assert errors(press_save(browser, ADD, **EIGHT, slug=ball.slug)) == [
        "Event with this Web address already exists."
    ]


def test_cleared_address_is_made_anew_and_the_old_one_leads_there(
    browser: Client, jam: Event
) -> None:
    save(browser, page_of(jam), title="Big jam", slug="")
    jam.refresh_from_db()
    assert jam.slug == "big-jam"
    assert browser.get("/events/jam/").headers["Location"] == "/events/big-jam/"


def test_workshops_get_addresses_of_their_own(browser: Client, jam: Event) -> None:
    make_workshop(jam, title="Veil", slug="veil")
    renamed = {f"workshops-{n}-title": "Dance" for n in range(2)}
    cleared = {f"workshops-{n}-slug": "" for n in range(2)}
    assert errors(save(browser, page_of(jam), **renamed, **cleared)) == []
    assert {*Workshop.objects.values_list("slug", flat=True)} == {"dance", "dance-2"}


def test_texts_in_further_languages_are_folded_until_something_is_typed(
    browser: Client, jam: Event
) -> None:
    Event.objects.update(translations={"ja": {"title": "散歩"}})
    assert "Texts in 日本語" in folded(browser.get(page_of(jam)))
    assert "Texts in 日本語" not in folded(press_save(browser, page_of(jam), title=""))
