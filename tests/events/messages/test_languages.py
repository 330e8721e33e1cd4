"""A mail has the titles of its reader's language, and its HTML marks those in another one."""

from typing import Any

import pytest

from events.messages import render
from events.messages.outbox import Kind
from events.messages.render import Words
from events.models import Attendee, Event, Notification
from tests.factories import NOON, make_attendee, make_event, make_host, make_user, make_workshop
from tests.lines import register
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ada() -> Attendee:
    return make_attendee(user=make_user(email="ada@example.org"), email_confirmed_at=NOON)


@pytest.fixture
def matsuri() -> Event:
    """In Japanese, with a title and no summary in English."""
    event = make_event(
        title="夏 & 祭り",
        summary="夏の夜",
        written_in="ja",
        translations={"en": {"title": "Summer\nfestival"}},
    )
    make_host(event)
    return event


def mail(
    ada: Attendee, kind: Kind, language: str, *, registration: Any = None, **fields: Any
) -> Words:
    """The words as delivery makes them: for a row that was read with what it is about."""
    Attendee.objects.filter(pk=ada.pk).update(language=language)
    row = Notification.objects.create(
        attendee=ada,
        kind=kind,
        registration=registration,
        subject=f"{kind} {language}",
        created_at=NOON,
        **fields,
    )
    q = Notification.objects.select_related(
        "attendee__user", "registration__event", "registration__workshop", "event"
    )
    return render.words(q.get(pk=row.pk))


def marked(words: Words) -> list[tuple[str, str]]:
    """Return the texts that the HTML marks with a language, besides its own."""
    found = TreeBuilder(words.html).root.first("body").all("bdi")
    return [(bdi.attributes.get("lang", ""), bdi.text) for bdi in found]


def test_subject_and_body_have_the_title_in_the_reader_s_language(
    ada: Attendee, matsuri: Event
) -> None:
    mine = register(ada, matsuri)
    english = mail(ada, Kind.REGISTERED, "en", registration=mine)
    japanese = mail(ada, Kind.REGISTERED, "ja", registration=mine)
    assert english.subject == "You are in: Summer festival"
    assert "“Summer festival”" in english.text
    assert ("夏 & 祭り" in japanese.subject, "夏 & 祭り" in japanese.text) == (True, True)
    assert (marked(english), marked(japanese)) == ([], [])


def test_title_in_another_language_is_marked_in_html_only(ada: Attendee, matsuri: Event) -> None:
    Event.objects.update(translations={})
    matsuri.refresh_from_db()
    words = mail(ada, Kind.REGISTERED, "en", registration=register(ada, matsuri))
    assert words.subject == "You are in: 夏 & 祭り"
    assert "You have a place at “夏 & 祭り”." in words.text
    assert marked(words) == [("ja", "夏 & 祭り")] * 2  # in the heading and in the sentence
    assert "<title>You are in: 夏 &amp; 祭り</title>" in words.html


def test_title_falls_back_apart_from_the_summary(ada: Attendee, matsuri: Event) -> None:
    words = mail(ada, Kind.NEW_EVENT, "en", event=matsuri)
    assert words.subject == "New event: Summer festival"
    assert marked(words) == [("ja", "夏の夜")]


def test_workshop_is_named_with_its_event(ada: Attendee, matsuri: Event) -> None:
    """The event's title is there in English, that of the workshop in Japanese only."""
    register(ada, matsuri)
    place = register(ada, make_workshop(matsuri, title="太鼓"))
    words = mail(ada, Kind.REGISTERED, "en", registration=place)
    assert "The workshop is at “Summer festival”." in words.text
    assert marked(words) == [("ja", "太鼓")] * 2


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_is_looked_up_is_in_the_reader_s_language(
    ada: Attendee, matsuri: Event, language: str
) -> None:
    """Reminders list workshops, a clash names the other one, giving up what falls with it."""
    drums = make_workshop(matsuri, title="太鼓", translations={"en": {"title": "Drums"}})
    mine, part = register(ada, matsuri), register(ada, drums)
    code = str(part.code)
    mails = [
        mail(ada, Kind.REMINDER_DAY, language, registration=mine),
        mail(ada, Kind.TIME_CLASH, language, registration=mine, facts={"other": code}),
        mail(ada, Kind.GIVEN_UP, language, registration=mine, facts={"with": [code]}),
    ]
    there, absent = ("Drums", "太鼓") if language == "en" else ("太鼓", "Drums")
    assert [there in words.text for words in mails] == [True] * 3
    assert [absent in words.text + words.html for words in mails] == [False] * 3
    assert [marked(words) for words in mails] == [[]] * 3


def test_sentences_of_others_are_marked_too(ada: Attendee, matsuri: Event) -> None:
    Event.objects.update(translations={})
    matsuri.refresh_from_db()
    mine = register(ada, matsuri)
    part = register(ada, make_workshop(matsuri, title="太鼓"))
    reminder = mail(ada, Kind.REMINDER_DAY, "en", registration=mine)
    clash = {"code": "time-clash", "held": part.pk, "also_held": []}
    skipped = mail(ada, Kind.PASSED_OVER, "en", registration=mine, facts={"refusals": [clash]})
    title, drums = ("ja", "夏 & 祭り"), ("ja", "太鼓")
    assert marked(reminder) == [title, title, drums]
    assert "“夏 & 祭り” starts in 168 hours." in reminder.text
    assert marked(skipped) == [title, title, drums]
    assert "It is at the same time as “太鼓”, where you have a place." in skipped.text


def test_thanks_name_what_comes_next(ada: Attendee, matsuri: Event) -> None:
    coming = make_event(title="次", written_in="ja", translations={"en": {"title": "Next"}})
    coming.hosts.set(matsuri.hosts.all())
    words = mail(ada, Kind.THANKS, "en", registration=register(ada, matsuri))
    assert "“Next” starts" in words.text
