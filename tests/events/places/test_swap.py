"""A spot on a waitlist that is given up for a place at the same time."""

from datetime import timedelta

import pytest
from django.test import Client

from events import places
from events.access.refusals import PlaceRefused
from events.models import Attendee, Registration, Workshop
from tests.factories import make_attendee, make_event, make_workshop
from tests.lines import register, status, statuses_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def workshops() -> tuple[Workshop, Workshop]:
    """One that is full, and another at the same time with one place."""
    event = make_event()
    start = event.starts_at + timedelta(hours=1)
    wanted = make_workshop(event, starts_at=start, capacity=0)
    return wanted, make_workshop(event, starts_at=start, capacity=1)


@pytest.fixture
def waiting(workshops: tuple[Workshop, Workshop]) -> Registration:
    return come(make_attendee(), workshops[0])


def come(attendee: Attendee, workshop: Workshop) -> Registration:
    register(attendee, workshop.event)
    return register(attendee, workshop)


def swap(waiting: Registration, workshop: Workshop) -> Registration:
    return places.swap(user=waiting.attendee.user, bookable=workshop, leaving=waiting)


def test_swap_takes_the_place_and_leaves_the_waitlist(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    with pytest.raises(PlaceRefused, match="time-clash"):
        register(waiting.attendee, workshops[1])
    taken = swap(waiting, workshops[1])
    assert statuses_of(waiting, taken) == ["cancelled", "confirmed"]


def test_swap_gives_nothing_up_if_no_place_is_free(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    come(make_attendee(), workshops[1])
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(waiting, workshops[1])
    assert status(waiting) == "waitlisted"
    assert waiting.attendee.registrations.filter(workshop=workshops[1]).count() == 0


def test_swap_keeps_a_spot_that_has_become_a_place(
    workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    Workshop.objects.filter(pk=workshops[0].pk).update(capacity=1)
    places.settle(event=waiting.event)
    with pytest.raises(PlaceRefused, match="time-clash"):
        swap(waiting, workshops[1])
    assert status(waiting) == "confirmed"


def test_page_offers_the_swap_and_takes_only_spots_of_ones_own(
    client: Client, workshops: tuple[Workshop, Workshop], waiting: Registration
) -> None:
    event, (wanted, free) = waiting.event, workshops
    address = f"{event.get_absolute_url()}workshops/{free.slug}/register/"
    stranger = make_attendee()
    register(stranger, event)
    client.force_login(stranger.user)
    client.post(address, {"leaving": str(waiting.code)})
    assert status(waiting) == "waitlisted"
    places.cancel(registration=stranger.registrations.get(workshop=free), in_full=False)

    client.force_login(waiting.attendee.user)
    page = client.get(event.get_absolute_url()).content.decode()
    assert f"Take this one and leave the waitlist of “{wanted.title}”" in page
    for odd in ("x", "\x00", "9" * 5000):
        assert client.post(address, {"leaving": odd}).status_code == 409
    client.post(address, {"leaving": str(waiting.code)})
    assert [*waiting.attendee.registrations.order_by("pk").values_list("status", flat=True)] == [
        "confirmed",
        "cancelled",
        "confirmed",
    ]
