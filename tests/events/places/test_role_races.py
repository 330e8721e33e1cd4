"""A role is given or taken away in the moment in which somebody signs up."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from events import places
from events.access.facts import count_occupancies
from events.accounts import closing
from events.audit import audit
from events.models import Attendee, Event, Registration, Role
from events.places import roles
from tests.factories import make_attendee, make_event, make_role, statuses
from tests.lines import register
from tests.place_modules import lock
from tests.place_modules import register as sign_up
from tests.unreliable import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def together(*actions: Callable[[], object]) -> None:
    """Do all of it at the same moment, each on a connection of its own."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], object]) -> None:
        barrier.wait()
        try:
            action()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[action]) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def outcome(event: Event) -> tuple[list[str], int, list[str]]:
    """Statuses, places that count, and what audit says."""
    event.refresh_from_db()
    taken = count_occupancies(event, timezone.now())[None].taken
    return sorted(statuses(event)), taken, [found.text for found in audit(event, timezone.now())]


def signs_up(person: Attendee, event: Event) -> Callable[[], object]:
    return lambda: places.register(user=person.user, bookable=event)


# --- Given while the last place is taken ---------------------------------------------------------


def last_place() -> tuple[list[str], int, list[str]]:
    """The holder of the one place gets a role, while somebody else asks for that place."""
    event = make_event(capacity=1)
    holder, other, speaker = (make_attendee() for _ in range(3))
    register(holder, event)
    together(
        lambda: make_role(event, holder),
        signs_up(other, event),
        signs_up(speaker, event),
    )
    return outcome(event)


def test_role_given_while_the_last_place_is_taken_frees_one_and_no_more() -> None:
    for _ in range(3):
        assert last_place() == (["confirmed", "confirmed", "waitlisted"], 1, [])


# --- Given or taken away while its person signs up -----------------------------------------------


def meanwhile(
    event: Event, person: Attendee, act: Callable[[], object]
) -> tuple[list[str], int, list[str]]:
    """Let `act` come after the person's sign-up has read its facts, and before it has written.

    With the lock `act` waits until the sign-up is done. PostgreSQL tells that it waits.
    """
    other = threading.Thread(target=_closing_connections, args=[act])
    read_facts = sign_up.read_facts

    def read_and_let_act(*args: Any, **kwargs: Any) -> Any:
        facts = read_facts(*args, **kwargs)
        if other.ident is None:
            other.start()
            other.join(0.5)
            wait_for_waiting(int(other.is_alive()))
        return facts

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_up, "read_facts", read_and_let_act)
        register(person, event)
    other.join()
    return outcome(event)


def _closing_connections(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connections.close_all()


def given_while_signing_up() -> tuple[list[str], int, list[str]]:
    event, speaker = make_event(capacity=1), make_attendee()
    return meanwhile(event, speaker, lambda: make_role(event, speaker))


def taken_while_signing_up() -> tuple[list[str], int, list[str]]:
    event, speaker = make_event(capacity=0), make_attendee()
    role = make_role(event, speaker)
    return meanwhile(event, speaker, lambda: places.take_role(role=role, by=None))


only_where_rows_are_locked = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite locks the whole file"
)


@only_where_rows_are_locked
def test_role_given_while_its_person_signs_up_marks_the_place() -> None:
    assert given_while_signing_up() == (["confirmed"], 0, [])


@only_where_rows_are_locked
def test_role_taken_away_while_its_person_signs_up_lets_the_place_count() -> None:
    """It is one place more than there are, because an organizer took the role away."""
    assert taken_while_signing_up() == (["confirmed"], 1, [])


@only_where_rows_are_locked
def test_without_the_lock_places_are_not_what_their_roles_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control: the one who signs up has read roles that are no longer true."""
    monkeypatch.setattr(lock, "lock", lambda pk: Event.objects.get(pk=pk))
    monkeypatch.setattr(sign_up, "_locked_attendee", _read)
    monkeypatch.setattr(roles, "lock_people", lambda person, _by, event: _read(person.user, event))
    given, taken = given_while_signing_up(), taken_while_signing_up()
    assert [told for _statuses, _taken, told in (given, taken)] == [
        ["counts among the places, and by its roles it should not"],
        ["does not count among the places, and by its roles it should"],
    ]


def _read(user: Any, event: Event) -> Attendee:
    return Attendee.objects.facing(event).select_related("user").get(user=user)


# --- Erased while a role is given ----------------------------------------------------------------


def test_nobody_erased_keeps_a_role_that_is_given_meanwhile() -> None:
    event, speaker = make_event(), make_attendee()

    def give() -> None:
        with suppress(places.NoPerson):
            make_role(event, speaker)

    together(give, lambda: closing.erase(speaker.user))
    assert (Role.objects.count(), Registration.objects.count()) == (0, 0)
