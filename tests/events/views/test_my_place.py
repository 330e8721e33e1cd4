"""The page of one place of mine, in each of its states."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.messages import render
from events.models import Attendee, Event, Notification, Registration
from events.payments.providers import manual
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register
from tests.markup import TreeBuilder
from tests.pages import without_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody signed in."""
    attendee = make_attendee(neos_username="Aster")
    client.force_login(attendee.user)
    return attendee


def read(client: Client, registration: Registration) -> str:
    response = client.get(f"/registrations/{registration.code}/")
    assert response.status_code == 200
    return response.content.decode()


def title(page: str) -> str:
    return TreeBuilder(page).root.first("title").text


def words(page: str) -> str:
    return TreeBuilder(page).root.first("main").text


# --- In ------------------------------------------------------------------------------------------


def test_place_says_what_one_has_when_and_with_which_picture(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(title="Lantern walk", session_url="neos-session:///S-1")
    page = read(client, register(attendee, event))
    assert title(page) == "You are in – Lantern walk · Community events"
    assert event.art_url in page
    said = words(page)
    assert "Sat 8 June 2030, 12:00 – 14:00" in said
    assert "The link into the session appears here Sat 8 June 2030, 11:45 (UTC)." in said
    assert ("S-1" in page, "Aster" in said) == (False, True)


def test_place_has_the_way_in_and_its_address_when_it_is_time(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    event = make_event(session_url="neos-session:///S-1")
    mine = register(attendee, event)
    clock.move_to(event.starts_at - timedelta(minutes=15))
    for page in (read(client, mine), client.get("/registrations/").content.decode()):
        assert 'href="neos-session:///S-1">Enter the session</a>' in page
        assert '<code class="whole">neos-session:///S-1</code>' in page


def test_place_says_that_a_world_is_opened(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    event = make_event(session_url="neosrec:///U-ada/R-1")
    mine = register(attendee, event)
    clock.move_to(event.starts_at)
    pages = (f"/registrations/{mine.code}/", "/registrations/", event.get_absolute_url())
    for page in (client.get(each).content.decode() for each in pages):
        assert 'href="neosrec:///U-ada/R-1">Open the world</a>' in page
        assert "Enter the session" not in page


def test_place_without_an_address_says_whom_to_ask_once_it_is_time(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    event = make_event()
    mine = register(attendee, event)
    clock.move_to(event.starts_at)
    assert "The organizers have given no link into the session yet." in read(client, mine)


def test_place_tells_friends_the_address_and_the_time(client: Client, attendee: Attendee) -> None:
    event = make_event(slug="jam")
    page = read(client, register(attendee, event))
    assert "http://localhost:8000/events/jam/" in page
    assert f"&lt;t:{int(event.starts_at.timestamp())}:F&gt;" in page


def test_place_lists_workshops_with_their_state(client: Client, attendee: Attendee) -> None:
    event = make_event()
    taken = make_workshop(event, title="Fog")
    make_workshop(event, title="Glass", capacity=3, starts_at=event.starts_at + HOUR, price=500)
    make_workshop(event, title="Light")
    mine = register(attendee, event)
    held = register(attendee, taken)
    page = read(client, mine)
    lines = {
        line.first("h3").text: line
        for line in TreeBuilder(page).root.all("li")
        if "Fog" in line.text or "Glass" in line.text or "Light" in line.text
    }
    assert "You are in" in lines["Fog"].text
    assert lines["Fog"].first("a").attributes["href"] == f"/registrations/{held.code}/"
    assert "€5.00 3 places left" in lines["Glass"].text
    assert "It is at the same time as “Fog”" in lines["Light"].text


def test_place_in_a_workshop_leads_to_the_place_at_the_event(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(title="Jam")
    mine = register(attendee, event)
    page = read(client, register(attendee, make_workshop(event, title="Fog")))
    assert "Workshop at Jam" in words(page)
    assert f"/registrations/{mine.code}/" in page


def test_place_is_paid_with_rule_and_receipt(client: Client, attendee: Attendee) -> None:
    mine = register(attendee, make_event(price=1500, refund_days=2))
    manual.mark_paid(registration=mine, by=make_organizer())
    page = read(client, mine)
    assert "If you give it up before Thu 6 June 2030, 12:00 (UTC), you get everything back." in page
    assert f"/registrations/{mine.code}/receipt/" in page


def test_rule_that_has_run_out_says_that_nothing_comes_back(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    mine = register(attendee, make_event(price=1500, refund_days=2))
    manual.mark_paid(registration=mine, by=make_organizer())
    clock.shift(timedelta(days=6))
    said = words(read(client, mine))
    assert "You could get your money back until Thu 6 June 2030, 12:00 (UTC)." in said
    assert "you get everything back. After" not in said


def test_free_place_says_nothing_of_money(client: Client, attendee: Attendee) -> None:
    said = words(read(client, register(attendee, make_event())))
    assert ("money" in said.lower(), "Receipt" in said) == (False, False)


# --- Not in --------------------------------------------------------------------------------------


def test_waiting_person_sees_the_position_and_what_happens_next(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(capacity=0, price=500)
    register(make_attendee(), event)
    said = words(read(client, register(attendee, event)))
    assert "On the waitlist You are number 2 in line." in said
    assert "You move up by yourself, until Sat 8 June 2030, 14:00 (UTC)." in said
    assert "The place costs €5.00. You pay only once you have one" in said


def test_held_place_leads_to_paying(client: Client, attendee: Attendee) -> None:
    mine = register(attendee, make_event(price=1500))
    page = read(client, mine)
    assert f'href="/registrations/{mine.code}/pay/">Pay €15.00</a>' in page
    assert title(page).startswith("Please pay – ") is True


@pytest.mark.parametrize(
    ("fields", "event_fields", "said"),
    [
        ({}, {"status": "cancelled"}, "It does not take place"),
        ({"status": "cancelled", "ended_at": NOON}, {}, "Given up"),
        ({"status": "expired", "ended_at": NOON}, {}, "Not paid in time"),
        ({}, {"ends_at": NOON, "starts_at": NOON - HOUR}, "You had a place"),
    ],
)
def test_place_never_says_more_than_one_has(
    client: Client,
    attendee: Attendee,
    fields: dict[str, object],
    event_fields: dict[str, object],
    said: str,
) -> None:
    mine = register(attendee, make_event())
    Registration.objects.update(**fields)
    Event.objects.update(**event_fields)
    page = read(client, mine)
    assert title(page).startswith(f"{said} – ") is True
    assert ("You are in" in page, "Tell others" in page) == (False, False)


def test_hold_whose_time_is_over_asks_for_no_money(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    mine = register(attendee, make_event(price=1500))
    clock.shift(timedelta(days=8))
    page = read(client, mine)
    assert title(page).startswith("Not paid in time – ") is True
    assert "Pay €15.00" not in page


def test_hold_of_an_event_that_is_off_the_site_is_kept(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    mine = register(attendee, make_event(price=1500))
    Event.objects.update(status="draft")
    clock.shift(timedelta(days=1))
    assert title(read(client, mine)).startswith("Kept for you – ") is True


@pytest.mark.parametrize("page", ["", "receipt/"])
def test_place_of_somebody_else_looks_like_none(
    client: Client, attendee: Attendee, page: str
) -> None:
    theirs = register(make_attendee(), make_event(price=100))
    manual.mark_paid(registration=theirs, by=make_organizer())
    answers = [client.get(f"/registrations/{code}/{page}") for code in (theirs.code, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_token(answers[0]) == without_token(answers[1])
    client.logout()
    assert client.get(f"/registrations/{theirs.code}/{page}").status_code == 302


def test_place_costs_the_same_with_many_workshops(
    client: Client, attendee: Attendee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    costs = []
    for count in (1, 5):
        event = make_event()
        for _ in range(count):
            make_workshop(event)
        mine = register(attendee, event)
        with django_assert_max_num_queries(14) as captured:
            read(client, mine)
        costs.append(len(captured))
    assert costs[0] == costs[1]


# --- Giving up -----------------------------------------------------------------------------------


WORKSHOPS_FALL = "given up with it"


def test_giving_up_names_workshops_only_where_there_are_some(
    client: Client, attendee: Attendee
) -> None:
    event = make_event()
    mine = register(attendee, event)
    pages = [f"/registrations/{mine.code}/", "/registrations/", event.get_absolute_url()]
    found = [WORKSHOPS_FALL in client.get(page).content.decode() for page in pages]
    assert found == [False, False, False]
    register(attendee, make_workshop(event))
    said = "Your workshop at this event is given up with it."
    assert [said in client.get(page).content.decode() for page in pages] == [True, True, True]


def test_giving_up_a_free_place_says_nothing_of_money(client: Client, attendee: Attendee) -> None:
    mine = register(attendee, make_event())
    assert "money_back" not in read(client, mine)


def test_giving_up_what_was_not_paid_says_so(client: Client, attendee: Attendee) -> None:
    mine = register(attendee, make_event(price=500))
    assert "You have not paid, so no money comes back." in read(client, mine)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "You have given your place up."),
        ({"capacity": 0}, "You have left the waitlist."),
        ({"capacity": 1, "draw_at": NOON + HOUR}, "You have left the draw."),
    ],
)
def test_giving_up_is_called_what_it_is(
    client: Client, attendee: Attendee, fields: dict[str, object], said: str
) -> None:
    mine = register(attendee, make_event(**fields))
    for expected in (said, "You had given this up already"):
        response = client.post(f"/registrations/{mine.code}/cancel/", follow=True)
        assert expected in response.content.decode()
    assert places.current(mine, mine.event).status == "cancelled"


def test_my_places_fills_one_button_of_what_is_to_be_done_now(
    client: Client, attendee: Attendee
) -> None:
    register(attendee, make_event(starts_at=NOON + HOUR))
    for days in (1, 2):
        register(attendee, make_event(price=500, starts_at=NOON + timedelta(days=days)))
    page = client.get("/registrations/").content.decode()
    assert (page.count("Pay €5.00</a>"), page.count("button primary")) == (2, 1)


def test_mail_about_a_waitlist_that_was_left_speaks_of_no_place(attendee: Attendee) -> None:
    waiting = register(attendee, make_event(title="Jam", capacity=0))
    places.cancel(registration=waiting, in_full=False)
    told = Notification.objects.select_related(
        "attendee__user", "registration__event", "registration__workshop"
    ).get(kind="given-up")
    assert render.words(told).text.startswith("You left the waitlist for “Jam”.") is True
