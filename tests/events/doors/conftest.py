"""An event that goes on, a person with a place, and the keys of a world."""

import pytest

from events.models import Event, Registration
from tests.events.doors.stage import make_key, make_open_event
from tests.factories import make_attendee
from tests.lines import register


@pytest.fixture
def event() -> Event:
    return make_open_event()


@pytest.fixture
def ada(event: Event) -> Registration:
    return register(make_attendee(neos_id="U-ada"), event)


@pytest.fixture
def key(event: Event) -> str:
    return make_key(event)


@pytest.fixture
def writer(event: Event) -> str:
    return make_key(event, may_check_in=True)
