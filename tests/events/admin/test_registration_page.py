"""The page of one registration: its story, and buttons that are the actions of the list."""

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from events.models import Attendee, Event, Registration
from tests.factories import make_attendee, make_perk, make_user
from tests.lines import register, status

from .conftest import SignedIn
from .pages import REGISTRATIONS, read, registration_page, said, shown_field, version

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def buttons(response: HttpResponse) -> list[str]:
    boxes = [box for box in read(response).all("div") if box.attributes.get("class") == "buttons"]
    return [button.text for box in boxes for button in box.all("button")]


def press(browser: Client, registration: Registration, action: str, **more: str) -> HttpResponse:
    sent = {"action": action, "_selected_action": str(registration.pk), "back": "1"}
    return browser.post(REGISTRATIONS, sent | more)


@pytest.fixture
def jam(jam: Event) -> Event:
    Event.objects.filter(pk=jam.pk).update(capacity=1)
    jam.refresh_from_db()
    return jam


def test_place_has_buttons_that_fit(browser: Client, jam: Event) -> None:
    held = Registration.objects.filter(event=jam, workshop=None).get()
    waiting = register(make_attendee(), jam)
    assert buttons(browser.get(registration_page(held))) == ["Check in", "Cancel this registration"]
    assert buttons(browser.get(registration_page(waiting))) == [
        "Let move up before everybody else",
        "Cancel this registration",
    ]


def test_hold_may_be_marked_as_paid(browser: Client, jam: Event) -> None:
    Event.objects.update(capacity=9, price=500)
    held = register(make_attendee(), jam)
    assert buttons(browser.get(registration_page(held))) == [
        "Mark as paid",
        "Cancel this registration",
    ]


def test_ended_registration_has_no_buttons(browser: Client, jam: Event) -> None:
    one = Registration.objects.filter(event=jam, workshop=None).get()
    Registration.objects.filter(pk=one.pk).update(status="cancelled", ended_at=one.created_at)
    assert buttons(browser.get(registration_page(one))) == []


def test_button_asks_and_leads_back_to_the_page(browser: Client, jam: Event) -> None:
    one = Registration.objects.filter(event=jam, workshop=None).get()
    asked = press(browser, one, "cancel")
    (back,) = read(asked).all("input", name="back")
    stay = next(a for a in read(asked).all("a") if a.text == "No, back")
    done = press(browser, one, "cancel", confirmed="1", version=version(asked))

    assert back.attributes["value"] == "1"
    assert stay.attributes["href"] == registration_page(one)
    assert done["Location"] == registration_page(one)
    assert status(one) == "cancelled"
    assert said(done) == ["1 registration changed."]


def test_action_of_the_list_leads_back_to_the_list(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    clock.move_to(jam.starts_at)
    one = Registration.objects.filter(event=jam, workshop=None).get()
    response = browser.post(REGISTRATIONS, {"action": "check_in", "_selected_action": [one.pk]})
    assert response["Location"] == REGISTRATIONS


def test_button_for_a_registration_of_another_does_nothing(
    browser: Client, jam: Event, ball: Event
) -> None:
    theirs = Registration.objects.filter(event=ball, workshop=None).get()
    response = press(browser, theirs, "check_in")
    assert response["Location"] == REGISTRATIONS
    assert Registration.objects.filter(checked_in_at__isnull=False).count() == 0


def test_staff_who_only_look_have_no_buttons(signed_in: SignedIn, jam: Event) -> None:
    looker: User = make_user(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_registration"))
    jam.organizers.add(looker)
    one = Registration.objects.filter(event=jam, workshop=None).get()
    page = signed_in(looker).get(registration_page(one))
    assert buttons(page) == []
    assert "Signed up and got a place." in read(page).text


def test_page_tells_the_story_in_the_zone_of_the_event(browser: Client, jam: Event) -> None:
    Event.objects.update(time_zone="Asia/Tokyo")
    one = Registration.objects.filter(event=jam, workshop=None).get()
    (story,) = read(browser.get(registration_page(one))).all("ol")
    first = [p.text for p in story.all("p")][:2]
    assert first == ["Sat 1 June 2030, 21:00 (Asia/Tokyo)", "Signed up and got a place."]


def test_story_of_somebody_who_waits_ends_with_their_number(browser: Client, jam: Event) -> None:
    for _ in range(2):
        waiting = register(make_attendee(), jam)
    story = read(browser.get(registration_page(waiting))).first("ol", class_="story")
    assert [p.text for p in story.all("p")][-1] == "Waits now as number 2."


@pytest.mark.parametrize(
    ("cents", "known", "tier"),
    [
        (1200, True, "Gunter"),
        (100, True, "supporter"),
        (0, True, "not a supporter"),
        (0, False, "not shared"),
    ],
)
def test_tier_is_named_and_never_the_amount(
    browser: Client,
    jam: Event,
    cents: int,
    known: bool,  # noqa: FBT001 - parametrized
    tier: str,
) -> None:
    make_perk(jam, min_cents=600, label="Blade Runner")
    make_perk(jam, min_cents=1000, label="Gunter")
    Attendee.objects.update(patreon_cents=cents, patreon_known=known)
    one = Registration.objects.filter(event=jam, workshop=None).get()
    assert shown_field(browser, registration_page(one), "tier") == tier
    assert "12.00" not in browser.get(registration_page(one)).content.decode()
