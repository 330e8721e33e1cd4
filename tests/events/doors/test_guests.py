"""People found at a door: by which spelling of an id, with which role, and who is kept out."""

from datetime import timedelta

import pytest

from events import places
from events.access.door import Guest
from events.doors.guests import find_guest, guests_at
from events.models import Block, Bookable, FormerNeosId
from tests.events.doors.stage import make_open_event
from tests.factories import NOON, make_attendee, make_event, make_role, make_user, make_workshop
from tests.lines import full_event, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def found(bookable: Bookable, neos_id: str) -> Guest | None:
    answer = find_guest(bookable, neos_id)
    return answer[1] if answer else None


def test_id_counts_as_written_and_in_other_letters_for_one_person_only() -> None:
    event = make_open_event()
    for neos_id in ("U-Ada", "U-ada", "U-Bo", "U-Äda"):
        register(make_attendee(neos_id=neos_id), event)
    asked = ["U-Ada", "U-ada", "U-ADA", "U-Bo", "u-bo", "U-Äda", "U-äda", "U-Ad", "U-Ada "]
    answers = [found(event, neos_id) for neos_id in asked]
    ids = [answer.neos_id if answer else None for answer in answers]
    assert ids == ["U-Ada", "U-ada", None, "U-Bo", "U-Bo", "U-Äda", None, None, None]


@pytest.mark.both
def test_sign_that_a_database_takes_for_a_letter_is_another_id() -> None:
    """PostgreSQL makes a k of the Kelvin sign, which looks like one."""
    event = make_open_event()
    for neos_id in ("U-\N{KELVIN SIGN}im", "U-Max", "U-\N{KELVIN SIGN}ai", "U-Kai"):
        register(make_attendee(neos_id=neos_id, user=make_user()), event)
    asked = ["U-Kim", "U-kim", "U-\N{KELVIN SIGN}im", "U-kai", "U-Kai", "u-max"]
    answers = [found(event, neos_id) for neos_id in asked]
    ids = [answer.neos_id if answer else None for answer in answers]
    assert ids == [None, None, "U-\N{KELVIN SIGN}im", "U-Kai", "U-Kai", "U-Max"]
    assert [guest.neos_id for guest, is_alone in guests_at(event) if not is_alone] == []


def test_exact_id_is_found_among_many_in_other_letters() -> None:
    event = make_open_event()
    spellings = ["U-abc", "U-Abc", "U-aBc", "U-abC", "U-ABC", "U-AbC"]
    for neos_id in spellings:
        register(make_attendee(neos_id=neos_id), event)
    answers = [found(event, neos_id) for neos_id in spellings]
    assert [answer and answer.neos_id for answer in answers] == spellings


def test_person_is_found_where_they_have_a_place_only() -> None:
    event, other = make_open_event(), make_open_event()
    workshop = make_workshop(event)
    register(make_attendee(neos_id="U-ada"), event)
    doors: list[Bookable] = [event, other, workshop]
    assert [found(door, "U-ada") is not None for door in doors] == [True, False, False]


def test_what_the_site_knows_of_a_person_is_told_to_the_rule() -> None:
    event = make_open_event(neos_required=True)
    ada = make_attendee(neos_id="U-ada")
    register(ada, event)
    ada.neos_locked, ada.neos_banned_until = True, NOON + timedelta(days=1)
    ada.save()
    assert found(event, "U-ada") == Guest(
        "U-ada", "confirmed", is_locked=True, banned_until=NOON + timedelta(days=1)
    )


def test_statuses_are_those_of_the_rows() -> None:
    event, (first, second, third) = full_event()
    places.cancel(registration=third, in_full=False)
    ids = [one.attendee.neos_id or "" for one in (first, second, third)]
    answers = [found(event, neos_id) for neos_id in ids]
    assert [answer and answer.status for answer in answers] == ["confirmed", "waitlisted", None]


def test_highest_role_is_named_and_one_at_a_workshop_only_there() -> None:
    event = make_open_event()
    workshop, other = (make_workshop(event, starts_at=NOON) for _ in range(2))
    ada = make_attendee(neos_id="U-ada")
    for bookable in (event, workshop):
        register(ada, bookable)
    make_role(event, ada, kind="speaker", outside_capacity=False)
    make_role(event, ada, kind="host", workshop=workshop, outside_capacity=False)
    make_role(event, ada, kind="helper", workshop=other, outside_capacity=False)
    make_role(make_event(), ada, kind="host")
    doors: list[Bookable] = [event, workshop]
    answers = [found(door, "U-ada") for door in doors]
    assert [answer and answer.role for answer in answers] == ["speaker", "host"]


@pytest.mark.parametrize(
    ("neos_id", "is_here", "is_blocked"),
    [
        ("U-ada", True, True),
        ("U-ada", None, True),
        ("U-ada", False, False),
        ("U-former", True, True),
        ("U-stranger", True, False),
    ],
)
def test_block_on_an_id_and_on_a_former_one(
    neos_id: str, is_here: object, is_blocked: object
) -> None:
    """Here, at the whole site, or at another event."""
    event = make_open_event()
    ada = make_attendee(neos_id="U-ada")
    register(ada, event)
    FormerNeosId.objects.create(attendee=ada, neos_id="U-former")
    at = None if is_here is None else event if is_here else make_event()
    Block.objects.create(neos_id=neos_id, event=at, reason="why")
    answer = found(event, "U-ada")
    assert answer is not None
    assert answer.is_blocked is is_blocked
