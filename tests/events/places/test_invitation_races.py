"""Two people press the button of one invitation at the same moment."""

import threading
from typing import Any

import pytest
from django.db import connection, connections

from events import places
from events.models import Attendee, Event, PlaceInvitation
from events.places import NotOpen, place_invitations
from tests.factories import make_attendee, make_event, make_organizer
from tests.place_modules import lock

pytestmark = pytest.mark.django_db(transaction=True)


def race() -> list[str]:
    """Return what each of the two was told, and how many places there are in the end."""
    event = make_event(capacity=0)
    made, _token = places.invite(
        bookable=event, by=make_organizer(), because="", until=event.starts_at
    )
    people = [make_attendee() for _ in range(2)]
    answers: list[str] = []
    barrier = threading.Barrier(2)

    def press(person: Attendee) -> None:
        barrier.wait()
        try:
            answers.append(places.take_invited(invitation=made, attendee=person).status)
        except NotOpen:
            answers.append("not open")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert PlaceInvitation.objects.get().used_by_id in {person.pk for person in people}
    return [*sorted(answers), str(event.registrations.count())]


def test_one_link_gives_one_of_two_people_the_place() -> None:
    for _ in range(3):
        assert race() == ["confirmed", "not open", "1"]
        PlaceInvitation.objects.all().delete()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite locks the whole file")
def test_without_the_lock_both_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: both read the link before either has used it."""
    monkeypatch.setattr(lock, "lock", lambda pk: Event.objects.get(pk=pk))
    together = threading.Barrier(2, timeout=20)
    settle = place_invitations.settle_locked

    def settle_together(*args: Any) -> int:
        together.wait()
        return settle(*args)

    monkeypatch.setattr(place_invitations, "settle_locked", settle_together)
    monkeypatch.setattr(
        place_invitations, "lock_people", lambda person, _by, event: _read(person, event)
    )
    assert race() == ["confirmed", "confirmed", "2"]


def _read(person: Attendee, event: Event) -> Attendee:
    return Attendee.objects.facing(event).select_related("user").get(pk=person.pk)
