"""Keys of doors that end too early are told on the desk, with the page that changes them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.desk import door_needs
from events.doors import key_edits
from events.doors.key_edits import KeyTerms
from events.models import DoorKey, Event, Workshop
from tests.factories import NOON, make_event, make_workshop
from tests.states.state import change

from .test_needs import found

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENDS = "1 door key ends before the event does."
GONE = "The key of a door has expired: the world there lets nobody in."


def make(place: Event | Workshop, ends_in: timedelta | None = None, label: str = "Hall") -> DoorKey:
    ends_at = None if ends_in is None else NOON + ends_in
    return key_edits.make_key(place, KeyTerms(label, expires_at=ends_at), by=None)[0]


@pytest.fixture
def running() -> Event:
    """From an hour ago until in an hour."""
    return make_event(
        title="Jam", starts_at=NOON - HOUR, ends_at=NOON + HOUR, session_url="https://x.test"
    )


@pytest.mark.parametrize(
    ("ends_in", "expected"),
    [
        (None, []),
        (2 * HOUR, []),
        (HOUR, []),
        (HOUR - timedelta(seconds=1), [ENDS]),
        (timedelta(seconds=1), [ENDS]),
        (timedelta(0), [GONE]),
        (-DAY, [GONE]),
    ],
)
def test_key_that_ends_before_its_event_is_told(
    running: Event, ends_in: timedelta | None, expected: list[str]
) -> None:
    make(running, ends_in)
    assert found(running) == expected


def test_needs_of_a_door_name_the_keys_and_lead_to_them(running: Event) -> None:
    make(running, timedelta(minutes=30))
    need = door_needs.keys_of_doors(running, NOON)
    assert need is not None
    assert need.details == ("“Hall”, for “Jam”: Sat 1 June 2030, 12:30 (UTC)",)
    assert (need.address, need.permission) == (
        f"/admin/events/event/{running.pk}/door/",
        "events.change_event",
    )
    make(running, -HOUR, "Stage")
    make(make_workshop(running, title="Fog", starts_at=NOON), -HOUR, "Stage")
    need = door_needs.keys_of_doors(running, NOON)
    assert need is not None
    assert need.details == ("“Stage”, for “Fog”: Sat 1 June 2030, 11:00 (UTC)",)


def test_event_without_keys_and_one_whose_key_was_revoked_need_nothing(running: Event) -> None:
    assert found(running) == []
    key_edits.revoke_key(make(running, -HOUR))
    assert found(running) == []


def test_rotated_key_ends_on_purpose(running: Event) -> None:
    key = make(running)
    key_edits.rotate_key(key, overlap=timedelta(minutes=1), among=Event.objects.all(), by=None)
    assert found(running) == []


def test_another_key_opens_the_same_door(running: Event) -> None:
    make(running, -HOUR)
    make(running, label="Stage")
    assert found(running) == []


@pytest.mark.parametrize("fields", [{"status": "cancelled"}, {"ends_at": NOON}])
def test_door_of_an_event_that_is_over_or_cancelled_needs_nothing(
    running: Event, fields: dict[str, object]
) -> None:
    make(running, -HOUR)
    event = change(running, **fields)
    assert door_needs.keys_of_doors(event, timezone.now()) is None


def test_workshop_that_is_over_needs_no_key(running: Event) -> None:
    over = make_workshop(running, starts_at=NOON - HOUR, ends_at=NOON)
    make(over, -HOUR)
    assert found(running) == []


def test_key_of_a_workshop_may_end_with_it(running: Event) -> None:
    fog = make_workshop(running, starts_at=NOON - HOUR, ends_at=NOON + HOUR / 2)
    make(fog, HOUR / 2)
    assert found(running) == []
    make(fog, HOUR / 4, "Stage")
    assert found(running) == [ENDS]
