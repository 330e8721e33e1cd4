"""Whether a person's name is shown on the event's page."""

import pytest

from events import places
from events.access import facts
from tests.factories import make_attendee, make_event

pytestmark = pytest.mark.django_db


def test_name_is_shown_only_while_its_person_wants_it() -> None:
    event = make_event()
    shown, other = make_attendee(), make_attendee()
    taken, _ = (places.register(user=one.user, bookable=event) for one in (shown, other))
    assert facts.shown_people(event) == []

    places.show(registration=taken, is_shown=True)
    assert facts.shown_people(event) == [shown]

    places.show(registration=taken, is_shown=False)
    assert facts.shown_people(event) == []
