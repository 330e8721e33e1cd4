"""The button that takes a place and leaves the waitlists at the same time: shown where it works."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from events import places
from events.access.refusals import PlaceRefused
from events.models import Attendee, Event, Registration, Workshop
from tests.factories import NOON, make_attendee, make_event, make_local_attendee, make_workshop
from tests.lines import register, status, statuses_of
from tests.markup import Page, TreeBuilder, fill_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def event() -> Event:
    return make_event(ends_at=NOON + timedelta(days=8))


@pytest.fixture
def full(event: Event) -> Workshop:
    """A full one in the first hour."""
    return make_workshop(event, capacity=0)


@pytest.fixture
def wanted(event: Event, full: Workshop) -> Workshop:
    """A free one in the first two hours."""
    return make_workshop(event, capacity=1, ends_at=full.ends_at + HOUR)


def come(client: Client, attendee: Attendee, *workshops: Workshop) -> list[Registration]:
    register(attendee, workshops[0].event)
    client.force_login(attendee.user)
    return [register(attendee, workshop) for workshop in workshops]


def look(client: Client, event: Event) -> Page:
    return read(client.get(event.get_absolute_url()))


def read(answer: HttpResponse) -> Page:
    return Page("", answer.status_code, TreeBuilder(answer.content.decode()).root)


def press(client: Client, workshop: Workshop, *leaving: str) -> HttpResponse:
    address = f"{workshop.event.get_absolute_url()}workshops/{workshop.slug}/register/"
    return client.post(address, {"leaving": leaving})


def is_offered(page: Page) -> bool:
    return any(page.root.all("input", name="leaving"))


def test_page_offers_the_swap_and_takes_only_spots_of_ones_own(
    client: Client, full: Workshop, wanted: Workshop
) -> None:
    (waiting,) = come(Client(), make_attendee(), full)
    (taken,) = come(client, make_attendee(), wanted)
    places.cancel(registration=taken, in_full=False)
    assert press(client, wanted, str(waiting.code)).status_code == 302
    assert status(waiting) == "waitlisted"
    places.cancel(registration=wanted.registrations.get(status="confirmed"), in_full=False)

    client.force_login(waiting.attendee.user)
    for odd in ("x", "\x00", "9" * 5000):
        assert press(client, wanted, odd).status_code == 409
    label = f"Take this one and leave the waitlist of “{full.title}”"
    form, button = look(client, full.event).find_button(label)
    assert (
        client.post(form.attributes["action"], dict(fill_in(form, button, {}))).status_code == 302
    )
    assert (status(waiting), wanted.registrations.active().get().attendee) == (
        "cancelled",
        waiting.attendee,
    )


def test_page_names_all_spots_and_one_button_leaves_them(
    client: Client, full: Workshop, wanted: Workshop
) -> None:
    second = make_workshop(full.event, starts_at=full.ends_at, capacity=0)
    spots = come(client, make_attendee(), full, second)
    page, both = look(client, full.event), f"“{full.title}” and “{second.title}”"
    assert f"at the same time as {both}, where you are on the waitlists." in page.root.text
    form, button = page.find_button(f"Take this one and leave the waitlists of {both}")
    codes = [value for name, value in fill_in(form, button, {}) if name == "leaving"]
    assert codes == [str(spot.code) for spot in spots]
    assert press(client, wanted, *codes).status_code == 302
    assert statuses_of(*spots) == ["cancelled", "cancelled"]


@pytest.mark.parametrize("capacity", [0, 1])
def test_page_says_that_no_place_is_free_and_offers_no_swap(
    client: Client, full: Workshop, wanted: Workshop, capacity: int
) -> None:
    come(Client(), make_attendee(), wanted)
    Workshop.objects.filter(pk=wanted.pk).update(capacity=capacity)
    (waiting,) = come(client, make_attendee(), full)
    answer = press(client, wanted, str(waiting.code))
    for page in (look(client, full.event), read(answer)):
        assert "No place is free here now. To wait here instead, leave that" in page.root.text
        assert not is_offered(page)
    assert (answer.status_code, status(waiting)) == (409, "waitlisted")


def test_page_offers_no_swap_if_a_place_is_in_the_way_too(
    client: Client, full: Workshop, wanted: Workshop
) -> None:
    second = make_workshop(full.event, starts_at=full.ends_at)
    come(client, make_attendee(), full, second)
    page = look(client, wanted.event)
    assert (
        f"It is at the same time as “{second.title}”, where you have a place. "
        f"It is at the same time as “{full.title}”, where you are on the waitlist."
    ) in page.root.text
    assert not is_offered(page)


@pytest.mark.parametrize("change", [{"has_waitlist": False, "capacity": 0}, {"price": 500}])
def test_page_offers_no_swap_if_another_rule_refuses(
    client: Client, full: Workshop, wanted: Workshop, change: dict[str, object]
) -> None:
    person = make_local_attendee()
    (waiting,) = come(client, person, full)
    Workshop.objects.filter(pk=wanted.pk).update(**change)
    assert not is_offered(look(client, full.event))
    with pytest.raises(PlaceRefused):
        places.swap(user=person.user, bookable=wanted, leaving=[waiting])
    assert status(waiting) == "waitlisted"
