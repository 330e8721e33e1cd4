"""Lists of a door have everybody who is expected, and nothing private."""

import json
from datetime import timedelta

import pytest

from events.models import Attendee, Event, Registration
from tests.events.doors.stage import (
    Heard,
    ask,
    call,
    make_key,
    plain,
)
from tests.factories import NOON, make_attendee, make_event, make_role, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_lists_have_everybody_who_is_expected_and_nothing_private() -> None:
    event = make_event(
        title="Secret walk", slug="walk", starts_at=NOON + HOUR, capacity=2, contact="c@example.org"
    )
    for neos_id in ("U-b", "U-a", "U-waits"):
        register(make_attendee(neos_id=neos_id, neos_username="Name", patreon_cents=777), event)
    make_role(
        event,
        Attendee.objects.get(neos_id="U-a"),
        kind="helper",
        early_minutes=30,
        outside_capacity=False,
    )
    key = make_key(event)
    text, listed = call(f"/door/{key}/list.txt"), call(f"/door/{key}/list.json")
    assert text == Heard(200, plain("U-a\nU-b"), b"U-a\nU-b")
    assert listed.headers["Content-Type"] == "application/json"
    assert json.loads(listed.body) == {
        "event": "walk",
        "workshop": None,
        "starts_at": "2030-06-01T13:00:00Z",
        "ends_at": "2030-06-01T15:00:00Z",
        "people": [
            {"id": "U-a", "role": "helper", "opens_at": "2030-06-01T12:15:00Z"},
            {"id": "U-b", "role": "guest", "opens_at": "2030-06-01T12:45:00Z"},
        ],
    }


@pytest.mark.parametrize(
    "changes", [{"status": "cancelled"}, {"status": "draft"}, {"ends_at": NOON}]
)
def test_lists_are_empty_where_nobody_is_let_in(
    ada: Registration, key: str, changes: dict[str, object]
) -> None:
    Event.objects.filter(pk=ada.event_id).update(**changes)
    assert ask(f"/door/{key}/list.txt") == (200, "")
    assert json.loads(ask(f"/door/{key}/list.json")[1])["people"] == []


def test_list_of_a_workshop_has_its_own_people(event: Event, ada: Registration) -> None:
    workshop = make_workshop(event, slug="fog", starts_at=NOON)
    register(ada.attendee, workshop)
    register(make_attendee(neos_id="U-bo"), event)
    key = make_key(workshop)
    assert ask(f"/door/{key}/list.txt") == (200, "U-ada")
    assert json.loads(ask(f"/door/{key}/list.json")[1])["workshop"] == "fog"


@pytest.mark.both
@pytest.mark.parametrize(
    "odd",
    ["U-a\nU-stranger", "U-a\r", "U-a\u2028U-b", "U-\u202ea", "U-a\x0b", "U-a\u200b"],
    ids=ascii,
)
def test_id_that_is_no_line_is_left_out(event: Event, ada: Registration, odd: str) -> None:
    register(make_attendee(neos_id=odd), event)
    key = make_key(event)
    assert ask(f"/door/{key}/list.txt") == (200, "U-ada")
    people = json.loads(ask(f"/door/{key}/list.json")[1])["people"]
    assert {person["id"] for person in people} == {"U-ada", odd}
