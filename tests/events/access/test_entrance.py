"""When the way into the world is shown, and to whom."""

from datetime import timedelta

import pytest

from events.access.entrance import entrance_of, session_address
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_role, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ADDRESS = "neos-session:///S-jam"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def jam() -> Event:
    return make_event(session_url=ADDRESS, session_opens_minutes=15, capacity=1)


def test_entrance_opens_when_the_organizers_say_and_closes_with_the_event(jam: Event) -> None:
    mine = register(make_attendee(), jam)
    opens_at = jam.starts_at - 15 * MINUTE
    instants = [opens_at - MINUTE, opens_at, jam.ends_at - MINUTE, jam.ends_at]
    found = [entrance_of(mine, instant) for instant in instants]
    assert [entrance.address for entrance in found] == ["", ADDRESS, ADDRESS, ""]
    assert [entrance.is_ahead for entrance in found] == [True, False, False, False]
    assert {(entrance.opens_at, entrance.is_known) for entrance in found} == {(opens_at, True)}


def test_entrance_is_not_for_people_without_a_place_at_the_event(jam: Event) -> None:
    mine = register(make_attendee(), jam)
    waiting = register(make_attendee(), jam)
    workshop = register(mine.attendee, make_workshop(jam))
    assert [session_address(r, jam.starts_at) for r in (waiting, workshop, None)] == ["", "", ""]


def test_role_lets_its_person_in_earlier_than_others(jam: Event) -> None:
    speaker, early = make_attendee(), jam.starts_at - 45 * MINUTE
    make_role(jam, speaker, early_minutes=30)
    mine, other = register(speaker, jam), register(make_attendee(), jam)
    found = [entrance_of(one, early) for one in (mine, other)]
    assert [(one.address, one.is_ahead) for one in found] == [(ADDRESS, False), ("", True)]
    assert session_address(mine, early - MINUTE) == ""
    assert found[0].opens_at == early


def test_entrance_of_a_cancelled_event_stays_shut(jam: Event) -> None:
    mine = register(make_attendee(), jam)
    Event.objects.update(status="cancelled")
    there = Registration.objects.select_related("event").get(pk=mine.pk)
    assert session_address(there, jam.starts_at) == ""


def test_entrance_without_an_address_says_that_none_is_known() -> None:
    mine = register(make_attendee(), make_event())
    found = entrance_of(mine, NOON + timedelta(days=7))
    assert (found.address, found.is_known, found.is_ahead) == ("", False, False)
