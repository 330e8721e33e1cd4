"""A workshop is moved away while somebody gives up its waitlist for another at that time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction

from events import places
from events.models import Event, Registration, Workshop
from events.places import event_edits
from tests.factories import make_attendee, make_event, make_workshop
from tests.lines import register, statuses_of
from tests.place_modules import lock
from tests.unreliable import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)


def swap_while_moved() -> list[str]:
    """Return what became of the spot, and of the place that was free."""
    event, person = make_event(), make_attendee()
    full, free = make_workshop(event, capacity=0), make_workshop(event, capacity=1)
    register(person, event)
    waiting = register(person, full)

    def press() -> None:
        try:
            places.swap(user=person.user, bookable=free, leaving=[waiting])
        finally:
            connections.close_all()

    move_away(full, threading.Thread(target=press))
    return statuses_of(waiting, Registration.objects.get(workshop=free))


def move_away(workshop: Workshop, meanwhile: threading.Thread) -> None:
    """As the admin does. PostgreSQL tells that the other one waits; SQLite lets nobody else in."""
    with transaction.atomic():
        before = event_edits.begin(workshop.event_id)
        later = {"starts_at": workshop.ends_at, "ends_at": workshop.ends_at + timedelta(hours=1)}
        Workshop.objects.filter(pk=workshop.pk).update(**later)
        event_edits.follow_up(before)
        meanwhile.start()
        if connection.vendor == "postgresql":
            meanwhile.join(0.5)
            wait_for_waiting(int(meanwhile.is_alive()))
    meanwhile.join()


def test_swap_keeps_a_spot_that_is_moved_out_of_the_way_meanwhile() -> None:
    assert swap_while_moved() == ["waitlisted", "confirmed"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the whole file")
def test_without_the_lock_the_spot_is_given_up_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control."""
    monkeypatch.setattr(lock, "lock", lambda pk: Event.objects.get(pk=pk))
    assert swap_while_moved() == ["cancelled", "confirmed"]
