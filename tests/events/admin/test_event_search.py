"""Nothing that an organizer saves leaves the search with an old text."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events import search
from events.models import Event, Workshop
from tests.factories import make_host, make_workshop

from .pages import ADD, fields, page_of, save

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def stale() -> list[str]:
    """Titles of events whose text is another one than it would be written now."""
    return [e.title for e in Event.objects.all() if e.search_text != search.document(e)]


def test_stale_text_is_seen(jam: Event) -> None:
    Event.objects.filter(pk=jam.pk).update(title="Renamed without a word")
    assert stale() == ["Renamed without a word"]


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("title", "Fête", "fete\nmixing moths\t"),
        ("summary", "Another one", "jam\nmixing moths\tanother one"),
        ("description", "Many\nlines", "jam\nmixing moths\tmany lines"),
        ("workshops-0-title", "Mastering", "jam\nmastering moths\t"),
        ("workshops-0-summary", "How loud", "jam\nmixing moths\thow loud"),
    ],
)
def test_saved_event_is_found_by_what_it_says_now(
    browser: Client, jam: Event, field: str, value: str, text: str
) -> None:
    make_host(jam, name="Moths")
    save(browser, page_of(jam), **{field: value})
    jam.refresh_from_db()
    assert (jam.search_text, stale()) == (text, [])


def test_workshop_that_is_added_or_deleted_is_in_the_text_or_not(
    browser: Client, jam: Event
) -> None:
    first = Workshop.objects.get(event=jam)
    form = fields(browser.get(page_of(jam)))
    added = {name.replace("-0-", "-1-"): v for name, v in form.items() if "workshops-0-" in name}
    added |= {"workshops-1-id": "", "workshops-1-title": "Singing", "workshops-1-slug": "singing"}
    browser.post(page_of(jam), form | added | {"workshops-TOTAL_FORMS": "2"})
    jam.refresh_from_db()
    assert ("singing" in jam.search_text, stale()) == (True, [])
    jam.registrations.all().delete()
    save(browser, page_of(jam), **{"workshops-0-DELETE": "on"})
    jam.refresh_from_db()
    assert Workshop.objects.filter(pk=first.pk).exists() is False
    assert ("mixing" in jam.search_text, stale()) == (False, [])


def test_copy_and_new_event_are_found(browser: Client, jam: Event, mika: User) -> None:
    make_workshop(jam, title="Singing", slug="singing")
    save(browser, page_of(jam), title="Copy", slug="copy", _saveasnew="1")
    assert Event.objects.get(slug="copy").search_text == "copy\nmixing singing\t"
    form = fields(browser.get(ADD))
    times = fields(browser.get(page_of(jam)))
    kept = {name: times[name] for name in times if name.startswith(("starts_at", "ends_at"))}
    browser.post(ADD, form | kept | {"title": "Neu", "slug": "neu"})
    assert Event.objects.get(slug="neu").search_text == "neu\n\t"
    assert stale() == []
