"""Which text of an event is shown in which language, and what the row of old code has."""

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from events.models import Event, Workshop
from tests.factories import make_event, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NAMES = ("title", "summary", "description")


def make_jam() -> Event:
    """In English, with a Japanese title and description, but no summary."""
    return make_event(
        title="Jam",
        summary="One hour",
        description="Long",
        translations={"ja": {"title": "ジャム"}},
        descriptions={"ja": "長い"},
    )


def shown(event: Event, language: str) -> list[tuple[str, str]]:
    with translation.override(language):
        texts = (getattr(event, f"shown_{name}") for name in NAMES)
        return [(str(text), text.lang) for text in texts]


def test_each_text_falls_back_by_itself() -> None:
    jam = make_jam()
    assert shown(jam, "ja") == [("ジャム", ""), ("One hour", "en"), ("長い", "")]
    assert shown(jam, "en") == [("Jam", ""), ("One hour", ""), ("Long", "")]


def test_event_in_japanese_is_marked_where_it_has_no_english_text() -> None:
    matsuri = make_event(
        title="祭り", summary="夏", written_in="ja", translations={"en": {"title": "Festival"}}
    )
    assert shown(matsuri, "ja") == [("祭り", ""), ("夏", ""), ("", "")]
    assert shown(matsuri, "en") == [("Festival", ""), ("夏", "ja"), ("", "ja")]


def test_text_in_the_main_language_is_the_main_one() -> None:
    """A form refuses it; what is in a row all the same hides nothing."""
    jam = make_event(title="Jam", translations={"en": {"title": "Other"}})
    assert jam.shown_title == "Jam"


@pytest.mark.parametrize(
    ("language", "lang"), [("en", ""), ("en-gb", ""), ("eng", "en"), ("de", "en")]
)
def test_english_needs_no_mark_in_any_english(language: str, lang: str) -> None:
    assert shown(make_event(title="Jam"), language)[0] == ("Jam", lang)


def test_without_a_language_around_that_of_the_site_counts() -> None:
    with translation.override(None):
        assert shown_title_of(make_jam()) == ("Jam", "")


def shown_title_of(event: Event) -> tuple[str, str]:
    return str(event.shown_title), event.shown_title.lang


def test_workshop_is_in_the_language_of_its_event() -> None:
    matsuri = make_event(written_in="ja")
    workshop = make_workshop(matsuri, title="太鼓", translations={"en": {"title": "Drums"}})
    with translation.override("en"):
        found = [(workshop.shown_title, ""), (workshop.shown_summary, "ja")]
        assert [(str(text), text.lang) for text, _ in found] == [("Drums", ""), ("", "ja")]
    with translation.override("ja"):
        assert (workshop.shown_title, workshop.shown_title.lang) == ("太鼓", "")


def test_row_of_code_that_knows_no_languages_has_the_defaults() -> None:
    """An older process goes on writing rows for as long as a deployment takes."""
    event = make_event()
    make_workshop(event)
    new = {"translations", "descriptions", "written_in"}
    for model in (Workshop, Event):
        names = [f.column for f in model._meta.concrete_fields if f.column not in {"id", *new}]
        copied = ["'copy'" if name == "slug" else name for name in names]
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(copied)} FROM {table}"
            )
    copy, workshop = Event.objects.get(slug="copy"), Workshop.objects.get(slug="copy")
    assert (copy.translations, copy.descriptions, copy.written_in) == ({}, {}, "en")
    assert workshop.translations == {}


@pytest.mark.parametrize(
    "odd", ["x", [], {"ja": None}, {"ja": "title"}, {"ja": {"title": 5}}, {"ja": {"title": ""}}]
)
def test_odd_translations_are_none_and_stop_no_page(client: Client, odd: object) -> None:
    event = make_event(title="Jam", slug="jam", translations=odd)
    with translation.override("ja"):
        assert (event.shown_title, event.shown_title.lang) == ("Jam", "en")
    japanese = {"Accept-Language": "ja"}
    pages = [client.get(path, headers=japanese) for path in ("/", "/events/jam/")]
    assert [page.status_code for page in pages] == [200, 200]
