"""Messages and people who wait are counted up to a number, where it can still come true."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events import places
from events.health import queue
from events.models import Event
from tests.factories import make_attendee, make_event, make_workshop

pytestmark = pytest.mark.django_db


def make_waitlist(title: str, number: int) -> Event:
    event = make_event(title=title, capacity=1)
    for _ in range(number + 1):
        places.register(user=make_attendee().user, bookable=event)
    return event


def test_longest_waitlists_come_first_with_workshops_by_their_own_name() -> None:
    make_waitlist("Short", 1)
    event = make_waitlist("Long", 3)
    workshop = make_workshop(event, title="Fog", capacity=0)
    person = event.registrations.filter(status="confirmed").get().attendee
    places.register(user=person.user, bookable=workshop)

    found = [(each.title, each.number) for each in queue.longest_waitlists(timezone.now())]

    assert found[0] == ("Long", 3)
    assert sorted(found[1:]) == [("Fog", 1), ("Short", 1)]
    assert queue.longest_waitlist(timezone.now()) == 3
    assert queue.waiting_people(timezone.now()) == 5


@pytest.mark.parametrize(
    "fields", [{"status": "cancelled"}, {"ends_at": timezone.now() - timedelta(days=1)}]
)
def test_who_waits_at_an_event_that_is_over_or_cancelled_is_not_counted(
    fields: dict[str, object],
) -> None:
    event = make_waitlist("Gone", 2)
    before = queue.waiting_people(timezone.now())
    if "ends_at" in fields:
        fields = {**fields, "starts_at": timezone.now() - timedelta(days=2)}
    Event.objects.filter(pk=event.pk).update(**fields)

    assert (before, queue.waiting_people(timezone.now())) == (2, 0)
    assert queue.longest_waitlists(timezone.now()) == []


def test_numbers_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    make_waitlist("Long", 3)
    monkeypatch.setattr(queue, "MOST", 2)

    assert queue.waiting_people(timezone.now()) == 2
