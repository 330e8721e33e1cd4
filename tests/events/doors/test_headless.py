"""Settings of a world for a headless server, against the field names of the published schemas."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from events.doors.headless import Lock, is_safe, world_of
from events.models import Attendee
from tests.factories import NOON, make_attendee, make_event, make_role, make_workshop
from tests.lines import register

from .people import make_jam

pytestmark = pytest.mark.django_db

PUBLISHED = json.loads(Path(__file__).with_name("headless_fields.json").read_text())
VARIABLE = Lock("G-Example.jam.guests")
VERIFIER = Lock(is_verified=True)
TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "array": list,
    "object": dict,
    "number": (int, float),
}


def faults(world: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """Fields that the schema does not have, or with a value that it does not take."""
    fields = schema["WorldStartupParameters"]
    return [
        name
        for name, value in world.items()
        if name not in fields or not any(fits(value, kind, schema) for kind in fields[name])
    ]


def fits(value: Any, kind: str, schema: dict[str, Any]) -> bool:
    if kind in schema:
        return value in schema[kind]
    if isinstance(value, list | dict) and not all(isinstance(each, str) for each in value):
        return False
    is_bool_for_int = isinstance(value, bool) and kind != "boolean"
    return kind in TYPES and isinstance(value, TYPES[kind]) and not is_bool_for_int


@pytest.mark.parametrize("lock", [Lock(), VARIABLE])
@pytest.mark.parametrize("platform", ["neos", "resonite"])
def test_world_has_only_fields_of_the_schema(
    clock: time_machine.Traveller, platform: str, lock: Lock
) -> None:
    event = make_jam(session_url="neos-session:///S-U-ada:jam", summary="Fog")
    world = json.loads(json.dumps(world_of(event, lock, NOON).settings))
    assert faults(world, PUBLISHED[platform]) == []


def test_world_with_a_verifier_is_for_resonite_alone(clock: time_machine.Traveller) -> None:
    world = world_of(make_jam(), VERIFIER, NOON).settings
    assert faults(world, PUBLISHED["resonite"]) == []
    assert faults(world, PUBLISHED["neos"]) == ["useCustomJoinVerifier"]


def test_world_that_does_not_fit_is_found() -> None:
    wrong = {
        "maxUsers": "8",
        "autoSleep": 1,
        "accessLevel": "Everybody",
        "tags": [1],
        "sessionname": "",
    }
    assert faults(wrong, PUBLISHED["neos"]) == list(wrong)


def test_world_with_a_variable_is_open_to_accounts_that_have_it(
    clock: time_machine.Traveller,
) -> None:
    event = make_jam(session_url="neos-session:///S-U-ada:jam", summary="Fog", listed=False)
    assert world_of(event, VARIABLE, NOON).settings == {
        "isEnabled": True,
        "sessionName": "Jam",
        "customSessionId": "S-U-ada:jam",
        "description": "Fog",
        "maxUsers": 6,
        "hideFromPublicListing": True,
        "tags": ["meetup", "jam"],
        "accessLevel": "RegisteredUsers",
        "defaultUserRoles": {"Bo": "Admin", "Cleo": "Moderator", "Dan": "Builder"},
        "requiredUserJoinCloudVariable": "G-Example.jam.guests",
        "requiredUserJoinCloudVariableDenyMessage": (
            "“Jam” is for people who have a place: http://localhost:8000/events/jam/"
        ),
    }


def test_world_has_each_tag_once(clock: time_machine.Traveller) -> None:
    event = make_event(slug="meetup", kind="meetup")
    assert world_of(event, VARIABLE, NOON).settings["tags"] == ["meetup"]


def test_world_without_a_lock_is_private_and_invites(clock: time_machine.Traveller) -> None:
    world = world_of(make_jam(), Lock(), NOON).settings
    assert world["accessLevel"] == "Private"
    assert world["autoInviteUsernames"] == ["Ada", "Bo", "Cleo", "Dan"]
    assert world["autoInviteMessage"] == "You have a place at “Jam”. Come in!"


def test_world_with_a_verifier_is_private_where_that_says_nothing(
    clock: time_machine.Traveller,
) -> None:
    world = world_of(make_jam(), VERIFIER, NOON).settings
    assert (world["useCustomJoinVerifier"], world["accessLevel"]) == (True, "Private")
    assert "autoInviteUsernames" not in world


def test_words_are_in_the_language_of_the_event(clock: time_machine.Traveller) -> None:
    world = world_of(make_jam(written_in="ja"), Lock(), NOON).settings
    assert world["autoInviteMessage"] == "「Jam」の参加枠があります。どうぞお入りください。"


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("neos-session:///S-0f0e", None),
        ("https://go.resonite.com/session/S-U-ada:jam", ("customSessionId", "S-U-ada:jam")),
        ("resrec:///U-ada/R-1", ("loadWorldURL", "resrec:///U-ada/R-1")),
        ("neosrec:///U-ada/R-1", ("loadWorldURL", "neosrec:///U-ada/R-1")),
        ("https://example.org/x", None),
    ],
)
def test_session_address_names_the_session_or_the_world(
    clock: time_machine.Traveller, address: str, field: tuple[str, str] | None
) -> None:
    world = world_of(make_event(session_url=address), VARIABLE, NOON).settings
    found = [(name, world[name]) for name in ("customSessionId", "loadWorldURL") if name in world]
    assert found == ([field] if field else [])


@pytest.mark.parametrize(("capacity", "expected"), [(None, 2), (1, 2), (5, 6)])
def test_most_users_are_the_capacity_and_those_outside_of_it(
    clock: time_machine.Traveller, capacity: int | None, expected: int
) -> None:
    event = make_event(capacity=capacity)
    register(make_attendee(), event)
    bo = make_attendee()
    make_role(event, bo)
    register(bo, event)
    assert world_of(event, VARIABLE, NOON).settings["maxUsers"] == expected


def test_most_users_of_an_empty_world_are_one(clock: time_machine.Traveller) -> None:
    assert world_of(make_event(), VARIABLE, NOON).settings["maxUsers"] == 1


def test_name_of_two_people_gives_neither_a_role(clock: time_machine.Traveller) -> None:
    """User names are told by Neos at different times, so two may be the same here."""
    event = make_jam()
    assert world_of(event, VARIABLE, NOON).left_out == 0
    Attendee.objects.filter(neos_id="U-ada").update(neos_username="BO")
    world = world_of(event, VARIABLE, NOON)
    assert world.settings["defaultUserRoles"] == {"Cleo": "Moderator", "Dan": "Builder"}
    assert world.left_out == 1


@pytest.mark.parametrize(("name", "left_out"), [("hal", 1), ("gus", 1), ("fay", 0)])
def test_name_of_somebody_who_is_kept_out_counts_too(
    clock: time_machine.Traveller, name: str, left_out: int
) -> None:
    """Hal waits, Gus is blocked; Fay has cancelled, so the name is Bo's alone."""
    event = make_jam()
    Attendee.objects.filter(neos_id=f"U-{name}").update(neos_username="bo")
    world = world_of(event, Lock(), NOON)
    assert world.left_out == left_out
    assert ("Bo" in world.settings["autoInviteUsernames"]) is (left_out == 0)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["", "<b>Bo</b>", "Bo\n", " Bo", "B\u200bo", "B\u202eo"])
def test_odd_name_is_left_out(clock: time_machine.Traveller, name: str) -> None:
    event = make_jam()
    Attendee.objects.filter(neos_id="U-bo").update(neos_username=name)
    world = world_of(event, Lock(), NOON)
    assert world.settings["autoInviteUsernames"] == ["Ada", "Cleo", "Dan"]
    assert (world.people, world.left_out) == (4, 1)


@pytest.mark.parametrize("name", ["Bo", "Plain Visitor", "みかん 猫", 'B"o\\'])
def test_name_as_neos_writes_it_is_safe(name: str) -> None:
    assert is_safe(name)


def test_world_of_a_workshop_has_its_own_title_and_people(clock: time_machine.Traveller) -> None:
    event = make_event()
    workshop = make_workshop(event, title="Fog", capacity=7)
    attendee = make_attendee(neos_username="Ada")
    register(attendee, event)
    world = world_of(workshop, Lock(), NOON).settings
    assert (world["sessionName"], world["maxUsers"]) == ("Fog", 7)
    assert world["autoInviteUsernames"] == []


@pytest.mark.parametrize("people", [1, 30])
def test_world_costs_one_query(
    clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
    people: int,
) -> None:
    event = make_event()
    for _ in range(people):
        register(make_attendee(), event)
    with django_assert_num_queries(1):
        world = world_of(event, Lock(), NOON)
    assert world.people == people
