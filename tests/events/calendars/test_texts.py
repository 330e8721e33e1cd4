"""Any text comes out of two parsers as it went in, in lines that every calendar can read."""

from datetime import timedelta

import icalendar
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from events import calendars
from events.calendars.entries import public
from events.calendars.frame import Text, file
from events.formatting import text
from events.models import Event
from tests.factories import NOON

from .reading import by_ical, by_vobject

#: What a text is escaped and folded at, beside any letter at all.
PIECES = (
    "\\",
    "\\n",
    "\\N",
    ",",
    ";",
    ":",
    '"',
    "\n",
    "\r",
    "\r\n",
    " ",
    "雨",
    "🏳️‍🌈",
    "é",
    "a" * 70,
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=10), max_size=15).map("".join)
#: The first letter waits for the tables of Unicode, which a busy machine takes seconds to read.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
LIMIT = 75  # octets of a line


def event_called(title: str, summary: str = "") -> Event:
    """An event that is in no database."""
    return Event(
        pk=7, slug="x", title=title, summary=summary, status="published", changed_at=NOON,
        starts_at=NOON, ends_at=NOON + timedelta(hours=1),
    )  # fmt: skip


@UNHURRIED
@given(TEXTS, TEXTS)
@example("日本語 🎉, a; b\\New \\n C:\\N", "x" * 300)
@example("Jam\r\nATTENDEE:mailto:a@b.org", "\r\nEND:VEVENT\r\nBEGIN:VEVENT")
def test_any_title_and_summary_come_back_from_both_parsers(title: str, summary: str) -> None:
    content = file([public(event_called(title, summary))])
    for parsed in (by_ical, by_vobject):
        (entry,) = parsed(content.decode())
        assert entry.summary == text.clean_line(title)
        about = text.clean_line(summary)
        assert entry.lines[:-1] == ([about] if about else [])


@UNHURRIED
@given(TEXTS, TEXTS)
def test_any_text_stands_in_lines_of_seventy_five_octets(title: str, summary: str) -> None:
    content = file([public(event_called(title, summary))])
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert max(len(line) for line in lines) <= LIMIT
    assert [line for line in lines if b"\r" in line or b"\n" in line] == []
    for line in lines:
        line.decode()  # no letter is cut in two


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x85"])
def test_line_break_in_a_title_adds_no_property(break_: str) -> None:
    title = f"Jam{break_}ATTENDEE:mailto:a@b.org{break_}BEGIN:VALARM"
    lines = calendars.event_file(event_called(title)).split(b"\r\n")
    names = [line.partition(b":")[0] for line in lines]
    assert names.count(b"BEGIN") == 2
    assert [name for name in names if name == b"ATTENDEE"] == []


def test_escaping_of_the_library_alone_would_break_a_path() -> None:
    """The control for `Text`: a capital N behind a backslash is no line break."""
    assert icalendar.vText("C:\\New").to_ical() == b"C:\\new"
    assert Text("C:\\New").to_ical() == b"C:\\\\New"
