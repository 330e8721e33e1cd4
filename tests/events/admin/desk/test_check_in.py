"""The page for the door: found by name, id or code, checked in with a press of its own."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events import places
from events.admin.desk import check_in
from events.models import Event, Picture, Registration
from tests.events.admin.conftest import SignedIn
from tests.events.admin.pages import logged, read, said
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import register
from tests.markup import Element

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
FREE = {"workshop": "", "q": "", "show": ""}


@pytest.fixture
def jam(mika: User) -> Event:
    """It starts in an hour: nobody asks whether that is meant."""
    return make_event(title="Jam", slug="jam", organizers=[mika], starts_at=NOON + HOUR)


@pytest.fixture
def ada(jam: Event) -> Registration:
    return register(make_attendee(neos_id="U-ada", neos_username="Ada"), jam)


def door_of(event: Event) -> str:
    return reverse("admin:events_event_check_in", args=[event.pk])


def press(browser: Client, registration: Registration, do: str = "in", **more: Any) -> HttpResponse:
    sent = {"registration": registration.pk, "do": do}
    return browser.post(door_of(registration.event), sent | more)


def content(response: HttpResponse) -> Element:
    return read(response).first("div", id="content-main")


def guests(browser: Client, event: Event, **query: Any) -> list[str]:
    """Return the names in the list; somebody who was just pressed stands apart."""
    page = content(browser.get(door_of(event), query))
    lists = [*page.all("ul", class_="guests")]
    return [item.first("h3").text for item in lists[-1].all("li")] if lists else []


def person(browser: Client, event: Event, q: str) -> Element:
    (item,) = content(browser.get(door_of(event), {"q": q})).all("li", class_="guest")
    return item


def came(*registrations: Registration) -> list[bool]:
    rows = Registration.objects.in_bulk([one.pk for one in registrations])
    return [rows[one.pk].checked_in_at is not None for one in registrations]


# --- Check in, and take it back ------------------------------------------------------------------


def test_press_checks_in_and_leads_to_the_empty_field(
    browser: Client, mika: User, ada: Registration
) -> None:
    response = press(browser, ada, q="ada")

    assert (response.status_code, response["Location"]) == (
        303,
        f"{door_of(ada.event)}?done={ada.pk}#search",
    )
    ada.refresh_from_db()
    assert (ada.checked_in_at, ada.checked_in_by) == (NOON, mika)
    assert said(response) == ["Ada (U-ada) is in."]
    assert logged() == [("mika", "Checked in.")]


def test_one_that_was_just_pressed_can_be_taken_back_there(
    browser: Client, ada: Registration
) -> None:
    page = content(browser.get(press(browser, ada)["Location"]))
    last = page.first("ul", class_="guests")

    assert last.first("p", class_="is-in").text == "In since 12:00, noted by mika"
    assert last.first("button").text == "Undo"
    assert page.first("p", class_="attendance").text == "1 of 1 in"


def test_second_press_changes_nothing_and_says_so(
    browser: Client, ada: Registration, clock: time_machine.Traveller
) -> None:
    press(browser, ada)
    clock.shift(timedelta(minutes=5))
    again = press(browser, ada)

    ada.refresh_from_db()
    assert (ada.checked_in_at, said(again)[-1]) == (NOON, "Ada (U-ada) was in already.")
    assert logged() == [("mika", "Checked in.")]


def test_undo_says_who_had_noted_it_and_when(
    signed_in: SignedIn, browser: Client, robin: User, ada: Registration
) -> None:
    press(browser, ada)
    ada.event.organizers.add(robin)
    response = press(signed_in(robin), ada, "undo")

    ada.refresh_from_db()
    assert (ada.checked_in_at, ada.checked_in_by) == (None, None)
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert said(response) == [f"Ada (U-ada) is not in any more. mika had noted it, {when}."]
    assert logged()[-1] == ("robin", f"Check-in taken back. It was noted at {when}.")


def test_second_undo_changes_nothing_and_says_so(browser: Client, ada: Registration) -> None:
    press(browser, ada)
    press(browser, ada, "undo")
    again = press(browser, ada, "undo")

    assert said(again)[-1] == "Ada (U-ada) was not in."
    assert (came(ada), len(logged())) == ([False], 2)


def test_undo_of_what_a_world_noted_names_nobody(browser: Client, ada: Registration) -> None:
    places.check_in(registration=ada)
    response = press(browser, ada, "undo")
    assert said(response) == [
        "Ada (U-ada) is not in any more. It was noted at Sat 1 June 2030, 12:00 (UTC)."
    ]
    assert logged() == [
        ("mika", "Check-in taken back. It was noted at Sat 1 June 2030, 12:00 (UTC).")
    ]


def test_person_who_went_out_again_counts_as_in_and_the_page_says_when(
    browser: Client, jam: Event, ada: Registration, clock: time_machine.Traveller
) -> None:
    places.check_in(registration=ada)
    clock.shift(timedelta(minutes=15))
    places.go_out(registration=ada)
    text = person(browser, jam, "ada").text
    assert ("In since 12:00" in text, "Went out of the session at 12:15" in text) == (True, True)
    places.check_in(registration=ada)
    assert "Went out" not in person(browser, jam, "ada").text


# --- Too early, and too late ---------------------------------------------------------------------


def test_early_press_asks_first_and_says_when_it_starts(browser: Client, ada: Registration) -> None:
    Event.objects.update(starts_at=NOON + 5 * HOUR, ends_at=NOON + 6 * HOUR, time_zone="Asia/Tokyo")
    asked = content(press(browser, ada, q="ada"))

    assert "Jam starts on Sun 2 June 2030, 02:00 (Asia/Tokyo)." in asked.text
    assert (came(ada), logged()) == ([False], [])
    button, fields = asked.first("button"), [*asked.all("input", name="q")]
    assert (button.attributes["value"], [f.attributes["value"] for f in fields]) == (
        "anyway",
        ["ada"],
    )
    press(browser, ada, "anyway")
    assert (came(ada), logged()) == ([True], [("mika", "Checked in.")])


def test_start_of_the_workshop_counts_for_the_workshop(
    browser: Client, jam: Event, ada: Registration
) -> None:
    late = make_workshop(jam, title="Mixing", starts_at=NOON + 9 * HOUR)
    mixing = register(ada.attendee, late)

    asked = press(browser, mixing, workshop=late.pk)

    assert (asked.status_code, "Mixing starts on" in content(asked).text) == (200, True)
    press(browser, ada)
    assert came(ada, mixing) == [True, False]


def test_attendance_can_be_noted_after_the_end(browser: Client, ada: Registration) -> None:
    Event.objects.update(starts_at=NOON - 9 * HOUR, ends_at=NOON - 8 * HOUR)
    press(browser, ada)
    assert came(ada) == [True]


def test_cancelled_event_says_so_and_lets_nobody_in(browser: Client, ada: Registration) -> None:
    Event.objects.update(status="cancelled")
    item = person(browser, ada.event, "ada")
    response = press(browser, ada, "anyway")

    assert ([*item.all("button")], came(ada)) == ([], [False])
    assert said(response) == ["Ada (U-ada) has no confirmed place here. Nothing was noted."]


# --- Search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["ada", "  ADA ", "Ａｄａ", "á d a".replace(" ", ""), "U-ADA", "u-a"],  # noqa: RUF001
)
def test_search_finds_however_it_is_typed(browser: Client, ada: Registration, typed: str) -> None:
    register(make_attendee(neos_id="U-bo", neos_username="Bo"), ada.event)
    assert guests(browser, ada.event, q=typed) == ["Ada"]


def test_search_finds_by_name_at_neos_too_and_shows_it(browser: Client, jam: Event) -> None:
    register(make_attendee(display_name="Ada", neos_username="xX_fox_Xx", neos_id="U-1"), jam)
    assert person(browser, jam, "FOX").first("p").text == "U-1 · xX_fox_Xx"


def test_search_finds_by_the_code_or_its_beginning(browser: Client, ada: Registration) -> None:
    register(make_attendee(neos_username="Bo"), ada.event)
    code = str(ada.code)
    for typed in [code, code.upper(), code[:8], code.replace("-", ""), code[:13]]:
        assert guests(browser, ada.event, q=typed) == ["Ada"], typed


def test_few_letters_are_no_beginning_of_a_code(browser: Client, ada: Registration) -> None:
    Registration.objects.update(code="cafe1234-0000-4000-8000-000000000000")
    page = content(browser.get(door_of(ada.event), {"q": "cafe"}))
    assert "Nobody here has all of these words" in page.text


def test_whole_names_come_before_those_that_begin_so(browser: Client, jam: Event) -> None:
    for name in ["Madam", "Adam", "Ad", "Adalbert"]:
        register(make_attendee(neos_username=name, neos_id=f"U-{name[::-1]}"), jam)
    assert guests(browser, jam, q="ad") == ["Ad", "Adalbert", "Adam", "Madam"]


def test_search_never_checks_in_by_itself(browser: Client, ada: Registration) -> None:
    page = content(
        browser.get(door_of(ada.event), {"q": "Ada", "registration": ada.pk, "do": "in"})
    )

    assert (came(ada), logged()) == ([False], [])
    assert page.first("button", id="found").text == "Check in"
    assert page.first("form", role="search").attributes["action"] == "#found"


def test_focus_goes_to_no_button_if_several_were_found(browser: Client, ada: Registration) -> None:
    register(make_attendee(neos_id="U-adam", neos_username="Adam"), ada.event)
    page = content(browser.get(door_of(ada.event), {"q": "ada"}))
    assert (page.first("h2", id="found").text, [*page.all("button", id="found")]) == ("2 found", [])


def test_search_in_a_workshop_leads_on_to_the_whole_event(
    browser: Client, jam: Event, ada: Registration
) -> None:
    mixing = make_workshop(jam, title="Mixing")
    page = content(browser.get(door_of(jam), {"q": "ada", "workshop": mixing.pk}))
    link = next(a for a in page.all("a") if a.text == "Search the whole event")
    assert link.attributes["href"] == f"{door_of(jam)}?q=ada#found"


@pytest.mark.parametrize("typed", ["\x00", "%", "_", "' OR 1=1 --", "a" * 5000, "\u200f", "(", "-"])
def test_anything_typed_is_answered(browser: Client, ada: Registration, typed: str) -> None:
    for query in [{"q": typed}, {"workshop": typed}, {"done": typed}, {"page": typed}]:
        assert browser.get(door_of(ada.event), query).status_code == 200


# --- What somebody has ---------------------------------------------------------------------------


def test_person_without_a_place_has_no_button_but_what_to_do(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    Event.objects.update(capacity=1, price=500, payment_days=1)
    jam.refresh_from_db()
    unpaid = register(make_attendee(neos_username="Unpaid"), jam)
    register(make_attendee(neos_username="Waiting"), jam)
    found = {name: person(browser, jam, name) for name in ["Unpaid", "Waiting"]}

    assert [[*item.all("button")] for item in found.values()] == [[], []]
    assert "Has not paid €5.00 yet." in found["Unpaid"].text
    assert "On the waitlist, without a place." in found["Waiting"].text
    page = f"/admin/events/registration/{unpaid.pk}/change/"
    assert found["Unpaid"].first("a").attributes["href"] == page
    clock.shift(timedelta(hours=2))
    assert "Did not pay €5.00 in time" in person(browser, jam, "Unpaid").text
    assert said(press(browser, unpaid)) == [
        f"Unpaid ({unpaid.attendee.neos_id}) has no confirmed place here. Nothing was noted."
    ]


def test_person_who_came_back_is_shown_once_with_what_they_have(
    browser: Client, ada: Registration
) -> None:
    places.cancel(registration=ada, in_full=False)
    assert "cancelled" in person(browser, ada.event, "ada").text
    register(ada.attendee, ada.event)
    assert person(browser, ada.event, "ada").first("button").text == "Check in"


def test_picture_is_shown_if_there_is_one(browser: Client, jam: Event, ada: Registration) -> None:
    assert [*person(browser, jam, "ada").all("img")] == []
    picture = Picture.objects.create(digest="ab", content=b"x", content_type="image/webp")
    type(ada.attendee).objects.update(picture=picture)
    image = person(browser, jam, "ada").first("img").attributes
    assert (image["src"], image["alt"]) == ("/pictures/ab/", "")


# --- Lists ---------------------------------------------------------------------------------------


def test_lists_are_of_those_not_in_by_name_and_of_those_in_the_last_first(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    Event.objects.update(capacity=4)
    jam.refresh_from_db()
    made = {
        name: register(make_attendee(neos_username=name), jam)
        for name in ["bo", "Di", "Ada", "Cy", "Waits"]
    }
    for name in ["Di", "Ada"]:
        press(browser, made[name])
        clock.shift(timedelta(minutes=1))

    assert guests(browser, jam) == ["bo", "Cy"]
    assert guests(browser, jam, show="in") == ["Ada", "Di"]
    page = content(browser.get(door_of(jam)))
    assert page.first("p", class_="attendance").text == "2 of 4 in"
    assert [a.text for a in [*page.all("nav")][-1].all("a")] == ["Not in yet: 2", "In: 2"]


def test_workshop_has_a_list_and_a_count_of_its_own(
    browser: Client, jam: Event, ada: Registration
) -> None:
    mixing = make_workshop(jam, title="Mixing")
    register(ada.attendee, mixing)
    register(make_attendee(neos_username="Bo"), jam)
    page = content(browser.get(door_of(jam), {"workshop": mixing.pk}))

    assert [a.text for a in page.first("nav").all("a")] == ["The whole event", "Mixing"]
    assert page.first("p", class_="attendance").text == "0 of 1 in"
    assert guests(browser, jam, workshop=mixing.pk) == ["Ada"]
    assert guests(browser, jam) == ["Ada", "Bo"]


def test_workshop_of_another_event_is_not_shown(browser: Client, jam: Event, ball: Event) -> None:
    theirs = ball.workshops.get()
    response = browser.get(door_of(jam), {"workshop": theirs.pk})
    assert (response.status_code, b"Masks" in response.content) == (200, False)


def test_long_lists_come_page_by_page(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_in, "ROWS_PER_PAGE", 2)
    for number in range(3):
        register(make_attendee(neos_username=f"Ada {number}"), jam)
    for query in [{}, {"q": "ada"}]:
        shown = [guests(browser, jam, page=page, **query) for page in ("1", "2", "x", "99")]
        first, last = ["Ada 0", "Ada 1"], ["Ada 2"]
        assert shown == [first, last, first, last]
    links = content(browser.get(door_of(jam), {"q": "ada"})).all("a")
    assert f"{door_of(jam)}?q=ada&page=2#found" in [a.attributes["href"] for a in links]


@pytest.mark.parametrize("query", [{}, {"q": "p"}, {"show": "in"}])
def test_door_costs_the_same_with_more_people(
    browser: Client,
    jam: Event,
    query: dict[str, str],
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check_in, "ROWS_PER_PAGE", 50)
    make_workshop(jam)
    for wanted in [1, 30]:
        while Registration.objects.count() < wanted:
            made = register(make_attendee(neos_username="p"), jam)
            if "show" in query:
                places.check_in(registration=made, by=make_user())
        with django_assert_num_queries(10):
            found = guests(browser, jam, **query)
        assert len(found) == wanted


# --- Who may -------------------------------------------------------------------------------------


def test_door_of_others_is_not_there(
    signed_in: SignedIn, browser: Client, robin: User, superuser: User, ada: Registration
) -> None:
    theirs = signed_in(robin)
    assert theirs.get(door_of(ada.event)).status_code == 404
    assert (press(theirs, ada).status_code, came(ada)) == (404, [False])
    assert guests(signed_in(superuser), ada.event) == ["Ada"]
    ada.event.organizers.add(robin)
    assert guests(theirs, ada.event) == ["Ada"]


def test_door_takes_nobody_of_another_event(browser: Client, jam: Event, ball: Event) -> None:
    veil = ball.registrations.filter(workshop=None).get()
    response = browser.post(door_of(jam), {"registration": veil.pk, "do": "anyway"})
    assert (response.status_code, came(veil)) == (404, [False])
    for pk in ["", "x", "9" * 40, "\uff11", "987654"]:
        assert browser.post(door_of(jam), {"registration": pk}).status_code == 404
    done = browser.get(door_of(jam), {"done": veil.pk})
    assert (done.status_code, b"Veil" in done.content) == (200, False)


def test_door_is_closed_to_strangers(
    client: Client, signed_in: SignedIn, jam: Event, ada: Registration
) -> None:
    for stranger in [client, signed_in(ada.attendee.user)]:
        for response in [stranger.get(door_of(jam)), press(stranger, ada)]:
            assert response["Location"].startswith("/admin/login/?next=")
    looker = make_user(is_staff=True)
    looker.user_permissions.add(*Permission.objects.filter(codename__in=["view_event"]))
    jam.organizers.add(looker)
    for staff in [signed_in(make_user(is_staff=True)), signed_in(looker)]:
        assert {r.status_code for r in [staff.get(door_of(jam)), press(staff, ada)]} == {403}
    assert came(ada) == [False]


def test_door_needs_the_token_of_its_form(mika: User, ada: Registration) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    assert (press(browser, ada).status_code, came(ada)) == (403, [False])
