"""What somebody reads first on an event's page: what to do, what it costs, and what comes back."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from events import places
from events.models import Attendee, Event
from events.payments.providers import manual
from tests.attendance import miss, team
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_perk,
    make_workshop,
)
from tests.lines import register
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def read(client: Client, event: Event) -> str:
    """Return the words of the page, with single spaces."""
    page = client.get(event.get_absolute_url()).content.decode()
    return " ".join(TreeBuilder(page).root.first("main").raw.split())


def yours(client: Client, event: Event) -> str:
    page = client.get(event.get_absolute_url()).content.decode()
    return " ".join(TreeBuilder(page).root.first("section", id="your-place").raw.split())


@pytest.fixture
def attendee() -> Attendee:
    return make_attendee()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Sign in to take a place."),
        ({"capacity": 0}, "Sign in to join the waitlist."),
        ({"capacity": 1, "draw_at": NOON + DAY}, "Sign in to take part in the draw."),
        ({"opens_at": NOON + DAY}, "Sign in, and we can mail you when it opens."),
        ({"price": 500}, "Sign in with your Neos account to take a place."),
        (
            {"capacity": 0, "neos_required": True},
            "Sign in with your Neos account to join the waitlist.",
        ),
        (
            {"capacity": 1, "draw_at": NOON + DAY, "neos_required": True},
            "Sign in with your Neos account to take part in the draw.",
        ),
    ],
)
def test_signing_in_is_for_what_one_can_have(
    client: Client, fields: dict[str, Any], sentence: str
) -> None:
    page = yours(client, make_event(**fields))
    assert page.count("Sign in") == 2  # the sentence and its button
    assert sentence in page


def test_opening_is_said_before_what_to_do(client: Client) -> None:
    page = yours(client, make_event(opens_at=NOON + DAY))
    opening = "Registration opens Sun 2 June 2030, 12:00 (UTC) – in 1 day"
    assert page == f"{opening} Sign in, and we can mail you when it opens. Sign in"


def test_opening_leads_somebody_signed_in_to_being_told(client: Client, attendee: Attendee) -> None:
    client.force_login(attendee.user)
    page = yours(client, make_event(opens_at=NOON + DAY))
    assert page.startswith("Registration opens Sun 2 June 2030, 12:00 (UTC) – in 1 day")
    assert page.endswith("Tell me when it opens")


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (3, "€5.00, all of it back if you give the place up before Wed 5 June 2030, 12:00 (UTC)."),
        (7, "€5.00, with no money back if you give the place up."),
        (None, "€5.00, with no money back if you give the place up."),
    ],
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_refund_rule_stands_before_the_place_is_taken(
    client: Client, attendee: Attendee, *, is_signed_in: bool, days: int | None, sentence: str
) -> None:
    if is_signed_in:
        client.force_login(attendee.user)
    assert sentence in yours(client, make_event(price=500, refund_days=days))


@pytest.mark.parametrize(
    "fields", [{}, {"status": "cancelled", "price": 500}, {"price": 500, "closes_at": NOON}]
)
def test_refund_rule_is_for_those_who_might_pay(client: Client, fields: dict[str, Any]) -> None:
    assert " back if " not in read(client, make_event(**fields))


def test_price_of_the_refund_rule_is_what_this_person_would_pay(client: Client) -> None:
    event = make_event(price=1000)
    make_perk(event, discount_percent=25)
    patron = make_attendee(patreon_cents=600)
    client.force_login(patron.user)
    assert "€7.50, all of it back if" in yours(client, event)


@pytest.mark.parametrize(
    ("fields", "workshop_price", "words"),
    [
        ({"price": 500}, 0, "Patron 10 % off"),
        ({}, 500, "Patron 10 % off"),
        (
            {"opens_at": NOON + 3 * DAY, "price": 500},
            0,
            "Patron registration opens Mon 3 June 2030, 12:00 (UTC) 10 % off",
        ),
        (
            {"opens_at": NOON + 3 * DAY},
            0,
            "Patron registration opens Mon 3 June 2030, 12:00 (UTC)",
        ),
        ({"opens_at": NOON + timedelta(hours=1)}, 0, "Patron registration is open"),
    ],
)
def test_perk_names_what_it_gives_now(
    client: Client, fields: dict[str, Any], workshop_price: int, words: str
) -> None:
    event = make_event(**fields)
    make_workshop(event, price=workshop_price)
    make_perk(event, early_hours=24, discount_percent=10)
    assert f"For Patreon supporters of Neos {words}" in read(client, event)


def test_perk_that_gives_nothing_is_not_named(client: Client) -> None:
    event = make_event()
    make_perk(event, early_hours=24, discount_percent=10)
    assert "For Patreon supporters" not in read(client, event)


@pytest.mark.parametrize(
    ("fields", "link"),
    [({}, "See your place"), ({"capacity": 0}, "See what happens next"), ({"price": 500}, "")],
)
def test_page_leads_to_the_own_place(
    client: Client, attendee: Attendee, fields: dict[str, Any], link: str
) -> None:
    event = make_event(**fields)
    mine = places.register(user=attendee.user, bookable=event)
    client.force_login(attendee.user)
    page = client.get(event.get_absolute_url()).content.decode()
    section = TreeBuilder(page).root.first("section", id="your-place")
    address = f"/registrations/{mine.code}/"
    links = [a.text for a in section.all("a") if a.attributes.get("href") == address]
    assert links == ([link] if link else [])


def test_page_of_a_cancelled_event_asks_nobody_to_tell_others(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(price=500)
    make_perk(event, discount_percent=10)
    mine = register(attendee, event)
    manual.mark_paid(registration=mine, by=make_organizer())
    Event.objects.update(status="cancelled")
    client.force_login(attendee.user)
    page = read(client, event)
    shown = [words in page for words in ("Who comes", "Tell others", "For Patreon", "Questions")]
    assert shown == [False, False, False, True]


def test_ban_that_outlasts_the_event_says_so(client: Client) -> None:
    event = make_event(neos_required=True)
    for days, sentence in [
        (1, "Your Neos account is banned at Neos for now."),
        (30, "Your Neos account is banned at Neos, and the ban ends only after this is over."),
    ]:
        banned = make_attendee(neos_banned_until=NOON + days * DAY)
        client.force_login(banned.user)
        assert sentence in yours(client, event)


@pytest.mark.parametrize(
    ("language", "day"), [("en", "Sat 8 June 2030,"), ("ja", "2030年6月8日(土)")]
)
def test_day_is_marked_so_that_no_line_ends_within_it(
    client: Client, language: str, day: str
) -> None:
    address = make_event().get_absolute_url()
    page = client.get(address, headers={"accept-language": language}).content.decode()
    days = TreeBuilder(page).root.first("div", class_="when").all("span", class_="unbroken")
    assert [found.text for found in days] == [day]


def test_page_says_when_it_opens_for_who_did_not_come_and_why(client: Client) -> None:
    event = make_event(
        opens_at=NOON + DAY, no_show_hours=6, contact="jam@example.org", organizers=[team()]
    )
    late, stranger = make_attendee(), make_attendee()
    miss(late)
    client.force_login(late.user)
    words = yours(client, event)
    assert "Registration opens Sun 2 June 2030, 18:00 (UTC)" in words
    assert "you had a place at “Jam 2” and “Jam 1” and were not checked in there." in words
    assert "write to jam@example.org" in words
    client.force_login(stranger.user)
    words = yours(client, event)
    assert "Registration opens Sun 2 June 2030, 12:00 (UTC)" in words
    assert "Jam 1" not in words


def test_person_who_did_not_come_can_ask_to_be_told_after_it_opened_for_others(
    client: Client,
) -> None:
    event = make_event(opens_at=NOON, no_show_hours=6, organizers=[team()])
    late = make_attendee()
    miss(late)
    client.force_login(late.user)
    assert "Tell me when it opens" in read(client, event)
    client.post(f"{event.get_absolute_url()}follow/")
    assert late.follows.get().event == event
