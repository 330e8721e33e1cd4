"""Bars: parts that add up, numbers of the rows, links to exactly these people."""

import pytest
from django.utils import timezone

from events.desk.bars import Bar, Part, bars
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_role, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_bars_count_places_holds_and_people_who_wait() -> None:
    event = make_event(capacity=4, price=500)
    workshop = make_workshop(event)
    for _ in range(6):
        register(make_attendee(), event)
    first, second = Registration.objects.order_by("pk")[:2]
    Registration.objects.filter(pk=first.pk).update(status="confirmed", confirmed_at=NOON)
    Registration.objects.filter(pk=second.pk).update(hold_until=NOON)  # it has lapsed
    own, below = bars(event, timezone.now())

    assert (own.bookable, own.taken, own.held, own.free, own.waiting) == (event, 1, 2, 1, 2)
    assert (below.bookable, below.taken, below.free) == (workshop, 0, None)


def test_places_outside_of_the_capacity_are_counted_by_themselves() -> None:
    event = make_event(capacity=1)
    for outside in (True, False):
        make_role(event, speaker := make_attendee(), outside_capacity=outside)
        register(speaker, event)
    (bar,) = bars(event, timezone.now())
    assert (bar.taken, bar.held, bar.free, bar.outside) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("capacity", "taken", "held", "parts"),
    [
        (4, 1, 2, [("taken", "0.00", "25.00"), ("held", "25.00", "50.00")]),
        (4, 0, 0, []),
        (0, 0, 0, []),
        (None, 3, 0, []),
        (2, 3, 1, [("taken", "0.00", "75.00"), ("held", "75.00", "25.00")]),
    ],
)
def test_parts_fill_the_bar(
    capacity: int | None, taken: int, held: int, parts: list[tuple[str, str, str]]
) -> None:
    bar = Bar(Event(capacity=capacity), taken, held)
    assert bar.parts == [Part(*part) for part in parts]


def test_bars_lead_to_lists_of_the_event_itself_or_of_a_workshop() -> None:
    event = make_event()
    workshop = make_workshop(event)
    own, below = bars(event, timezone.now())
    start = f"/admin/events/registration/?event__id__exact={event.pk}&"
    assert own.taken_at == f"{start}workshop__isnull=True&status__exact=confirmed"
    assert below.waiting_at == f"{start}workshop__id__exact={workshop.pk}&status__exact=waitlisted"
