"""A spot on a waitlist that is given up for a place at the same time."""

from datetime import timedelta

import pytest
import time_machine

from events import places
from events.access.refusals import PlaceRefused
from events.models import Attendee, Event, Registration, Workshop
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register, status, statuses_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def workshops() -> tuple[Workshop, Workshop]:
    """One that is full, and another at the same time with one place."""
    event = make_event()
    start = event.starts_at + HOUR
    wanted = make_workshop(event, starts_at=start, capacity=0)
    return wanted, make_workshop(event, starts_at=start, capacity=1)


@pytest.fixture
def waiting(workshops: tuple[Workshop, Workshop]) -> Registration:
    return come(make_attendee(), workshops[0])


def come(attendee: Attendee, workshop: Workshop) -> Registration:
    register(attendee, workshop.event)
    return register(attendee, workshop)


def swap(workshop: Workshop, *waiting: Registration) -> Registration:
    return places.swap(user=waiting[0].attendee.user, bookable=workshop, leaving=waiting)


def test_swap_takes_the_place_and_leaves_the_waitlist(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    with pytest.raises(PlaceRefused, match="time-clash"):
        register(waiting.attendee, workshops[1])
    taken = swap(workshops[1], waiting)
    assert statuses_of(waiting, taken) == ["cancelled", "confirmed"]


def test_swap_gives_nothing_up_if_no_place_is_free(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    come(make_attendee(), workshops[1])
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(workshops[1], waiting)
    assert status(waiting) == "waitlisted"
    assert waiting.attendee.registrations.filter(workshop=workshops[1]).count() == 0


def test_swap_keeps_a_spot_that_has_become_a_place(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    Workshop.objects.filter(pk=workshops[0].pk).update(capacity=1)
    places.settle(event=waiting.event)
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(workshops[1], waiting)
    assert status(waiting) == "confirmed"


# --- Several spots -------------------------------------------------------------------------------


@pytest.fixture
def in_a_row() -> tuple[Workshop, Workshop, Workshop]:
    """Two full ones, one after the other, and one with a place that takes the time of both."""
    event = make_event(ends_at=NOON + timedelta(days=8))
    start = event.starts_at
    return (
        make_workshop(event, starts_at=start, capacity=0),
        make_workshop(event, starts_at=start + HOUR, capacity=0),
        make_workshop(event, starts_at=start, ends_at=start + 2 * HOUR, capacity=1),
    )


def test_swap_leaves_all_spots_in_the_way(in_a_row: tuple[Workshop, Workshop, Workshop]) -> None:
    person, (first, second, wanted) = make_attendee(), in_a_row
    spots = [come(person, workshop) for workshop in (first, second)]
    taken = swap(wanted, *spots)
    assert statuses_of(*spots, taken) == ["cancelled", "cancelled", "confirmed"]


def test_swap_leaves_none_if_another_is_in_the_way_too(
    in_a_row: tuple[Workshop, Workshop, Workshop],
) -> None:
    person, (first, second, wanted) = make_attendee(), in_a_row
    spots = [come(person, workshop) for workshop in (first, second)]
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(wanted, spots[0])
    Workshop.objects.filter(pk=second.pk).update(capacity=1)
    places.settle(event=second.event)
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(wanted, *spots)
    assert statuses_of(*spots) == ["waitlisted", "confirmed"]


def test_swap_does_not_move_the_person_up_at_a_spot_that_is_left(
    in_a_row: tuple[Workshop, Workshop, Workshop],
) -> None:
    """The second has a place that only the first keeps the person from."""
    person, (first, second, wanted) = make_attendee(), in_a_row
    spots = [come(person, workshop) for workshop in (first, second)]
    same_time = {"starts_at": first.starts_at, "ends_at": first.ends_at, "capacity": 1}
    Workshop.objects.filter(pk=second.pk).update(**same_time)
    taken = swap(wanted, *spots)
    assert statuses_of(*spots, taken) == ["cancelled", "cancelled", "confirmed"]


def test_swap_moves_the_person_up_where_only_a_left_spot_was_in_the_way(
    in_a_row: tuple[Workshop, Workshop, Workshop],
) -> None:
    person, (first, second, wanted) = make_attendee(), in_a_row
    other = make_workshop(first.event, starts_at=wanted.ends_at, capacity=0)
    spots = [come(person, workshop) for workshop in (first, second)]
    kept = come(person, other)
    later = {"starts_at": second.starts_at, "ends_at": other.ends_at}
    Workshop.objects.filter(pk=second.pk).update(**later)
    Workshop.objects.filter(pk=other.pk).update(capacity=1)
    taken = swap(wanted, *spots)
    assert statuses_of(*spots, kept, taken) == ["cancelled", "cancelled", "confirmed", "confirmed"]


# --- Pages that are out of date ------------------------------------------------------------------


def test_swap_keeps_a_spot_that_is_no_longer_in_the_way(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    later = {"starts_at": workshops[1].ends_at, "ends_at": workshops[1].ends_at + HOUR}
    Workshop.objects.filter(pk=workshops[0].pk).update(**later)
    taken = swap(workshops[1], waiting)
    assert statuses_of(waiting, taken) == ["waitlisted", "confirmed"]


def test_swap_keeps_a_spot_for_a_place_that_the_person_has(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    """The two were apart when the person took the second."""
    start, apart = workshops[0].starts_at, workshops[1].ends_at
    wanted = Workshop.objects.filter(pk=workshops[0].pk)
    wanted.update(starts_at=apart, ends_at=apart + HOUR)
    held = register(waiting.attendee, workshops[1])
    wanted.update(starts_at=start, ends_at=start + HOUR)
    assert swap(workshops[1], waiting) == held
    assert statuses_of(waiting, held) == ["waitlisted", "confirmed"]


def test_swap_for_the_event_keeps_the_spot(waiting: Registration) -> None:
    place = waiting.attendee.registrations.get(workshop=None)
    taken = places.swap(user=waiting.attendee.user, bookable=waiting.event, leaving=[waiting])
    assert (taken, status(waiting)) == (place, "waitlisted")


def test_swap_keeps_a_spot_that_can_no_longer_be_left(
    workshops: tuple[Workshop, Workshop], waiting: Registration, clock: time_machine.Traveller
) -> None:
    Workshop.objects.filter(pk=workshops[1].pk).update(ends_at=workshops[0].ends_at + HOUR)
    Event.objects.update(ends_at=workshops[0].ends_at + HOUR)
    clock.move_to(workshops[0].ends_at)
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(workshops[1], waiting)
    assert status(waiting) == "waitlisted"
