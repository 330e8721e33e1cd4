"""Who is checked in, when, and how it is taken back; what two doors do at once."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection, connections
from pytest_django import Settings

from events import places
from events.admin import arrivals
from events.models import Event, Registration
from events.places import Arrival, CheckIn
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_role,
    make_workshop,
)
from tests.lines import full_event, register
from tests.place_modules import check_in as module
from tests.place_modules import lock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


def make_guest(**fields: object) -> Registration:
    """Somebody with a place at an event that starts in an hour."""
    return register(make_attendee(), make_event(**{"starts_at": NOON + HOUR} | fields))


def noted(registration: Registration) -> tuple[object, object]:
    registration.refresh_from_db()
    return registration.checked_in_at, registration.checked_in_by


def test_check_in_is_noted_once_with_who_did_it(clock: time_machine.Traveller) -> None:
    guest, (one, other) = make_guest(), (make_organizer(), make_organizer())
    assert places.check_in(registration=guest, by=one) is Arrival.NOW
    clock.shift(HOUR)
    assert places.check_in(registration=guest, by=other) is Arrival.BEFORE
    assert noted(guest) == (NOON, one)


def test_check_in_needs_no_person_who_does_it() -> None:
    guest = make_guest()
    assert places.check_in(registration=guest) is Arrival.NOW
    assert noted(guest) == (NOON, None)


def test_only_a_confirmed_place_is_checked_in() -> None:
    _event, (first, second, third) = full_event(starts_at=NOON + HOUR)
    found = [places.check_in(registration=one) for one in (first, second, third)]
    assert found == [Arrival.NOW, Arrival.NO_PLACE, Arrival.NO_PLACE]
    places.cancel(registration=second, in_full=False)
    assert places.check_in(registration=second) is Arrival.NO_PLACE
    Event.objects.update(status="cancelled")
    assert places.undo_check_in(registration=first) == CheckIn(NOON, None)
    assert places.check_in(registration=first) is Arrival.NO_PLACE


@pytest.mark.parametrize(
    ("before", "arrival"),
    [
        (3 * HOUR, Arrival.NOW),
        (3 * HOUR + timedelta(seconds=1), Arrival.TOO_EARLY),
        (240 * HOUR, Arrival.TOO_EARLY),
        (-100 * HOUR, Arrival.NOW),
    ],
)
def test_check_in_begins_some_hours_before_the_start_and_never_ends(
    before: timedelta, arrival: Arrival
) -> None:
    guest = make_guest()
    Event.objects.update(starts_at=NOON + before, ends_at=NOON + before + HOUR)
    assert places.check_in(registration=guest) is arrival
    assert places.check_in(registration=guest, even_early=True) is not Arrival.TOO_EARLY
    assert noted(guest) == (NOON, None)


def test_role_lets_the_door_check_its_person_in_earlier() -> None:
    event = make_event(starts_at=NOON + 4 * HOUR)
    helper = make_attendee()
    make_role(event, helper, kind="helper", early_minutes=60)
    early, other = register(helper, event), register(make_attendee(), event)
    found = [places.check_in(registration=one) for one in (early, other)]
    assert found == [Arrival.NOW, Arrival.TOO_EARLY]


def test_hours_before_the_start_are_a_setting(settings: Settings) -> None:
    guest = make_guest()
    settings.EARLY_CHECK_IN = timedelta(0)
    assert places.check_in(registration=guest) is Arrival.TOO_EARLY
    settings.EARLY_CHECK_IN = HOUR
    assert places.check_in(registration=guest) is Arrival.NOW


def test_workshop_has_a_start_and_a_check_in_of_its_own() -> None:
    guest = make_guest()
    mixing = register(guest.attendee, make_workshop(guest.event, starts_at=NOON + 9 * HOUR))
    assert places.check_in(registration=mixing) is Arrival.TOO_EARLY
    assert places.check_in(registration=guest) is Arrival.NOW
    assert noted(mixing) == (None, None)


def test_undo_returns_what_was_noted_once() -> None:
    guest, organizer = make_guest(), make_organizer()
    assert places.undo_check_in(registration=guest) is None
    places.check_in(registration=guest, by=organizer)
    assert places.undo_check_in(registration=guest) == CheckIn(NOON, organizer)
    assert places.undo_check_in(registration=guest) is None
    assert noted(guest) == (None, None)


def test_undo_is_possible_once_the_place_is_given_up() -> None:
    guest = make_guest()
    places.check_in(registration=guest)
    places.cancel(registration=guest, in_full=False)
    assert places.undo_check_in(registration=guest) == CheckIn(NOON, None)


# --- Two at the door -----------------------------------------------------------------------------


def at_once(monkeypatch: pytest.MonkeyPatch, *presses: object) -> None:
    """Let both read before either writes, unless a lock keeps the second one out."""
    arrived = threading.Barrier(2)
    change = module.change

    def meet(registration: Registration, **values: object) -> bool:
        with suppress(threading.BrokenBarrierError):  # if the other one waits for the lock
            arrived.wait(1)
        return change(registration, **values)

    monkeypatch.setattr(module, "change", meet)

    def run(press: object) -> None:
        try:
            press()  # type: ignore[operator]
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[press]) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def two_at_the_door(monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], int]:
    """Return what both were told, and how often the history says it."""
    guest, people = make_guest(), (make_organizer(), make_organizer())
    told: list[str] = []

    def press(user: User) -> None:
        told.append(arrivals.check_in(Registration.objects.get(pk=guest.pk), user).name)

    at_once(monkeypatch, *(lambda user=user: press(user) for user in people))
    return sorted(told), LogEntry.objects.filter(object_id=str(guest.pk)).count()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_door_check_somebody_in_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert two_at_the_door(monkeypatch) == (["BEFORE", "NOW"], 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the whole file")
def test_without_the_lock_two_at_the_door_both_check_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    monkeypatch.setattr(lock, "lock", lambda pk: Event.objects.get(pk=pk))
    assert two_at_the_door(monkeypatch) == (["NOW", "NOW"], 2)


@pytest.mark.django_db(transaction=True)
def test_two_who_take_it_back_at_once_do_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    guest, people = make_guest(), (make_organizer(), make_organizer())
    places.check_in(registration=guest)
    noted: list[bool] = []

    def press(user: User) -> None:
        noted.append(arrivals.undo(Registration.objects.get(pk=guest.pk), user) is not None)

    at_once(monkeypatch, *(lambda user=user: press(user) for user in people))
    assert (sorted(noted), LogEntry.objects.count()) == ([False, True], 1)
