"""The page of one registration: its story, and buttons that are the actions of the list."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client

from events.models import Attendee, Block, Event, FormerNeosId, Registration
from tests.factories import NOON, make_attendee, make_perk, make_user, make_workshop
from tests.lines import register, status
from tests.markup import fill_in

from .conftest import SignedIn
from .ledgers import at
from .pages import (
    BLOCKS,
    REGISTRATIONS,
    fields,
    read,
    registration_page,
    said,
    shown_field,
    version,
)

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


# --- Links to what is done on other pages ---------------------------------------------------------

MOVE, GIVE, BLOCK = (
    "Move to another workshop",
    "Give the place to somebody else",
    "Block this person",
)


def ways(response: HttpResponse) -> dict[str, str]:
    """Return the address of each link beside the buttons, by its words."""
    boxes = [box for box in read(response).all("div") if box.attributes.get("class") == "buttons"]
    return {a.text: str(a.attributes["href"]) for box in boxes for a in box.all("a")}


def at_workshop(event: Event) -> Registration:
    return Registration.objects.get(event=event, workshop__isnull=False)


def at_event(event: Event) -> Registration:
    return Registration.objects.get(event=event, workshop=None)


def test_place_leads_to_moving_giving_and_blocking(browser: Client, jam: Event) -> None:
    make_workshop(jam, title="Fog")
    assert [*ways(browser.get(registration_page(at_workshop(jam))))] == [MOVE, GIVE, BLOCK]
    assert [*ways(browser.get(registration_page(at_event(jam))))] == [GIVE, BLOCK]


def test_person_is_moved_from_the_page_and_back_to_it(browser: Client, jam: Event) -> None:
    fog, mine = make_workshop(jam, title="Fog"), at_workshop(jam)
    address = ways(browser.get(registration_page(mine)))[MOVE]
    asked = browser.post(address, {"to": fog.pk, "because": "Asked"})
    stay = next(a for a in read(asked).all("a") if a.text == "No, back")
    done = browser.post(address, {**agreement(asked), "confirmed": "1"})

    assert stay.attributes["href"] == registration_page(mine)
    assert done["Location"] == registration_page(mine)
    mine.refresh_from_db()
    assert mine.workshop == fog


def test_place_is_given_away_from_the_page_and_back_to_it(browser: Client, jam: Event) -> None:
    make_attendee(neos_id="U-ada")
    mine = at_event(jam)
    address = ways(browser.get(registration_page(mine)))[GIVE]
    asked = browser.post(address, {"person": "U-ada", "because": "Ill"})
    done = browser.post(address, {**agreement(asked), "confirmed": "1"})
    assert done["Location"] == registration_page(mine)
    assert status(mine) == "cancelled"


def agreement(asked: HttpResponse) -> dict[str, list[str]]:
    """Return all that the page that asks carries."""
    form = next(f for f in read(asked).all("form") if any(f.all("button", name="confirmed")))
    sent: dict[str, list[str]] = {}
    for name, value in fill_in(form, form.first("button", name="confirmed"), {}):
        sent.setdefault(name, []).append(value)
    return sent


def test_block_is_filled_in_with_person_and_event(browser: Client, jam: Event) -> None:
    mine = at_event(jam)
    address = ways(browser.get(registration_page(mine)))[BLOCK]
    form = fields(browser.get(address))
    assert (form["person"], form["event"]) == ([str(mine.attendee_id)], [str(jam.pk)])
    asked = browser.post(address, form | {"reason": "Rude"})
    (box,) = read(asked).all("input", type="checkbox", name="agreed")
    agreed = {"reason": "Rude", "agreed": str(box.attributes["value"])}
    done = browser.post(address, form | agreed)
    assert done["Location"] == registration_page(mine)
    made = Block.objects.get()
    assert (made.neos_id, made.event, made.reason) == ("U-guest", jam, "Rude")
    assert BLOCK not in ways(browser.get(registration_page(mine)))


def test_block_leads_back_to_no_registration_of_another(
    browser: Client, jam: Event, ball: Event
) -> None:
    """Neither does it with a value that is no key."""
    for value in (at_event(ball).pk, "x", "9" * 30):
        address = f"{BLOCKS}add/?from-registration={value}"
        typed = {"neos_id": f"U-{value}", "event": jam.pk, "agreed": f"0 {jam.pk} U-{value}"}
        assert browser.post(address, typed)["Location"] == BLOCKS


def blocked(response: HttpResponse) -> list[str]:
    return [p.text for p in read(response).all("p", class_="blocked")]


def test_block_of_the_event_is_told_with_its_page(
    browser: Client, mika: User, jam: Event, ball: Event
) -> None:
    Block.objects.create(neos_id="U-guest", event=ball)
    assert blocked(browser.get(registration_page(at_event(jam)))) == []
    made = Block.objects.create(neos_id="U-guest", event=jam, created_by=mika)
    page = browser.get(registration_page(at_event(jam)))
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert blocked(page) == [f"Blocked by the organizers since {when} · See the block"]
    (line,) = read(page).all("p", class_="blocked")
    assert line.first("a").attributes["href"] == f"{BLOCKS}{made.pk}/change/"
    story = read(page).first("ol", class_="story")
    assert [p.text for p in story.all("p")][-1] == "Blocked by the organizers. ( mika )"


def test_block_of_the_site_has_a_link_for_superusers_only(
    browser: Client, signed_in: SignedIn, superuser: User, jam: Event
) -> None:
    """It does not keep organizers from blocking the person, and does not say who made it."""
    Block.objects.create(neos_id="U-guest", event=None, created_by=superuser)
    page = browser.get(registration_page(at_event(jam)))
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert blocked(page) == [f"Blocked from the whole site since {when}"]
    assert "root" not in read(page).text
    assert BLOCK in ways(page)
    theirs = signed_in(superuser).get(registration_page(at_event(jam)))
    assert blocked(theirs) == [f"Blocked from the whole site since {when} · See the block"]


def test_block_of_a_former_id_is_told(browser: Client, jam: Event) -> None:
    mine = at_event(jam)
    FormerNeosId.objects.create(attendee=mine.attendee, neos_id="U-former")
    Block.objects.create(neos_id="U-former", event=jam)
    assert len(blocked(browser.get(registration_page(mine)))) == 1


def test_person_without_neos_is_not_offered_for_a_block(browser: Client, jam: Event) -> None:
    Attendee.objects.update(neos_id=None)
    assert [*ways(browser.get(registration_page(at_event(jam))))] == [GIVE]


def test_only_workshop_cannot_be_left_for_another(browser: Client, jam: Event) -> None:
    assert MOVE not in ways(browser.get(registration_page(at_workshop(jam))))


def test_workshop_that_is_over_is_none_to_move_to(browser: Client, jam: Event) -> None:
    over = make_workshop(jam, starts_at=NOON - timedelta(hours=2))
    mine = at_workshop(jam)
    assert MOVE not in ways(browser.get(registration_page(mine)))
    address = at(jam, f"people/move/?of={mine.pk}")
    assert browser.post(address, {"to": over.pk, "because": "x"}).status_code == 422
    assert address not in [
        a.attributes["href"] for a in read(browser.get(at(jam, "people/"))).all("a")
    ]


def test_who_came_is_neither_moved_nor_replaced(browser: Client, jam: Event) -> None:
    make_workshop(jam)
    Registration.objects.update(checked_in_at=NOON)
    assert [*ways(browser.get(registration_page(at_workshop(jam))))] == [BLOCK]


def test_who_waits_is_moved_but_has_no_place_to_give(browser: Client, jam: Event) -> None:
    make_workshop(jam)
    waiting = register(make_attendee(), jam)
    assert [*ways(browser.get(registration_page(waiting)))] == [BLOCK]
    Registration.objects.filter(workshop__isnull=False).update(
        status="waitlisted", waitlisted_at=NOON, taken_at=None, confirmed_at=None
    )
    assert [*ways(browser.get(registration_page(at_workshop(jam))))] == [MOVE, BLOCK]


def test_event_that_is_over_leads_nowhere(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    make_workshop(jam)
    clock.move_to(jam.ends_at + timedelta(days=1))
    assert ways(browser.get(registration_page(at_workshop(jam)))) == {}


@pytest.mark.parametrize(
    ("codenames", "expected"),
    [
        (["view_registration"], []),
        (["view_registration", "view_event"], []),
        (["view_registration", "change_registration"], []),
        (["view_registration", "change_registration", "view_event"], [MOVE, GIVE]),
        (["view_registration", "add_block"], [BLOCK]),
    ],
)
def test_links_are_for_those_who_may_follow_them(
    signed_in: SignedIn, jam: Event, codenames: list[str], expected: list[str]
) -> None:
    make_workshop(jam)
    staff: User = make_user(is_staff=True)
    staff.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    jam.organizers.add(staff)
    reader, mine = signed_in(staff), at_workshop(jam)
    found = ways(reader.get(registration_page(mine)))
    assert [*found] == expected
    assert [reader.get(address).status_code for address in found.values()] == [200] * len(found)
    refused = reader.get(at(jam, f"people/move/?of={mine.pk}")).status_code
    assert refused == (200 if MOVE in expected else 403)


def test_stranger_follows_no_link_of_the_page(
    browser: Client, signed_in: SignedIn, robin: User, jam: Event
) -> None:
    make_workshop(jam)
    mine = at_workshop(jam)
    found = ways(browser.get(registration_page(mine)))
    stranger = signed_in(robin)
    assert stranger.get(registration_page(mine)).status_code == 302
    answers = [stranger.get(found[name]).status_code for name in (MOVE, GIVE)]
    assert answers == [404, 404]
    form = fields(stranger.get(found[BLOCK]))
    assert (form["person"], form.get("event")) == ([""], None)
