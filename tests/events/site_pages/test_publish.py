"""Publishing a page makes a version, which nothing changes afterwards."""

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from events.models import PageVersion, SitePage
from events.site_pages import is_published, open_marks, publish, starter, version_at, versions_of
from tests.factories import NOON, write_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock"), pytest.mark.both]


def numbers() -> list[tuple[int, str]]:
    return list(PageVersion.objects.values_list("number", "text"))


def test_publish_keeps_the_words_of_each_version() -> None:
    first = write_page("terms", "One")
    SitePage.objects.update(text="Two")
    page = SitePage.objects.get()
    assert (is_published(page, first), numbers()) == (False, [(1, "One")])
    second = publish(page)

    assert numbers() == [(1, "One"), (2, "Two")]
    assert (second.published_at, second.asks_again) == (NOON, False)
    assert is_published(page, second)


def test_publish_without_a_change_makes_nothing_unless_it_asks_again() -> None:
    first = write_page("terms", "One")

    assert publish(first.page) == first
    assert publish(first.page, asks_again=True).number == 2


def test_digest_is_of_all_words_in_all_languages() -> None:
    one = write_page("terms", "One", translations={"ja": {"text": "一"}})
    words = {"title": "", "text": "One", "translations": {"ja": {"text": "一"}}}

    assert one.digest == hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
    assert write_page("terms", "One", translations={"ja": {"text": "二"}}).digest != one.digest


def test_database_refuses_a_second_version_of_a_number() -> None:
    one = write_page("terms", "One")
    one.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        one.save(force_insert=True)


@pytest.mark.parametrize(
    ("day", "number"),
    [(date(2030, 5, 31), None), (date(2030, 6, 1), 1), (date(2030, 6, 9), 1), (date.max, 2)],
)
def test_version_of_a_day_is_the_last_one_of_that_day(day: date, number: int | None) -> None:
    write_page("terms", "One")
    later = write_page("terms", "Two")
    PageVersion.objects.filter(pk=later.pk).update(published_at=datetime(2030, 6, 10, tzinfo=UTC))
    found = version_at(versions_of("terms"), day)

    assert (found.number if found else None) == number


# --- Texts to begin with -------------------------------------------------------------------------


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
@pytest.mark.parametrize("name", SitePage.Name.values)
def test_starter_is_there_and_cannot_be_taken_as_it_is(name: str, language: str) -> None:
    text = starter(name, language)

    assert len(text) > 100
    assert len(open_marks(SitePage(text=text))) >= 3


def test_starter_of_something_else_is_empty() -> None:
    assert (starter("photos", "en"), starter("terms", "xx")) == ("", "")
    assert starter("../starters/terms", "en") == starter("terms", "en")


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("Write to [name] or [name], [town]", ["[name]", "[town]"]),
        ("[a link](https://example.org) and [one][1]\n\n[1]: https://example.org", []),
        ("- [ ] a box, [x] another", []),
        ("[運営者の名前] です", ["[運営者の名前]"]),
        ("[two\nlines]", []),
    ],
)
def test_open_marks_are_words_in_brackets_that_are_no_links(text: str, marks: list[str]) -> None:
    assert open_marks(SitePage(text=text)) == marks
    assert open_marks(SitePage(text="", translations={"ja": {"text": text}})) == marks


# --- What was written before there were versions -------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_page_of_before_is_published_as_its_first_version() -> None:
    ((_app, newest),) = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    MigrationExecutor(connection).migrate([("events", "0041_figures_and_jobs")])
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_sitepage (name, text, changed_at) VALUES (%s, %s, %s)",
            ["terms", "As it was", NOON],
        )
    MigrationExecutor(connection).migrate([("events", newest)])

    version = PageVersion.objects.get()
    assert (version.number, version.text, version.published_at) == (1, "As it was", NOON)
    assert is_published(SitePage.objects.get(), version)


def test_every_starter_belongs_to_a_known_page() -> None:
    folder = Path(starter.__code__.co_filename).parent / "starters"
    languages = [code for code, _name in settings.LANGUAGES]
    expected = {f"{name}.{code}.md" for name in SitePage.Name.values for code in languages}

    assert {file.name for file in folder.iterdir()} == expected
