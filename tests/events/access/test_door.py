"""People whom a door lets in, and the one reason against everybody else."""

from datetime import datetime, timedelta

import pytest

from events.access.door import Answer, Denial, Guest, answer_at_door, door_opens_at
from events.models import Event, Workshop
from tests.factories import NOON

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: The event goes on from noon for two hours, and its door opens 15 minutes before.
OPENS = NOON - 15 * MINUTE


def event(**fields: object) -> Event:
    defaults = {"starts_at": NOON, "ends_at": NOON + 120 * MINUTE, "status": "published"}
    return Event(**defaults | fields)


def guest(**fields: object) -> Guest:
    return Guest(**{"neos_id": "U-ada", "status": "confirmed"} | fields)


def answer_of(at: datetime = NOON, of: Event | None = None, **fields: object) -> Answer:
    return answer_at_door(of or event(), guest(**fields), at)


@pytest.mark.parametrize("role", ["guest", "speaker", "helper", "host"])
def test_person_with_a_place_is_let_in_with_their_role(role: str) -> None:
    assert answer_of(role=role) == Answer(None, role)


def test_stranger_is_not_registered() -> None:
    assert answer_at_door(event(neos_required=True), None, NOON) == Answer(Denial.NOT_REGISTERED)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"status": "waitlisted"}, "waitlisted"),
        ({"status": "awaiting_payment", "hold_until": NOON + MINUTE}, "payment-due"),
        ({"status": "awaiting_payment", "hold_until": NOON}, "not-registered"),
        ({"status": "awaiting_payment", "hold_until": None}, "not-registered"),
        ({"status": "cancelled"}, "not-registered"),
        ({"status": "expired"}, "not-registered"),
        ({"is_blocked": True}, "banned"),
        ({"is_blocked": True, "role": "host"}, "banned"),
        ({"is_blocked": True, "status": "waitlisted"}, "banned"),
    ],
)
def test_only_a_confirmed_place_opens(facts: dict[str, object], code: str) -> None:
    assert answer_of(**facts) == Answer(Denial(code))


@pytest.mark.parametrize(
    ("facts", "gated", "free"),
    [
        ({"is_locked": True}, "neos-locked", None),
        ({"banned_until": NOON + MINUTE}, "banned", None),
        ({"banned_until": NOON}, None, None),
        ({"is_locked": True, "banned_until": NOON + MINUTE}, "banned", None),
    ],
)
def test_standing_at_neos_counts_where_it_is_asked_for(
    facts: dict[str, object], gated: str | None, free: str | None
) -> None:
    answers = [answer_of(of=event(neos_required=asks), **facts) for asks in (True, False)]
    assert [answer.denial for answer in answers] == [gated, free]


@pytest.mark.parametrize(
    ("fields", "at", "code"),
    [
        ({"status": "draft"}, NOON, "event-draft"),
        ({"status": "cancelled"}, NOON, "event-cancelled"),
        ({}, NOON + 120 * MINUTE, "event-over"),
        ({"status": "cancelled"}, NOON + DAY, "event-cancelled"),
    ],
)
def test_event_itself_is_the_first_reason(
    fields: dict[str, object], at: datetime, code: str
) -> None:
    """Also for somebody who is blocked, and for a stranger: a world then says the same to all."""
    of = event(**fields)
    found = [answer_at_door(of, who, at) for who in (guest(), guest(is_blocked=True), None)]
    assert found == [Answer(Denial(code))] * 3


@pytest.mark.parametrize(
    ("at", "early", "wait"),
    [
        (OPENS - timedelta(microseconds=1), 0, 1),
        (OPENS - 14 * MINUTE, 0, 840),
        (OPENS - timedelta(seconds=1.5), 0, 2),
        (OPENS, 0, None),
        (OPENS - 30 * MINUTE, 30, None),
        (OPENS - 31 * MINUTE, 30, 60),
        (NOON + 120 * MINUTE - timedelta(microseconds=1), 0, None),
    ],
)
def test_door_opens_before_the_start_and_earlier_for_a_role(
    at: datetime, early: int, wait: int | None
) -> None:
    expected = Answer(None, "helper") if wait is None else Answer(Denial.TOO_EARLY, "helper", wait)
    assert answer_of(at, early_minutes=early, role="helper") == expected


def test_waitlist_is_told_before_the_time() -> None:
    """Somebody without a place would not get in after the wait either."""
    assert answer_of(NOON - DAY, status="waitlisted") == Answer(Denial.WAITLISTED)


def test_workshop_has_its_own_times_and_the_door_of_its_event() -> None:
    of = event(session_opens_minutes=10)
    workshop = Workshop(event=of, starts_at=NOON + 60 * MINUTE, ends_at=NOON + 90 * MINUTE)
    found = [
        answer_at_door(workshop, guest(), NOON + minutes * MINUTE).denial
        for minutes in (49, 50, 89, 90)
    ]
    assert found == [Denial.TOO_EARLY, None, None, Denial.EVENT_OVER]
    assert door_opens_at(workshop, 5) == NOON + 45 * MINUTE


def test_price_of_a_workshop_asks_for_good_standing() -> None:
    workshop = Workshop(event=event(), starts_at=NOON, ends_at=NOON + MINUTE, price=500)
    assert answer_at_door(workshop, guest(is_locked=True), NOON) == Answer(Denial.NEOS_LOCKED)


def test_people_on_the_list_are_those_with_a_place() -> None:
    answers = [answer_of(), answer_of(NOON - DAY), answer_of(status="waitlisted")]
    assert [(one.is_let_in, one.is_expected) for one in answers] == [
        (True, True),
        (False, True),
        (False, False),
    ]
