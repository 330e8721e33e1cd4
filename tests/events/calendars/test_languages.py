"""In which language an entry is, and that a changed text makes it newer."""

from datetime import timedelta

import pytest
import time_machine

from events import calendars
from events.models import Event
from tests.factories import make_attendee, make_event, make_workshop
from tests.lines import register

from .reading import Program, read, read_one
from .test_revisions import edit, own_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def matsuri() -> Event:
    return make_event(
        title="祭り",
        summary="夏",
        written_in="ja",
        translations={"en": {"title": "Festival", "summary": "Summer"}},
    )


def test_own_entries_are_in_the_person_s_language(matsuri: Event) -> None:
    part = make_workshop(matsuri, title="太鼓", translations={"en": {"title": "Drums"}})
    found = []
    for language in ("en", "ja"):
        ada = make_attendee(language=language)
        register(ada, matsuri)
        (entry,) = read(calendars.feed(ada))
        workshop = read_one(calendars.event_file(part, register(ada, part)))
        found.append((entry.summary, entry.lines[1], workshop.summary, workshop.lines[1]))
    assert found == [
        ("Festival", "Summer", "Drums", "Workshop at Festival"),
        ("祭り", "夏", "太鼓", "祭りのワークショップ"),
    ]


def test_public_entries_have_the_main_texts(matsuri: Event) -> None:
    part = make_workshop(matsuri, title="太鼓", translations={"en": {"title": "Drums"}})
    entry, workshop = (read_one(calendars.event_file(b)) for b in (matsuri, part))
    assert (entry.summary, entry.lines[0]) == ("祭り", "夏")
    assert (workshop.summary, workshop.lines[0]) == ("太鼓", "Workshop at 祭り")
    assert read_one(calendars.listing([matsuri], "all")).summary == "祭り"


def test_changed_text_in_a_further_language_is_a_newer_entry(
    matsuri: Event, clock: time_machine.Traveller
) -> None:
    """Like a new title it leaves SEQUENCE as it is, and the later DTSTAMP decides."""
    ada = make_attendee(language="en")
    register(ada, matsuri)
    program = Program()
    program.take(own_file(ada))
    (before,) = program.entries.values()
    clock.shift(timedelta(hours=1))
    edit(matsuri, translations={"en": {"title": "Summer festival"}})
    program.take(own_file(ada))
    (after,) = program.entries.values()
    assert (after.summary, after.sequence) == ("Summer festival", before.sequence)
    assert after.stamp - before.stamp == timedelta(hours=1)
