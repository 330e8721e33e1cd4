"""Roles on the page of an event: one's own, and those of people who agreed to be named."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from events import places
from events.models import Attendee, Event, Role
from tests.factories import make_attendee, make_event, make_role, make_workshop
from tests.markup import Element, TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def wren() -> Attendee:
    return make_attendee(neos_username="Wren")


def page_of(client: Client, event: Event) -> Element:
    return TreeBuilder(client.get(event.get_absolute_url()).content.decode()).root


def words(element: Element) -> str:
    return " ".join(element.raw.split())


def show(client: Client, event: Event, shown: str = "yes") -> tuple[int, str]:
    response = client.post(f"{event.get_absolute_url()}roles/show/", {"shown": shown})
    return response.status_code, response.headers.get("Location", "")


def agree(*attendees: Attendee) -> None:
    Role.objects.filter(attendee__in=attendees).update(is_shown=True)


def test_nobody_is_named_who_has_not_agreed(client: Client, wren: Attendee) -> None:
    event = make_event()
    make_role(event, wren)
    assert "Wren" not in page_of(client, event).raw
    agree(wren)
    section = page_of(client, event).first("section", id="roles")
    assert words(section) == "Who does what Speakers Wren"


def test_people_stand_by_kind_once_each_and_at_their_workshop(
    client: Client, wren: Attendee
) -> None:
    event = make_event()
    jam, other = make_workshop(event), make_workshop(event)
    robin = make_attendee(display_name="Robin")
    make_role(event, robin, kind="helper")
    for workshop in (jam, other):
        make_role(event, wren, workshop=workshop)
    make_role(event, wren, kind="host", workshop=jam)
    agree(wren, robin)
    page = page_of(client, event)
    found = words(page.first("section", id="roles"))
    assert found == "Who does what Session hosts Wren Speakers Wren Helpers Robin"
    block = page.first("li", id=f"workshop-{jam.slug}").first("ul", class_="people")
    assert words(block) == "Wren speaker Wren session host"


def test_closed_and_nameless_people_are_not_named(client: Client, wren: Attendee) -> None:
    event, nameless = make_event(), make_attendee(neos_username="")
    for person in (wren, nameless):
        make_role(event, person)
    agree(wren, nameless)
    wren.user.is_active = False
    wren.user.save()
    assert list(page_of(client, event).all("section", id="roles")) == []


def test_own_role_says_what_comes_with_it(client: Client, wren: Attendee) -> None:
    event = make_event(capacity=0, session_opens_minutes=15)
    workshop = make_workshop(event, title="Mixing")
    make_role(event, wren, workshop=workshop, early_minutes=45)
    client.force_login(wren.user)
    page = page_of(client, event)
    box = words(page.first("section", id="your-role"))
    assert box.startswith("Your role speaker: Mixing")
    assert "You can take one even if all are taken." in box
    assert "from Sat 8 June 2030, 11:00 (UTC), earlier than others" in box
    assert "They would see your picture and this name: Wren" in box
    assert "Take a place" in words(page.first("section", id="your-place"))


def test_box_is_for_its_person_only(client: Client, wren: Attendee) -> None:
    event = make_event()
    make_role(event, wren)
    make_role(make_event(), stranger := make_attendee())
    client.force_login(stranger.user)
    assert list(page_of(client, event).all("section", id="your-role")) == []


def test_person_agrees_and_takes_it_back(client: Client, wren: Attendee) -> None:
    event = make_event()
    make_role(event, wren)
    client.force_login(wren.user)
    leads_to = (302, f"{event.get_absolute_url()}#your-role")
    assert (show(client, event), Role.objects.get().is_shown) == (leads_to, True)
    make_role(event, wren, kind="host")
    box = words(page_of(client, event).first("section", id="your-role"))
    assert box.endswith("Your name is not shown with it. Show my name with my role")
    assert show(client, event, "no") == leads_to
    assert set(Role.objects.values_list("is_shown", flat=True)) == {False}


def test_reading_the_address_changes_nothing(client: Client, wren: Attendee) -> None:
    event = make_event()
    make_role(event, wren)
    client.force_login(wren.user)
    response = client.get(f"{event.get_absolute_url()}roles/show/")
    assert (response.status_code, Role.objects.get().is_shown) == (302, False)


def test_nobody_else_agrees_for_them(client: Client, wren: Attendee) -> None:
    event, draft = make_event(), make_event(status="draft")
    for one in (event, draft):
        make_role(one, wren)
    assert show(client, event)[1].startswith("/accounts/login/")
    client.force_login(make_attendee().user)
    assert show(client, event) == (404, "")
    client.force_login(wren.user)
    assert show(client, draft) == (404, "")
    assert set(Role.objects.values_list("is_shown", flat=True)) == {False}


def test_nameless_person_is_told_to_choose_a_name(client: Client) -> None:
    event, nameless = make_event(), make_attendee(neos_username="")
    make_role(event, nameless)
    client.force_login(nameless.user)
    assert (show(client, event), Role.objects.get().is_shown) == ((409, ""), False)


@pytest.mark.parametrize("people", [1, 5])
def test_roles_cost_two_queries_more_for_who_has_one(
    client: Client, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One for those who are named, and one for one's own; without any there is neither."""
    event = make_event()
    make_workshop(event)
    for _ in range(people):
        make_role(event, person := make_attendee())
        agree(person)
    with django_assert_num_queries(7):
        page_of(client, event)
    client.force_login(person.user)
    with django_assert_num_queries(12):
        page_of(client, event)


def test_place_of_a_speaker_says_when_the_session_opens_for_them(
    client: Client, wren: Attendee
) -> None:
    event = make_event(session_url="neos-session:///S-jam", session_opens_minutes=15)
    make_role(event, wren, early_minutes=45)
    mine = places.register(user=wren.user, bookable=event)
    client.force_login(wren.user)
    page = client.get(f"/registrations/{mine.code}/").content.decode()
    assert "appears here Sat 8 June 2030, 11:00 (UTC)" in " ".join(
        TreeBuilder(page).root.raw.split()
    )
    assert mine.session_opens_at > timezone.now()
