"""Texts in further languages in the form of an event: they are cleaned, kept, and compared."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Workshop
from tests.factories import make_event, make_perk, make_workshop

from .conftest import SignedIn
from .pages import ADD, errors, fields, page_of, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

IN_USE = (
    "The main texts are in this language. Write it there and leave this empty, or choose another "
    "language for the main texts."
)


@pytest.fixture
def jam(mika: User) -> Event:
    event = make_event(title="Jam", slug="jam", organizers=[mika])
    make_workshop(event, title="Mixing", slug="mixing")
    return event


@pytest.fixture
def matsuri(mika: User) -> Event:
    """An event whose main texts are Japanese."""
    return make_event(title="祭り", slug="matsuri", organizers=[mika], written_in="ja")


def stored(event: Event) -> tuple[Any, Any, Any]:
    event.refresh_from_db()
    workshops = event.workshops.values_list("translations", flat=True)
    return event.translations, event.descriptions, list(workshops)


def test_texts_are_stored_for_an_event_and_its_workshops(browser: Client, jam: Event) -> None:
    typed = {"title_ja": "ジャム", "description_ja": "**一緒に**", "workshops-0-summary_ja": "音"}
    assert save(browser, page_of(jam), **typed).status_code == 302
    assert stored(jam) == (
        {"ja": {"title": "ジャム"}},
        {"ja": "**一緒に**"},
        [{"ja": {"summary": "音"}}],
    )


def test_texts_stay_when_something_else_is_saved_and_go_when_emptied(
    browser: Client, jam: Event
) -> None:
    save(browser, page_of(jam), title_ja="ジャム", summary_ja="一時間", description_ja="説明")
    save(browser, page_of(jam), title="Jam 2")
    assert stored(jam)[:2] == ({"ja": {"title": "ジャム", "summary": "一時間"}}, {"ja": "説明"})
    save(browser, page_of(jam), title_ja=" ", summary_ja="", description_ja="")
    assert stored(jam) == ({}, {}, [{}])


def test_texts_in_a_language_that_the_site_has_no_more_stay(browser: Client, jam: Event) -> None:
    Event.objects.filter(pk=jam.pk).update(translations={"fr": {"title": "Confiture"}})
    save(browser, page_of(jam), title_ja="ジャム")
    assert stored(jam)[0] == {"fr": {"title": "Confiture"}, "ja": {"title": "ジャム"}}


def test_form_offers_the_languages_besides_the_main_one(
    browser: Client, jam: Event, matsuri: Event
) -> None:
    assert [parts(browser, event) for event in (jam, matsuri)] == [["日本語"], ["English"]]


def parts(browser: Client, event: Event) -> list[str]:
    headings = read(browser.get(page_of(event))).all("h2")
    texts = (heading.text for heading in headings)
    return [text.removeprefix("Texts in ") for text in texts if text.startswith("Texts in ")]


def test_fields_have_their_language_and_are_folded(browser: Client, jam: Event) -> None:
    page = read(browser.get(page_of(jam)))
    names = [field.attributes["name"] for field in page.all("input", "textarea", lang="ja")]
    folded = [
        field.attributes["name"]
        for details in page.all("details")
        for field in details.all("input", "textarea", lang="ja")
    ]
    own = ["title_ja", "summary_ja", "description_ja"]
    # The last is the row that a script copies for one more workshop.
    workshops = [f"workshops-{n}-{name}" for n in ("0", "__prefix__") for name in own[:2]]
    questions = [f"questions-__prefix__-{name}_ja" for name in ("text", "help", "choices")]
    assert (names, folded) == (own + workshops + questions, names)


def test_event_in_japanese_takes_english_texts(browser: Client, matsuri: Event) -> None:
    save(browser, page_of(matsuri), title_en="Summer festival")
    assert stored(matsuri)[0] == {"en": {"title": "Summer festival"}}


def test_new_event_takes_texts_at_once(browser: Client) -> None:
    new = {
        "title": "Jam",
        "slug": "jam",
        "title_ja": "ジャム",
        "starts_at_0": "2030-06-08",
        "starts_at_1": "12:00",
        "ends_at_0": "2030-06-08",
        "ends_at_1": "14:00",
    }
    assert save(browser, ADD, **new).status_code == 302
    assert stored(Event.objects.get()) == ({"ja": {"title": "ジャム"}}, {}, [])


@pytest.mark.parametrize("sign", ["\x07", "\u202e", "\u200b", "\r\n"])
def test_texts_are_cleaned_like_the_main_ones(browser: Client, jam: Event, sign: str) -> None:
    typed = f" 祭{sign}り "
    save(browser, page_of(jam), title=typed, title_ja=typed)
    jam.refresh_from_db()
    assert jam.translations == {"ja": {"title": jam.title}}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title_ja", "ジ\0ャム", "Null characters are not allowed."),
        ("title_ja", "あ" * 121, "Ensure this value has at most 120 characters (it has 121)."),
        ("summary_ja", "あ" * 301, "Ensure this value has at most 300 characters (it has 301)."),
        (
            "description_ja",
            "あ" * 20_001,
            "Ensure this value has at most 20000 characters (it has 20001).",
        ),
        (
            "description_ja",
            "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + "|\n" * 9_000,
            "This becomes too long a page. Make its tables smaller.",
        ),
        (
            "workshops-0-title_ja",
            "あ" * 121,
            "Ensure this value has at most 120 characters (it has 121).",
        ),
    ],
)
def test_text_that_cannot_be_stored_is_refused_and_stays(
    browser: Client, jam: Event, field: str, typed: str, sentence: str
) -> None:
    page = save(browser, page_of(jam), **{field: typed})
    assert sentence in errors(page)
    assert fields(page)[field][0].strip("\n") == typed.strip("\n")
    assert stored(jam) == ({}, {}, [{}])


def test_nothing_typed_is_lost_when_another_field_is_wrong(browser: Client, jam: Event) -> None:
    typed = {"title_ja": "ジャム", "description_ja": "説明", "workshops-0-title_ja": "音"}
    page = save(browser, page_of(jam), title="", **typed)
    assert errors(page).count("This field is required.") == 1
    assert {name: fields(page)[name] for name in typed} == {n: [t] for n, t in typed.items()}


def test_texts_in_the_main_language_are_refused_and_stay(browser: Client, jam: Event) -> None:
    """Somebody chooses Japanese for the main texts, but the Japanese ones are still below."""
    typed = {"title_ja": "ジャム", "workshops-0-title_ja": "音"}
    page = save(browser, page_of(jam), written_in="ja", **typed)
    assert errors(page).count(IN_USE) == 2
    assert {name: fields(page)[name] for name in typed} == {n: [t] for n, t in typed.items()}
    moved = {"title": "ジャム", "title_ja": "", "workshops-0-title_ja": ""}
    browser.post(page_of(jam), fields(page) | moved)
    jam.refresh_from_db()
    assert (jam.written_in, jam.title, stored(jam)) == ("ja", "ジャム", ({}, {}, [{}]))
    assert parts(browser, jam) == ["English"]


def test_new_event_keeps_texts_of_the_main_language_on_the_page(browser: Client) -> None:
    page = save(browser, ADD, title="ジャム", written_in="ja", title_ja="ジャム")
    assert IN_USE in errors(page)
    shown = fields(page)
    assert (shown["title_ja"], shown["title_en"]) == (["ジャム"], [""])


def test_history_says_which_text_changed(browser: Client, jam: Event) -> None:
    typed = {"title_ja": "ジャム", "workshops-0-summary_ja": "音"}
    save(browser, page_of(jam), **typed)
    said = LogEntry.objects.get().get_change_message()
    assert said == "Changed Title (日本語). Changed Summary (日本語) for workshop “Mixing”."


@pytest.mark.parametrize("field", ["title_ja", "description_ja", "workshops-0-title_ja"])
def test_form_that_is_older_than_a_text_is_refused(browser: Client, jam: Event, field: str) -> None:
    old = fields(browser.get(page_of(jam)))
    save(browser, page_of(jam), **{field: "先に"})
    before = stored(jam)
    page = browser.post(page_of(jam), old | {field: "後で"})
    label = {"t": "Title", "d": "Description"}[field.removeprefix("workshops-0-")[0]]
    said = f"Somebody changed this field while you had the page open: {label} (日本語) (now: 先に )"
    assert [error[: len(said)] for error in errors(page)] == [said]
    assert (fields(page)[field], stored(jam)) == (["後で"], before)


def test_form_with_all_rows_is_small_enough_to_be_sent(browser: Client, jam: Event) -> None:
    """With 40 workshops and 40 perks, all boxes ticked. The limit of Django itself is too low."""
    make_perk(jam)
    page = read(browser.get(page_of(jam))).all("input", "select", "textarea")
    names = [field.attributes.get("name", "") for field in page]
    rows = [name for name in names if "-0-" in name]
    others = {name for name in names if "-0-" not in name and "__prefix__" not in name}
    sent = 40 * len(rows) + len(others)
    assert (sent > 1_000, sent < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS) == (True, True)


def test_stranger_sets_no_text(browser: Client, ball: Event, signed_in: SignedIn) -> None:
    """Neither another organizer nor a visitor: nothing of it can be written elsewhere."""
    sent = {"title_ja": "仮面", "description_ja": "仮面", "workshops-0-title_ja": "仮面"}
    visitor = Client()
    addresses = [page_of(ball), ball.get_absolute_url()]
    codes = [who.post(a, sent).status_code for who in (browser, visitor) for a in addresses]
    assert codes == [302, 405, 302, 405]
    assert stored(ball) == ({}, {}, [{}])
    assert Workshop.objects.exclude(translations={}).count() == 0


def test_language_that_left_the_site_stays_when_something_else_is_saved(
    browser: Client, mika: User
) -> None:
    event = make_event(title="Confiture", organizers=[mika], written_in="fr")
    save(browser, page_of(event), summary="Framboises")
    event.refresh_from_db()
    assert (event.summary, event.written_in) == ("Framboises", "fr")
