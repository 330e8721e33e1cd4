"""Time does odd things to a site: clocks jump, housekeeping pauses, or is stopped."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.utils import timezone

from events import housekeeping, places
from events.audit import audit
from events.messages import delivery
from events.models import Event, Notification, Registration
from events.payments import refunds
from tests import unreliable
from tests.factories import NOON, make_event, statuses
from tests.lines import full_event, kinds, register, status
from tests.mail_server import Sink, mail_server
from tests.racing import line_up, make_person
from tests.servers import ROOT, START_SECONDS, STOP_SECONDS, database_url

Clock = time_machine.Traveller
JUMP = timedelta(hours=2)
either_way = pytest.mark.parametrize("jump", [JUMP, -JUMP], ids=["forward", "back"])
in_process = pytest.mark.django_db
on_its_own = pytest.mark.django_db(transaction=True)


# --- Clocks that jump --------------------------------------------------------------------------


@in_process
@either_way
def test_clock_that_jumps_lets_nobody_overtake(clock: Clock, jump: timedelta) -> None:
    event, (leaving, first, second) = full_event()
    clock.shift(jump)
    newcomer = register(make_person(), event)
    clock.shift(-jump)
    last = register(make_person(), event)
    places.cancel(registration=leaving, in_full=False)
    assert [status(r) for r in (first, second, newcomer, last)] == ["confirmed"] + [
        "waitlisted"
    ] * 3
    line = Registration.objects.waiting().with_waitlist_position()
    assert [r.position for r in line] == [1, 2, 3]
    assert audit(event, timezone.now()) == []


@in_process
@either_way
def test_clock_that_jumps_ends_no_confirmed_place(clock: Clock, jump: timedelta) -> None:
    event, registrations = full_event()
    clock.shift(jump)
    housekeeping.run()
    clock.shift(-jump)
    housekeeping.run()
    assert [status(r) for r in registrations] == ["confirmed", "waitlisted", "waitlisted"]
    assert audit(event, timezone.now()) == []


@in_process
def test_hold_is_judged_by_its_deadline_whatever_the_clock_said_before(clock: Clock) -> None:
    event, (first, second, _third) = full_event(price=500)
    clock.shift(-JUMP)
    housekeeping.run()
    assert status(first) == "awaiting_payment"
    clock.shift(JUMP + timedelta(minutes=30))  # its deadline, and half an hour late by the wall
    housekeeping.run()
    assert (status(first), status(second)) == ("expired", "awaiting_payment")
    assert audit(event, timezone.now()) == []


@in_process
def test_clock_that_jumps_back_leaves_what_it_brought_about(clock: Clock) -> None:
    event, (first, second, third) = full_event(price=500)
    clock.shift(JUMP)
    housekeeping.run()
    clock.shift(-JUMP)
    housekeeping.run()
    found = [status(r) for r in (first, second, third)]
    assert found == ["expired", "awaiting_payment", "waitlisted"]
    # From the jump on, so longer than it would be, and never shorter.
    assert Registration.objects.get(pk=second.pk).hold_until == NOON + JUMP + timedelta(days=1)
    assert audit(event, timezone.now()) == []


@in_process
@either_way
def test_clock_that_jumps_signs_nobody_out_and_shows_every_page(
    client: Client, clock: Clock, jump: timedelta
) -> None:
    event, (held, *_waiting) = full_event(price=500)
    client.force_login(held.attendee.user)
    clock.shift(jump)
    pages = [client.get(page) for page in ("/", event.get_absolute_url(), "/registrations/")]
    assert [page.status_code for page in pages] == [200] * 3
    assert ["Sign out" in page.content.decode() for page in pages] == [True] * 3
    assert [
        text for page in pages for text in (" -", "−") if f"{text}1" in page.content.decode()
    ] == []


# --- Housekeeping after a pause ----------------------------------------------------------------


def everything() -> list[object]:
    registrations = Registration.objects.order_by("pk").values()
    return [*registrations, *Notification.objects.order_by("pk").values()]


@in_process
def test_three_days_without_housekeeping_are_made_up_for_once(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    held, _ = line_up(price=500, capacity=2, people=5)
    drawn = make_event(capacity=1, draw_at=NOON + timedelta(hours=1))
    for _ in range(3):
        register(make_person(), drawn)
    clock.shift(timedelta(days=3))

    housekeeping.run()
    before, sent = everything(), len(mailoutbox)
    again = housekeeping.run()

    assert statuses(held) == ["expired"] * 2 + ["awaiting_payment"] * 2 + ["waitlisted"]
    assert sorted(statuses(drawn)) == ["confirmed", "waitlisted", "waitlisted"]
    nothing = housekeeping.Done(0, 0, refunds.Given(), delivery.Delivered())
    assert (again, everything()) == (nothing, before)
    assert (len(mailoutbox), sent) == (sent, Notification.objects.count())
    assert [audit(event, timezone.now()) for event in (held, drawn)] == [[], []]


# --- Housekeeping that runs on -----------------------------------------------------------------


@contextmanager
def keeping_house(log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`housekeeping --loop`, as it runs beside the site."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "housekeeping", "--loop", "0.1"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": database_url()} | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()  # it has ended by itself, if all is well
        process.wait(STOP_SECONDS)


def wait_until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False


def let_lapse(event: Event, *, after: timedelta = timedelta()) -> None:
    held = Registration.objects.filter(event=event, status="awaiting_payment")
    held.update(hold_until=timezone.now() + after)


def goes_on(event: Event) -> bool:
    """Return whether a hold that ran out is seen to."""
    number = statuses(event).count("expired")
    let_lapse(event)
    return wait_until(lambda: statuses(event).count("expired") > number)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_server() as running:
        yield running


@pytest.mark.server
@on_its_own
def test_housekeeping_ends_after_its_round_when_it_is_told_to(tmp_path: Path, sink: Sink) -> None:
    event, (lapsing, first) = line_up(price=500, people=2)
    log = tmp_path / "log"

    with keeping_house(log, EMAIL_URL=f"smtp://127.0.0.1:{sink.port}") as process:
        assert wait_until(lambda: len(sink.taken) == 2)
        let_lapse(event, after=timedelta(seconds=3))
        with places.locked_event(event.pk):
            time.sleep(5)  # until the hold has lapsed, and it waits for the lock
            process.terminate()
            time.sleep(0.5)
            assert process.poll() is None
        ended_with = process.wait(STOP_SECONDS)

    assert (ended_with, log.read_text().count("Traceback")) == (0, 0)
    assert (status(lapsing), status(first)) == ("expired", "awaiting_payment")
    assert (kinds(first.attendee), len(sink.taken)) == (["waitlisted", "payment-due"], 4)


@pytest.mark.server
@on_its_own
def test_housekeeping_waits_for_a_database_that_is_away(tmp_path: Path) -> None:
    event, _ = line_up(price=500, people=4)
    log = tmp_path / "log"

    with keeping_house(log, DATABASE_URL=impatient_address()) as process:
        first = goes_on(event)
        take_database_away(event, log)
        told = wait_until(lambda: says_so(log.read_text()))
        second = goes_on(event)
        process.terminate()
        ended_with = process.wait(STOP_SECONDS)

    assert (first, told, second, ended_with) == (True, True, True, 0)
    assert audit(event, timezone.now()) == []


def says_so(text: str) -> bool:
    """Leave one item for the next round if the database is back at once: the one that met it."""
    return "could not do this" in text or "could not reach the database" in text


def impatient_address() -> str:
    return f"{database_url()}?timeout=1" if connection.vendor == "sqlite" else database_url()


def take_database_away(event: Event, log: Path) -> None:
    """In the middle of a round, which has something to do; SQLite's until that is noticed."""
    let_lapse(event, after=timedelta(seconds=2))
    with places.locked_event(event.pk):
        if connection.vendor == "sqlite":
            wait_until(lambda: says_so(log.read_text()))
            return
        unreliable.wait_for_waiting(1)
        unreliable.end_all()
