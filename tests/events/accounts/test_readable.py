"""The file of one's own data to read: everything of the JSON, in words, and nothing that runs."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from events.accounts.readable_words import CODES, FIELDS, PARTS
from events.formatting.contact import site_contact
from events.models import Attendee, Event
from tests.events.accounts.exported import FILE, SECRET, ada, download, write_history
from tests.factories import (
    make_announcement,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
)
from tests.markup import Element, TreeBuilder

__all__ = ["ada"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read(client: Client, **more: Any) -> str:
    response = client.post(FILE, SECRET | {"form": "html"}, **more)
    assert response["Content-Type"] == "text/html; charset=utf-8"
    expected = 'attachment; filename="account-2030-06-01.html"'
    assert response["Content-Disposition"] == expected
    return b"".join(response.streaming_content).decode()


def main(text: str) -> Element:
    return TreeBuilder(text).root.first("main")


def leaves(value: object, *path: str) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield what stands at the ends of the file, with the names that lead there."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, *path, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, *path)
    else:
        yield path, value


def shown(path: tuple[str, ...], value: object) -> str:
    """Return a value as the page has it, if it is there as it is."""
    codes = CODES.get((path[-2], path[-1]), {}) if len(path) > 1 else {}
    return str(codes.get(value, value)) if isinstance(value, str) else str(value)


def test_page_has_every_word_and_number_of_the_json(client: Client, ada: Attendee) -> None:
    write_history(ada, "ada")
    Attendee.objects.update(language="en")
    client.force_login(ada.user)
    told, page = download(client), read(client)
    text = " ".join(TreeBuilder(page).root.first("body").text.split())
    parts = {name: value for name, value in told.items() if name in PARTS}
    plain = [
        (path, value)
        for path, value in leaves(parts)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != ""
        if path[-1] not in {"amount", "currency", "skipped_for", "address"}
        if not INSTANT.fullmatch(str(value))
    ]
    missing = [(path, value) for path, value in plain if shown(path, value) not in text]

    assert (len(plain) > 50, missing) == (True, [])
    assert "Fri 31 May 2030, 21:00 (Asia/Tokyo)" in text
    assert ("€5.00" in text, "no free place and blocked by the organizers" in text) == (True, True)
    links = {link.attributes["href"] for link in TreeBuilder(page).root.all("a")}
    addresses = {v for path, v in leaves(parts) if path[-1] == "address" and isinstance(v, str)}
    assert addresses - links == set()


def test_every_part_and_field_of_the_json_has_words(client: Client, ada: Attendee) -> None:
    write_history(ada, "ada")
    by = make_organizer(username="mika")
    by.organized_events.add(make_event())
    by.export_columns.create(kind="payments", columns=["name"])
    make_announcement(make_event(organizers=[by]), author=by)
    names: set[str] = set()
    for user in (ada.user, by):
        client.force_login(user)
        told = download(client)
        assert told.keys() - PARTS.keys() == {"format", "version", "site", "made_at"}
        names |= {name for path, _value in leaves(told) for name in path}

    assert names - FIELDS.keys() - PARTS.keys() - {"format", "site", "made_at", "en"} == set()


def test_every_part_says_how_it_is_corrected(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    notes = [note.text for note in main(read(client)).all("p", **{"class": "note"})]

    assert len(notes) == len(PARTS)
    assert [note for note in notes if "%" in note] == []
    assert sum(str(site_contact()) in note for note in notes) >= 5


def test_page_is_of_the_person_alone(client: Client, ada: Attendee) -> None:
    write_history(ada, "ada")
    write_history(make_attendee(display_name="Stranger"), "strange")
    client.force_login(ada.user)
    page = read(client)
    ada.user.refresh_from_db()
    hidden = [
        *("token-of-ada", ada.user.password, "key-ada", "ref-ada", "intent-ada", "note of ada"),
        *("reason ada", "organizer-ada", "/secret-ada/", "strange", "Stranger"),
    ]

    assert [word for word in hidden if word in page] == []


def test_nothing_that_somebody_typed_runs_and_nothing_is_fetched(client: Client) -> None:
    evil = '<script>alert("1")</script>'
    person = make_attendee(display_name=evil, pending_email="<b>@example.org", neos_id="U-evil")
    person.user.set_password("secret")
    person.user.save()
    write_history(person, "evil")
    Event.objects.update(title=evil)
    client.force_login(person.user)
    page = read(client)
    root = TreeBuilder(page).root

    assert [element.tag for element in root.all("script", "img", "link", "iframe", "i", "b")] == []
    assert page.count("&lt;script&gt;") >= 3
    assert re.findall(r"url\(|@import", page) == []


def test_page_is_in_the_language_of_the_reader(client: Client, ada: Attendee) -> None:
    client.force_login(ada.user)
    page = read(client, headers={"accept-language": "ja"})
    root = TreeBuilder(page).root

    assert root.first("html").attributes["lang"] == "ja"
    assert [h.text for h in root.all("h2")][:1] == ["アカウント"]


def test_stranger_and_wrong_password_get_no_page(client: Client, ada: Attendee) -> None:
    assert client.post(FILE, {"form": "html"}).status_code == 302
    client.force_login(ada.user)
    refused = client.post(FILE, {"form": "html", "current_password": "wrong"})

    assert (refused.status_code, "Content-Disposition" in refused) == (200, False)


def test_file_is_json_unless_the_page_is_asked_for(client: Client, ada: Attendee) -> None:
    client.force_login(ada.user)

    assert json.dumps(download(client, form="json")) == json.dumps(download(client))
