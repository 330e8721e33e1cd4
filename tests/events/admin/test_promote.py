"""Letting people move up before everybody else: asked first, within the rules, on record."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.models import Attendee, Event, Notification, Registration
from tests.factories import NOON, make_attendee, make_event, statuses

from .conftest import SignedIn
from .pages import (
    LEFT_1,
    LEFT_2,
    act,
    confirm,
    logged,
    page_of,
    read,
    registration_page,
    said,
    save,
    shown_field,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

LOG = ("mika", "Let move up before everybody else.")
FIRST = "first in line now, because no place is free. Raise the capacity to let them in."


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=2)


@pytest.fixture
def closed(jam: Event, line: list[Registration]) -> Event:
    """Registration is over, and there is one place more than before."""
    Event.objects.update(capacity=3, closes_at=NOON, starts_at=NOON)
    return jam


def promotions() -> list[tuple[str, str | None]]:
    q = Registration.objects.filter(promoted_at__isnull=False).order_by("pk")
    return list(q.values_list("attendee__neos_username", "promoted_by__username"))


def test_promotion_asks_first_and_names_everybody(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    page = read(act(browser, "promote", line[2], line[3]))
    people = [item.raw for item in page.first("div", id="content").first("ul").all("li")]
    assert sorted(people) == [
        "Cy (U-Cy) · Jam · on the waitlist",
        "Di (U-Di) · Jam · on the waitlist",
    ]
    assert (promotions(), logged()) == ([], [])


def test_promotion_without_a_free_place_is_the_first_in_line(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    response = confirm(browser, "promote", line[3])
    assert words(response) == [f"1 person is {FIRST}"]
    assert statuses(jam) == ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    assert (promotions(), logged()) == ([("Di", "mika")], [LOG])
    save(browser, page_of(jam), capacity="3")
    assert statuses(jam) == ["confirmed", "confirmed", "waitlisted", "confirmed"]


def test_promotion_gives_a_free_place_at_once(browser: Client, closed: Event) -> None:
    """Nobody moves up by themselves after the close."""
    last = Registration.objects.get(attendee__neos_username="Di")
    response = confirm(browser, "promote", last)
    assert words(response) == ["1 person has a place now."]
    assert statuses(closed) == ["confirmed", "confirmed", "waitlisted", "confirmed"]
    assert Notification.objects.filter(attendee=last.attendee, kind="place-given").count() == 1


def test_promotion_of_more_than_places_keeps_their_order(browser: Client, closed: Event) -> None:
    waiting = Registration.objects.filter(status="waitlisted")
    response = confirm(browser, "promote", *waiting)
    assert words(response) == ["1 person has a place now.", f"1 person is {FIRST}"]
    assert statuses(closed) == ["confirmed", "confirmed", "confirmed", "waitlisted"]
    assert promotions() == [("Cy", "mika"), ("Di", "mika")]


def test_promotion_of_somebody_who_may_not_is_refused_with_the_reasons(
    browser: Client, closed: Event
) -> None:
    Event.objects.update(neos_required=True)
    Attendee.objects.filter(neos_id="U-Di").update(verified_at=NOON - timedelta(days=31))
    waiting = Registration.objects.filter(status="waitlisted")
    response = confirm(browser, "promote", *waiting)
    assert said(response) == [
        "Di (U-Di)Your Neos verification has expired.",
        "1 person has a place now.",
    ]
    assert promotions() == [("Cy", "mika")]
    assert logged() == [LOG]


def test_promotion_leaves_others_as_they_were(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    places.cancel(registration=line[3], in_full=False)
    response = confirm(browser, "promote", line[0], line[3])
    assert words(response) == [LEFT_2]
    assert (promotions(), logged()) == ([], [])


def test_promotion_after_the_end_is_too_late(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    Event.objects.update(starts_at=NOON - timedelta(hours=2), ends_at=NOON)
    assert words(confirm(browser, "promote", line[2])) == [LEFT_1]
    assert (promotions(), logged()) == ([], [])


def test_promotion_comes_before_a_draw(browser: Client, mika: User) -> None:
    event = make_event(organizers=[mika], capacity=1, draw_at=NOON + timedelta(days=1))
    users = [make_attendee(neos_username=name).user for name in ("Ada", "Bo")]
    entries = [places.register(user=user, bookable=event) for user in users]
    response = confirm(browser, "promote", entries[1])
    assert words(response) == ["1 person has a place now."]
    assert statuses(event) == ["waitlisted", "confirmed"]


def test_promotion_is_no_business_of_strangers(
    client: Client, signed_in: SignedIn, robin: User, jam: Event, line: list[Registration]
) -> None:
    make_event(organizers=[robin])
    for stranger in [client, signed_in(line[3].attendee.user), signed_in(robin)]:
        confirm(stranger, "promote", line[3])
    assert (promotions(), logged()) == ([], [])


# --- The page of one registration --------------------------------------------------------------


def test_registration_page_says_who_let_somebody_in(
    browser: Client, mika: User, jam: Event, line: list[Registration]
) -> None:
    confirm(browser, "promote", line[3])
    page = registration_page(line[3])
    assert shown_field(browser, page, "promoter") == "mika"
    assert shown_field(browser, page, "promoted_at") == "Sat 1 June 2030, 12:00 (UTC)"
    assert f"/admin/auth/user/{mika.pk}/" not in browser.get(page).content.decode()
    assert shown_field(browser, registration_page(line[2]), "promoter") == "–"


def test_registration_page_leads_to_the_pass_somebody_moved_up_in(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    places.cancel(registration=line[0], in_full=False)
    page = read(browser.get(registration_page(line[2])))
    link = page.first("div", class_="form-row field-moved_up").first("a")
    assert link.text == "Sat 1 June 2030, 12:00 (UTC)"
    assert "1 moved up: Cy" in read(browser.get(link.attributes["href"])).text
    assert shown_field(browser, registration_page(line[3]), "moved_up") == "–"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "No place is free."),
        (
            {"capacity": 3, "closes_at": NOON, "starts_at": NOON},
            "Registration is closed. (registration-closed)",
        ),
        ({"capacity": 3, "closes_at": NOON}, "–"),
        (
            {"status": "cancelled"},
            "No place is free. This event was cancelled. (event-cancelled)",
        ),
        ({"capacity": 3}, "–"),
    ],
)
def test_registration_page_says_what_is_in_the_way(
    browser: Client, jam: Event, line: list[Registration], changes: dict[str, object], shown: str
) -> None:
    Event.objects.update(**changes)
    assert shown_field(browser, registration_page(line[2]), "obstacles") == shown
    assert shown_field(browser, registration_page(line[0]), "obstacles") == "–"


def test_page_of_a_promoted_one_costs_the_same_with_more_people(
    browser: Client,
    jam: Event,
    line: list[Registration],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    confirm(browser, "promote", line[3])
    for _ in range(2):
        with django_assert_num_queries(22):
            browser.get(registration_page(line[3]))
        places.register(user=make_attendee().user, bookable=jam)
