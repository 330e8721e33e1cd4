"""Texts that organizers can start from."""

import pytest
from django.conf import settings

from events import places
from events.desk.ready_texts import READY_TEXTS, ReadyText, audience_for
from events.messages.placeholders import unknown_in
from tests.factories import make_attendee, make_event
from tests.lines import register

each = pytest.mark.parametrize("ready", READY_TEXTS.values(), ids=READY_TEXTS)


@each
def test_ready_text_is_there_in_every_language_and_can_be_sent(ready: ReadyText) -> None:
    texts = ready.texts()
    assert set(texts) == {code for code, _name in settings.LANGUAGES}
    assert len({text["body"] for text in texts.values()}) == len(texts)
    typed = [part for text in texts.values() for part in text.values()]
    assert [unknown_in(part) for part in typed] == [[]] * len(typed)


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_thanks_go_to_who_came_or_to_everybody_with_a_place() -> None:
    event = make_event()
    held = register(make_attendee(), event)
    assert audience_for(READY_TEXTS["thanks"], event) == "confirmed"
    places.check_in(registration=held, even_early=True)
    assert audience_for(READY_TEXTS["thanks"], event) == "checked-in"
    assert audience_for(READY_TEXTS["reminder"], event) == "confirmed"
