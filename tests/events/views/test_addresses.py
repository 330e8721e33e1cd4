"""Links to an event or a workshop that has another address by now."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from events.models import Event, FormerAddress, Registration, Workshop
from events.places import event_edits
from events.places.former_addresses import AddressTaken
from tests.deletions import deleted_once_read
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def rename(event: Event, slug: str) -> None:
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        Event.objects.filter(pk=event.pk).update(slug=slug)
        event_edits.follow_up(before)


def rename_workshop(workshop: Workshop, slug: str) -> None:
    with transaction.atomic():
        before = event_edits.begin(workshop.event_id)
        Workshop.objects.filter(pk=workshop.pk).update(slug=slug)
        event_edits.follow_up(before)


def leads_to(client: Client, address: str) -> tuple[int, str]:
    response = client.get(address)
    return response.status_code, response.get("Location", "")


@pytest.mark.parametrize("tail", ["", "draw.txt", "register/", "workshops/mixing/register/"])
def test_former_address_leads_to_the_present_one_with_its_query_r3(
    client: Client, tail: str
) -> None:
    event = make_event(slug="old", drawn_at=NOON, draw_at=NOON)
    make_workshop(event, slug="mixing")
    rename(event, "new")

    assert leads_to(client, f"/events/old/{tail}?a=1") == (301, f"/events/new/{tail}?a=1")
    assert client.head(f"/events/old/{tail}").status_code == 301


def test_former_address_is_not_kept_by_browsers_r3(client: Client) -> None:
    event = make_event(slug="old")
    rename(event, "new")

    assert "no-store" in client.get("/events/old/")["Cache-Control"]


def test_event_gets_its_address_back_r3(client: Client) -> None:
    event = make_event(slug="old")
    rename(event, "new")
    rename(event, "old")

    assert client.get("/events/old/").status_code == 200
    assert leads_to(client, "/events/new/") == (301, "/events/old/")
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["new"]


def test_address_of_two_renames_ago_leads_there_at_once_r3(client: Client) -> None:
    event = make_event(slug="one")
    rename(event, "two")
    rename(event, "three")

    assert leads_to(client, "/events/one/") == (301, "/events/three/")
    assert leads_to(client, "/events/two/") == (301, "/events/three/")


def test_form_of_an_open_page_still_signs_up_r3(client: Client) -> None:
    event, attendee = make_event(slug="old"), make_attendee()
    workshop = make_workshop(event, slug="mixing")
    rename(event, "new")
    rename_workshop(workshop, "mastering")
    client.force_login(attendee.user)

    event_answer = client.post("/events/old/register/")
    workshop_answer = client.post("/events/old/workshops/mixing/register/")

    first, second = Registration.objects.filter(status="confirmed").order_by("pk")
    assert event_answer["Location"] == f"/registrations/{first.code}/"
    assert workshop_answer["Location"] == f"/registrations/{second.code}/"


def test_former_address_of_a_workshop_keeps_its_place_on_the_page_r3(client: Client) -> None:
    event = make_event(slug="jam")
    rename_workshop(make_workshop(event, slug="mixing"), "mastering")

    page = client.get("/events/jam/").content.decode()

    assert page.count('id="workshop-mixing"') == 1
    assert leads_to(client, "/events/jam/workshops/mixing/register/") == (
        301,
        "/events/jam/workshops/mastering/register/",
    )


def test_present_workshop_goes_before_one_that_had_the_address_r3(client: Client) -> None:
    event = make_event(slug="jam")
    first = make_workshop(event, slug="mixing")
    rename_workshop(first, "mastering")
    second = make_workshop(event, slug="other")
    rename_workshop(second, "mixing")
    first.refresh_from_db()

    assert first.former_slugs == []
    assert leads_to(client, "/events/jam/workshops/mixing/register/") == (
        302,
        "/events/jam/#workshop-mixing",
    )


def test_former_address_of_a_draft_is_nothing_to_strangers_r3(client: Client) -> None:
    organizer = make_organizer()
    event = make_event(slug="old", organizers=[organizer])
    rename(event, "new")
    Event.objects.update(status="draft")

    assert client.get("/events/old/").status_code == client.get("/events/no/").status_code == 404
    client.force_login(make_user())
    assert client.get("/events/old/").status_code == 404
    client.force_login(organizer)
    assert leads_to(client, "/events/old/") == (301, "/events/new/")


def test_draft_that_nobody_knows_leaves_no_former_address_r3() -> None:
    event = make_event(slug="old", status="draft")
    rename(event, "new")
    assert FormerAddress.objects.count() == 0


def test_address_that_another_event_had_is_not_given_away_r3() -> None:
    event, other = make_event(slug="old"), make_event(slug="other")
    rename(event, "new")
    with pytest.raises(AddressTaken):
        rename(other, "old")
    other.refresh_from_db()
    assert other.slug == "other"


def test_present_address_costs_no_look_at_former_ones_r3(
    client: Client, django_assert_num_queries: Callable[..., object]
) -> None:
    event = make_event(slug="old")
    rename(event, "new")
    with django_assert_num_queries(6) as captured:  # type: ignore[attr-defined]
        client.get("/events/new/")
    assert [q for q in captured.captured_queries if "formeraddress" in q["sql"]] == []


@pytest.mark.parametrize("slug", ["x" * 5000, "%C3%A4", "%00", "a%2Fb", "%ED%A0%80"])
@pytest.mark.parametrize("tail", ["", "draw.txt", "register/", "workshops/{}/register/"])
def test_strange_address_is_just_not_found_r3(client: Client, slug: str, tail: str) -> None:
    make_event(slug="jam")
    assert client.get(f"/events/{slug}/{tail.format(slug)}").status_code == 404
    assert client.get(f"/events/jam/workshops/{slug}/register/").status_code == 404


# --- What is deleted meanwhile -----------------------------------------------------------------


def test_sign_up_for_an_event_that_was_just_deleted_is_not_found_m13(client: Client) -> None:
    event = make_event(slug="jam")
    client.force_login(make_attendee().user)
    with deleted_once_read(event):
        assert client.post("/events/jam/register/").status_code == 404
    assert Event.objects.count() == 0


def test_sign_up_for_a_workshop_that_was_just_deleted_is_not_found_m13(client: Client) -> None:
    event, attendee = make_event(slug="jam"), make_attendee()
    workshop = make_workshop(event, slug="mixing")
    register(attendee, event)
    client.force_login(attendee.user)
    with deleted_once_read(workshop):
        assert client.post("/events/jam/workshops/mixing/register/").status_code == 404
    assert Workshop.objects.count() == 0


@pytest.mark.parametrize("tail", ["cancel", "pay"])
def test_registration_that_was_just_deleted_is_not_found_m13(
    client: Client, tail: str, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDER = "sandbox"
    attendee = make_attendee()
    held = register(attendee, make_event(price=500))
    client.force_login(attendee.user)
    with deleted_once_read(held):
        assert client.post(f"/registrations/{held.code}/{tail}/").status_code == 404
    assert Registration.objects.count() == 0
