"""A world notes who came and who went, with a key that may."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import OperationalError
from pytest_django import Settings

from events import places
from events.doors import keys
from events.models import Block, Event, Registration
from tests.events.doors.stage import (
    Heard,
    ask,
    call,
    deleting,
    failing,
    logged,
    make_key,
    make_open_event,
    plain,
)
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def noted(registration: Registration) -> tuple[object, object, User | None]:
    registration.refresh_from_db()
    return registration.checked_in_at, registration.left_at, registration.checked_in_by


def test_world_notes_who_came_and_who_went(
    ada: Registration, writer: str, clock: time_machine.Traveller
) -> None:
    said, rows = [], []
    for action in ("in", "in", "out", "out", "in"):
        said.append(ask(f"/door/{writer}/U-ada/{action}", "POST"))
        rows.append(noted(ada))
        clock.shift(MINUTE)
    let_in, out = (200, "ALLOW guest"), (200, "OUT")
    assert said == [let_in, let_in, out, out, let_in]
    came, went = (NOON, None, None), (NOON, NOON + 2 * MINUTE, None)
    assert rows == [came, came, went, went, came]


def test_key_that_only_reads_notes_nothing(ada: Registration, key: str) -> None:
    heard = [call(f"/door/{key}/U-ada/{action}", "POST") for action in ("in", "out")]
    line = "DENY read-only-key"
    assert heard == [Heard(403, plain(line), line.encode())] * 2
    assert noted(ada) == (None, None, None)


def test_unknown_key_notes_nothing(ada: Registration) -> None:
    wrong = keys.new_secret()
    said = [ask(f"/door/{wrong}/U-ada/{action}", "POST") for action in ("in", "out")]
    assert said == [(404, "DENY unknown-key")] * 2
    assert noted(ada) == (None, None, None)


def test_nobody_comes_in_whom_the_rule_refuses(event: Event, writer: str) -> None:
    blocked = register(make_attendee(neos_id="U-blocked"), event)
    Block.objects.create(neos_id="U-blocked", event=event, reason="why")
    said = [ask(f"/door/{writer}/{who}/in", "POST") for who in ("U-blocked", "U-stranger", "\0")]
    assert said == [(200, "DENY banned"), *[(200, "DENY not-registered")] * 2]
    assert noted(blocked) == (None, None, None)


def test_early_door_notes_nobody_before_the_site_does(
    settings: Settings, clock: time_machine.Traveller
) -> None:
    settings.EARLY_CHECK_IN = HOUR
    event = make_event(starts_at=NOON + 2 * HOUR, session_opens_minutes=180)
    ada = register(make_attendee(neos_id="U-ada"), event)
    path = f"/door/{make_key(event, may_check_in=True)}/U-ada/in"
    assert (ask(path.removesuffix("/in")), ask(path, "POST")) == (
        (200, "ALLOW guest"),
        (200, "DENY too-early 3600"),
    )
    assert noted(ada) == (None, None, None)
    clock.shift(HOUR)
    assert ask(path, "POST") == (200, "ALLOW guest")
    assert noted(ada) == (NOON + HOUR, None, None)


@pytest.mark.parametrize(
    ("after_end", "said", "is_noted"),
    [
        (MINUTE, "OUT", True),
        (DAY - MINUTE, "OUT", True),
        (DAY, "DENY event-over", False),
    ],
)
def test_going_out_is_noted_up_to_a_day_after_the_end(
    ada: Registration,
    writer: str,
    clock: time_machine.Traveller,
    after_end: timedelta,
    said: str,
    is_noted: object,
) -> None:
    places.check_in(registration=ada)
    clock.shift(HOUR + after_end)
    assert ask(f"/door/{writer}/U-ada/out", "POST") == (200, said)
    assert noted(ada)[1] == (NOON + HOUR + after_end if is_noted else None)


def test_going_out_of_the_last_event_of_a_series_is_noted_there(
    event: Event, ada: Registration, clock: time_machine.Traveller
) -> None:
    """The key is for the next one by then, where the person has a place, too."""
    coming = make_event(starts_at=NOON + 8 * HOUR)
    next_time = register(ada.attendee, coming)
    writer = make_key(event, coming, may_check_in=True)
    places.check_in(registration=ada)
    clock.shift(2 * HOUR)
    assert ask(f"/door/{writer}/u-ada/out", "POST") == (200, "OUT")
    assert (noted(ada)[1], noted(next_time)[1]) == (NOON + 2 * HOUR, None)


def test_going_out_is_noted_at_doors_of_the_key_only(event: Event, ada: Registration) -> None:
    other = register(ada.attendee, make_open_event())
    places.check_in(registration=other)
    workshop = register(ada.attendee, make_workshop(event, starts_at=NOON))
    places.check_in(registration=workshop)
    writer = make_key(event, may_check_in=True)
    assert ask(f"/door/{writer}/U-ada/out", "POST") == (200, "OUT")
    assert (noted(other)[1], noted(workshop)[1]) == (None, None)


def test_stranger_goes_out_of_nothing(event: Event, writer: str) -> None:
    assert ask(f"/door/{writer}/U-stranger/out", "POST") == (200, "DENY not-registered")


def test_forms_of_an_answer_count_for_notes_too(ada: Registration, writer: str) -> None:
    asked = [
        ask(f"/door/{writer}/{who}/{action}?format=word&status=1", "POST")
        for who, action in (("U-ada", "in"), ("U-ada", "out"), ("U-nobody", "in"))
    ]
    assert asked == [(200, "yes"), (200, "yes"), (403, "no")]


@pytest.mark.parametrize("length", ["104857600", "8193", "-1", "x", "", "٣", "9" * 5_000])
def test_long_body_is_not_read(ada: Registration, writer: str, length: str) -> None:
    """The body of `call` fails if anybody reads it."""
    heard = call(f"/door/{writer}/U-ada/in", "POST", CONTENT_LENGTH=length)
    assert heard == Heard(200, plain("ALLOW guest"), b"ALLOW guest")


class Body:
    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def read(self, *size: int) -> bytes:
        self.asked.append(size)
        raise ConnectionResetError

    readline = read


def test_short_body_is_taken_off_the_connection(ada: Registration, writer: str) -> None:
    """So that closing it loses no answer; a world that has gone is no fault of ours."""
    body = Body()
    heard = call(f"/door/{writer}/U-ada/in", "POST", CONTENT_LENGTH="8192", **{"wsgi.input": body})
    assert (heard.body, body.asked) == (b"ALLOW guest", [(8192,)])


def test_world_needs_no_csrf_token(ada: Registration, writer: str) -> None:
    path = f"/door/{writer}/U-ada/in"
    heard = call(path, "POST", CONTENT_TYPE="text/plain", HTTP_ORIGIN="https://evil.example")
    assert heard.body == b"ALLOW guest"


def test_note_that_waits_for_the_lock_is_asked_for_again(ada: Registration, writer: str) -> None:
    with failing(OperationalError(), only="UPDATE"):
        heard = call(f"/door/{writer}/U-ada/in", "POST")
    assert (heard.status, heard.body) == (503, b"DENY try-again")


@pytest.mark.both
@pytest.mark.parametrize("action", ["in", "out"])
@pytest.mark.parametrize("model", [Event, Registration])
@pytest.mark.parametrize("before", range(1, 7))
def test_row_that_is_deleted_meanwhile_is_a_line(
    ada: Registration,
    writer: str,
    caplog: pytest.LogCaptureFixture,
    action: str,
    model: type[Event | Registration],
    before: int,
) -> None:
    """Another process deletes it before one of our statements, whichever reads or locks it."""
    if action == "out":
        places.check_in(registration=ada)
    with deleting(model, before=before) as deleted:
        line = call(f"/door/{writer}/U-ada/{action}", "POST").body.decode()
    lines = {"DENY unknown-key", "DENY not-registered", "ALLOW guest", "OUT"}
    assert (deleted, line in lines, logged(caplog)) == ([model], True, [])
