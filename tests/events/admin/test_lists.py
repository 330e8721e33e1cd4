"""Lists and pages show enough to organize, nothing more, and nothing that runs."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from events import places
from events.models import Attendee, Block, Event, Payment, Registration
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_perk,
    make_user,
    make_workshop,
)

from .conftest import SignedIn
from .pages import (
    ATTENDEES,
    BLOCKS,
    EVENTS,
    REGISTRATIONS,
    act,
    confirm,
    names,
    page_of,
    read,
    registration_page,
    rows,
    save,
)

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MARKUP = '"><img src=x onerror=alert(1)>'
TURNED = "\u05d0\u200f<b>Veil</b>"


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], time_zone="Asia/Tokyo")


def sign_up(event: Event, **fields: Any) -> Registration:
    return places.register(user=make_attendee(**fields).user, bookable=event)


def attendee_page(attendee: Attendee) -> str:
    return f"{ATTENDEES}{attendee.pk}/change/"


# --- Lists -------------------------------------------------------------------------------------


def test_registrations_show_who_what_and_when(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    mixing = make_workshop(jam, title="Mixing")
    guest = make_attendee(neos_id="U-guest", neos_username="Guest").user
    places.register(user=guest, bookable=jam)
    clock.shift(timedelta(minutes=1))
    places.register(user=guest, bookable=mixing)
    event_row = ["Guest", "U-guest", "Jam", "-", "confirmed", "–", "free"]
    workshop_row = ["Guest", "U-guest", "Jam", "Mixing", "confirmed", "–", "free"]
    assert rows(browser.get(REGISTRATIONS)) == [
        [*workshop_row, "Sat 1 June 2030, 21:01 (Asia/Tokyo)"],
        [*event_row, "Sat 1 June 2030, 21:00 (Asia/Tokyo)"],
    ]


def test_waiting_people_are_shown_with_their_place_in_line(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    Event.objects.update(capacity=1, price=500)
    for number in range(3):
        sign_up(jam, neos_username=f"P{number}")
        clock.shift(timedelta(seconds=1))
    shown = [(row[0], row[4], row[6]) for row in rows(browser.get(REGISTRATIONS))]
    assert shown == [
        ("P2", "on the waitlist, number 2", "–"),
        ("P1", "on the waitlist, number 1", "–"),
        ("P0", "waiting for payment", "€5.00"),
    ]


def test_place_in_line_is_counted_for_each_line_by_itself_r17(browser: Client, jam: Event) -> None:
    """Two events and a workshop, with people who waited in turns."""
    other = make_event(organizers=jam.organizers.all(), capacity=0)
    Event.objects.update(capacity=None)
    mixing = make_workshop(jam, capacity=0)
    people = [make_attendee() for _ in range(3)]
    for attendee in people:
        places.register(user=attendee.user, bookable=jam)
    Event.objects.update(capacity=0)
    for attendee in people:
        for bookable in (other, mixing):
            places.register(user=attendee.user, bookable=bookable)
    newest_first = [row[4] for row in rows(browser.get(REGISTRATIONS, {"o": "-8"}))][:6]
    waiting = [row[4] for row in rows(browser.get(REGISTRATIONS)) if "waitlist" in row[4]]
    assert sorted(waiting) == sorted(f"on the waitlist, number {n}" for n in (1, 1, 2, 2, 3, 3))
    assert newest_first == sorted(newest_first, reverse=True)


def test_place_in_line_is_asked_for_the_rows_of_the_page_r17(browser: Client, jam: Event) -> None:
    """Never for each row of the list, before it is sorted and cut."""
    Event.objects.update(capacity=0)
    for _ in range(3):
        sign_up(jam)
    with CaptureQueriesContext(connection) as captured:
        browser.get(REGISTRATIONS)
    assert [query["sql"] for query in captured if 'AS "ahead"' in query["sql"]] == []


def test_hold_that_ran_out_is_called_so(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    Event.objects.update(price=500)
    sign_up(jam)
    clock.shift(timedelta(minutes=31))
    assert rows(browser.get(REGISTRATIONS))[0][4] == "not paid in time"


def test_attendees_show_what_neos_and_patreon_said_without_sums(
    browser: Client, jam: Event
) -> None:
    sign_up(jam, neos_id="U-patron", neos_username="Patron", patreon_cents=1200)
    unknown = make_local_attendee(display_name="Local")
    places.register(user=unknown.user, bookable=jam)
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert rows(browser.get(ATTENDEES)) == [
        ["Patron", "U-patron", "", when, "supporter", ""],
        ["Local", "–", "", "–", "not shared", ""],
    ]


def test_pledge_that_ran_out_is_none(browser: Client, jam: Event) -> None:
    sign_up(jam, patreon_cents=1200, patreon_until=NOON - timedelta(seconds=1))
    assert rows(browser.get(ATTENDEES))[0][4] == "not a supporter"


def test_supporter_without_an_amount_is_one(browser: Client, jam: Event) -> None:
    sign_up(jam, patreon_supporter=True)
    assert rows(browser.get(ATTENDEES))[0][4] == "supporter"
    Attendee.objects.update(patreon_until=NOON)
    assert rows(browser.get(ATTENDEES))[0][4] == "not a supporter"


def test_events_are_found_by_whether_they_are_over(browser: Client, mika: User) -> None:
    make_event(title="Past", organizers=[mika], starts_at=NOON - timedelta(days=3))
    make_event(title="Running", organizers=[mika], starts_at=NOON - timedelta(hours=1))
    make_event(title="Coming", organizers=[mika])
    assert names(browser.get(EVENTS)) == ["Coming", "Running", "Past"]
    assert names(browser.get(f"{EVENTS}?when=coming")) == ["Coming", "Running"]
    assert names(browser.get(f"{EVENTS}?when=over")) == ["Past"]
    assert names(browser.get(f"{EVENTS}?when=whenever")) == ["Coming", "Running", "Past"]


@pytest.mark.parametrize("form", [str, lambda code: code.hex, lambda code: f" {code} ".upper()])
def test_whole_code_finds_its_registration(browser: Client, jam: Event, form: Any) -> None:
    sign_up(jam)
    found = sign_up(jam, neos_username="Found")
    assert names(browser.get(REGISTRATIONS, {"q": form(found.code)})) == ["Found"]
    assert names(browser.get(REGISTRATIONS, {"q": str(found.code)[:-1]})) == []


def test_code_of_another_organizers_guest_finds_nothing(
    browser: Client, jam: Event, robin: User
) -> None:
    theirs = sign_up(make_event(organizers=[robin]))
    assert names(browser.get(REGISTRATIONS, {"q": str(theirs.code)})) == []


@pytest.mark.parametrize(("path", "queries"), [(EVENTS, 8), (REGISTRATIONS, 10), (ATTENDEES, 8)])
def test_lists_cost_the_same_with_more_rows(
    browser: Client,
    mika: User,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    """One event with one person in its workshop and one known by the account only, then three."""
    shown = []
    for wanted in [1, 3]:
        while Event.objects.count() < wanted:
            event = make_event(organizers=[mika])
            user = sign_up(event).attendee.user
            places.register(user=user, bookable=make_workshop(event))
            places.register(user=make_local_attendee().user, bookable=event)
        with django_assert_num_queries(queries):
            shown.append(len(rows(browser.get(path))))
    assert shown[1] == 3 * shown[0]


# --- Pages of one row --------------------------------------------------------------------------


def test_registration_page_says_why_somebody_does_not_move_up(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    Event.objects.update(capacity=0, neos_required=True)
    waiting, ready = [sign_up(jam, neos_id=f"U-{name}") for name in ("stale", "ready")]
    Attendee.objects.filter(neos_id="U-stale").update(verified_at=NOON - timedelta(days=31))
    sentence = "Your Neos verification has expired. (neos-stale)"
    assert sentence in read(browser.get(registration_page(waiting))).text
    assert sentence not in read(browser.get(registration_page(ready))).text


def test_registration_page_is_in_the_events_zone(browser: Client, jam: Event) -> None:
    page = read(browser.get(registration_page(sign_up(jam)))).text
    assert "Times in Asia/Tokyo" in page
    assert "Sat 1 June 2030, 21:00 (Asia/Tokyo)" in page


def test_every_time_of_the_admin_names_its_zone_in_one_way(
    signed_in: SignedIn, superuser: User, browser: Client, mika: User, jam: Event
) -> None:
    """Berlin has a second 02:15 in this night, and the page says that it is that one."""
    second = datetime(2030, 10, 27, 1, 15, tzinfo=UTC)
    Event.objects.update(time_zone="Europe/Berlin")
    held = sign_up(jam)
    Registration.objects.update(created_at=second)
    Block.objects.create(neos_id="U-x", event=jam, created_by=mika)
    LogEntry.objects.log_actions(mika.pk, [jam], CHANGE, "Acted.", single_object=True)

    page = read(browser.get(registration_page(held))).text
    assert "Sun 27 October 2030, 02:15 CET (Europe/Berlin)" in page
    shown_at = {
        BLOCKS: "Sat 1 June 2030, 12:00 (UTC)",
        f"{EVENTS}{jam.pk}/history/": "Sat 1 June 2030, 14:00 (Europe/Berlin)",
    }
    for address, time in shown_at.items():
        page = read(signed_in(superuser).get(address)).text
        assert time in page
        assert "UTC+" not in page


def test_registration_page_tells_who_took_the_money(
    signed_in: SignedIn, browser: Client, mika: User, robin: User, jam: Event
) -> None:
    Event.objects.update(price=1250)
    held = sign_up(jam)
    manual.mark_paid(registration=held, by=mika, reference="TX-1", note="cash")
    page = read(browser.get(registration_page(held))).text
    for word in ["€12.50", "TX-1", "mika", "cash", "paid"]:
        assert word in page
    theirs = signed_in(robin).get(registration_page(held), follow=True).content.decode()
    assert "TX-1" not in theirs


def test_registration_page_costs_the_same_with_more_payments(
    browser: Client, mika: User, jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    held = sign_up(jam)
    for wanted in [1, 3]:
        while held.payments.count() < wanted:
            Payment.objects.create(
                registration=held,
                provider="manual",
                amount=500,
                currency="EUR",
                status=Payment.Status.REFUND_DUE,
                problem=Payment.Problem.TWICE,
                recorded_by=make_user(),
                created_at=NOON,
            )
        with django_assert_num_queries(22):
            browser.get(registration_page(held))


def test_registration_page_leads_to_the_person(browser: Client, jam: Event) -> None:
    held = sign_up(jam, neos_username="Guest")
    link = next(a for a in read(browser.get(registration_page(held))).all("a") if a.text == "Guest")
    assert link.attributes["href"] == attendee_page(held.attendee)
    assert browser.get(link.attributes["href"]).status_code == 200


def test_private_facts_are_on_no_page(browser: Client, jam: Event) -> None:
    """The needles are in the database, and on none of the pages an organizer can open."""
    user = make_user(username="U-guest", email="needle@example.org")
    guest = make_attendee(
        user=user,
        neos_id="U-guest",
        calendar_token="needle-token",
        patreon_total_cents=987654,
        patreon_until=NOON + timedelta(days=17),
    )
    held = places.register(user=user, bookable=jam)
    pages = [ATTENDEES, REGISTRATIONS, attendee_page(guest), registration_page(held), EVENTS]
    pages += [f"{ATTENDEES}{guest.pk}/history/", page_of(jam), "/admin/"]
    for address in pages:
        page = browser.get(address).content.decode()
        for needle in ["needle", user.password, "987654", "9,876", "June 18, 2030", "18 June"]:
            assert needle not in page, (address, needle)


# --- Names and markup --------------------------------------------------------------------------


def test_markup_is_text_everywhere(signed_in: SignedIn, superuser: User, mika: User) -> None:
    event = make_event(title=MARKUP, summary=MARKUP, description=MARKUP, organizers=[mika])
    workshop = make_workshop(event, title=MARKUP, capacity=1)
    make_perk(event, label=MARKUP, min_cents=1)
    guest = make_attendee(neos_username=MARKUP, neos_tags=[MARKUP], patreon_cents=1).user
    held = [places.register(user=guest, bookable=bookable) for bookable in (event, workshop)]
    browser = signed_in(superuser)
    save(browser, page_of(event), summary="x")
    confirm(browser, "check_in", *held)
    pages = [registration_page(held[0]), registration_page(held[1])]
    pages += [page_of(event), attendee_page(held[0].attendee)]
    pages += [page.replace("change", "history") for page in pages]
    pages += [EVENTS, REGISTRATIONS, ATTENDEES, f"{EVENTS}{event.pk}/delete/", "/admin/"]
    responses = [browser.get(page) for page in pages]
    responses += [act(browser, action, *held) for action in ["cancel", "mark_paid"]]
    for response in responses:
        assert response.status_code == 200
        assert MARKUP not in response.content.decode()
        assert "onerror=alert(1)" in response.content.decode()  # it is there, as text


def test_names_stand_apart_from_their_neighbours(browser: Client, jam: Event) -> None:
    held = sign_up(jam, neos_id="U-veil", neos_username=TURNED)
    pages = [REGISTRATIONS, ATTENDEES, registration_page(held), attendee_page(held.attendee)]
    pages += [page.replace("change", "history") for page in pages[2:]]
    responses = [*map(browser.get, pages), act(browser, "cancel", held)]
    for response in responses:
        body = re.sub(r"<title>.*?</title>", "", response.content.decode(), flags=re.DOTALL)
        shown = re.sub(r'="[^"]*"', "", body)
        assert "Veil" in shown
        assert "Veil" not in re.sub(r"<bdi>.*?</bdi>", "", shown)


def test_look_alikes_are_told_apart_by_their_ids(browser: Client, jam: Event) -> None:
    for neos_id, name in [("U-one", "alice"), ("U-two", "\N{CYRILLIC SMALL LETTER A}lice")]:
        sign_up(jam, neos_id=neos_id, neos_username=name)
    assert {row[1] for row in rows(browser.get(REGISTRATIONS))} == {"U-one", "U-two"}
    asked = read(act(browser, "cancel", *Registration.objects.all())).first("ul").raw
    assert ("(U-one)" in asked, "(U-two)" in asked) == (True, True)
