"""People who wait see their number, the draw, what is in the way, and how to get a perk."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.models import Attendee, Event, Registration
from events.views import browse
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_perk
from tests.lines import register, statuses_of
from tests.markup import TreeBuilder
from tests.pages import heading_of
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody signed in."""
    attendee = make_attendee()
    client.force_login(attendee.user)
    return attendee


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def make_lottery(**fields: object) -> Event:
    return make_event(**{"capacity": 1, "draw_at": NOON + HOUR, "title": "Jam"} | fields)


# --- The draw ------------------------------------------------------------------------------------


def test_lottery_shows_its_commitment_from_the_start_and_the_seed_only_after(
    client: Client, clock: Clock
) -> None:
    event = make_lottery()
    register(make_attendee(), event)
    before = text(client, event.get_absolute_url())
    assert event.draw_commitment in before
    assert event.draw_seed not in before
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    after = text(client, event.get_absolute_url())
    assert (event.draw_commitment in after, event.draw_seed in after) == (True, True)


def test_seed_is_on_no_other_page_before_the_draw(client: Client, attendee: Attendee) -> None:
    event = make_lottery()
    register(attendee, event)
    pages = ["/", "/registrations/", "/account/", event.get_absolute_url()]
    assert [page for page in pages if event.draw_seed in text(client, page)] == []


def test_registering_takes_part_in_the_draw_and_says_so(client: Client, attendee: Attendee) -> None:
    event = make_lottery()
    assert "Take part in the draw" in text(client, event.get_absolute_url())
    response = client.post(f"{event.get_absolute_url()}register/", follow=True)
    page = response.content.decode()
    assert heading_of(response) == "In the draw"
    assert "Places are drawn Sat 1 June 2030, 13:00 (UTC)." in page
    assert "You are number" not in page
    assert "1 person is in the draw" in text(client, event.get_absolute_url())


def test_my_registrations_names_the_draw_and_leaving_it(client: Client, attendee: Attendee) -> None:
    register(attendee, make_lottery())
    page = text(client, "/registrations/")
    assert ("In the draw" in page, "Leave the draw" in page) == (True, True)


def test_drawn_person_sees_their_rank_and_their_code(
    client: Client, attendee: Attendee, clock: Clock
) -> None:
    event = make_lottery()
    entry = register(attendee, event)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    page = text(client, event.get_absolute_url())
    assert "You were drawn as number 1." in page
    assert str(entry.code) in page


def test_draw_can_be_replayed_by_anybody_once_it_was_held(client: Client, clock: Clock) -> None:
    event = make_lottery(neos_required=True)
    entries = [register(make_attendee(neos_username=f"Ada{n}"), event) for n in range(3)]
    address = f"{event.get_absolute_url()}draw.txt"
    assert client.get(address).status_code == 404
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    commitment, seed, *ranks = client.get(address).getvalue().decode().splitlines()
    secret = seed.removeprefix("seed ")
    assert commitment == f"commitment {hashlib.sha256(secret.encode()).hexdigest()}"
    codes = sorted(
        (str(entry.code) for entry in entries),
        key=lambda code: hashlib.sha256((secret + code).encode()).hexdigest(),
    )
    assert ranks == [f"{rank} {code}" for rank, code in enumerate(codes, start=1)]


def test_draw_is_streamed_in_the_order_of_its_ranks_growth(
    client: Client, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "LINES_AT_ONCE", 2)
    event = make_lottery()
    for _ in range(5):
        register(make_attendee(), event)
    clock.shift(HOUR)
    places.draw(event=event, now=NOON + HOUR)
    response = client.get(f"{event.get_absolute_url()}draw.txt")
    pieces = [piece.decode().splitlines() for piece in response]
    assert [len(piece) for piece in pieces] == [2, 2, 2, 1]
    assert [line.split()[0] for piece in pieces[1:] for line in piece] == list("12345")
    assert [rank for _entry, rank in places.replay(event)] == [1, 2, 3, 4, 5]


def test_code_of_somebody_else_is_on_nobodys_page(client: Client, attendee: Attendee) -> None:
    event = make_lottery()
    stranger = register(make_attendee(), event)
    register(attendee, event)
    assert str(stranger.code) not in text(client, event.get_absolute_url())


# --- Obstacles and hints -------------------------------------------------------------------------


def test_waiting_person_sees_what_is_in_the_way(client: Client, attendee: Attendee) -> None:
    event = make_event(capacity=0, neos_required=True)
    register(attendee, event)
    Attendee.objects.update(neos_email_verified=False)
    page = text(client, event.get_absolute_url())
    assert "If a place became free now, you could not have it:" in page
    assert 'data-code="neos-unverified"' in page


def test_waiting_person_with_nothing_in_the_way_sees_no_obstacle(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(capacity=0, neos_required=True)
    register(attendee, event)
    assert "you could not have it" not in text(client, event.get_absolute_url())


def test_place_that_nobody_who_waits_may_have_is_offered_as_one(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(capacity=0, price=500)
    waiting = register(make_attendee(), event)
    Attendee.objects.filter(pk=waiting.attendee_id).update(neos_locked=True)
    Event.objects.update(capacity=5)
    page = text(client, event.get_absolute_url())
    assert ("Take a place for €5.00" in page, "5 of 5 places free · 1 waiting" in page) == (
        True,
        True,
    )
    client.post(f"{event.get_absolute_url()}register/")
    assert Registration.objects.get(attendee=attendee).status == "awaiting_payment"


def test_promoted_person_is_number_one(client: Client, attendee: Attendee) -> None:
    event = make_event(capacity=0)
    register(make_attendee(), event)
    places.promote(registration=register(attendee, event), by=make_organizer())
    assert "You are number 1 in line." in text(client, "/registrations/")


def test_patron_who_did_not_share_is_told_how_to_get_the_perk(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(price=1000)
    make_perk(event, discount_percent=50)
    Attendee.objects.update(patreon_known=False)
    page = text(client, event.get_absolute_url())
    assert 'data-code="patreon-unknown"' in page
    assert f"/account/?next=%2Fevents%2F{event.slug}%2F" in page
    assert "Take a place for" in page


@pytest.mark.parametrize("fields", [{"patreon_known": True}, {"neos_id": None}])
def test_nobody_else_is_told_about_perks(
    client: Client, attendee: Attendee, fields: dict[str, object]
) -> None:
    event = make_event()
    make_perk(event, discount_percent=50)
    Attendee.objects.update(**fields)
    assert "patreon-unknown" not in text(client, event.get_absolute_url())


def test_event_page_of_a_lottery_costs_as_much_as_any(
    client: Client, attendee: Attendee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    event = make_lottery()
    for _ in range(5):
        register(make_attendee(), event)
    register(attendee, event)
    with django_assert_max_num_queries(10):
        text(client, event.get_absolute_url())
    with django_assert_max_num_queries(8):
        text(client, "/")


# --- Deleting one's account ----------------------------------------------------------------------


def test_deleted_account_is_signed_out_and_its_place_goes_on(
    client: Client, attendee: Attendee
) -> None:
    event = make_event(capacity=1)
    mine, waiting = register(attendee, event), register(make_attendee(), event)
    sign_in(client, profile(id=attendee.neos_id))
    response = client.post("/account/delete/", follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "Your account is deleted." in response.content.decode()
    assert statuses_of(mine, waiting) == ["cancelled", "confirmed"]
    assert client.get("/account/").status_code == 302


def test_deleting_needs_a_post_with_a_token(attendee: Attendee) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(attendee.user)
    assert strict.get("/account/delete/").status_code == 200
    assert strict.post("/account/delete/").status_code == 403
    assert Attendee.objects.get().erased_at is None


def test_deleting_touches_nobody_else(client: Client, attendee: Attendee) -> None:
    stranger = register(make_attendee(neos_username="Other"), make_event())
    sign_in(client, profile(id=attendee.neos_id))
    client.post("/account/delete/")
    attendee.refresh_from_db()
    assert attendee.erased_at == NOON
    assert Registration.objects.get(pk=stranger.pk).status == "confirmed"
    assert Attendee.objects.get(pk=stranger.attendee_id).neos_username == "Other"


def test_deleting_signed_out_leads_to_the_sign_in(client: Client) -> None:
    assert client.post("/account/delete/").status_code == 302
    assert Attendee.objects.count() == 0


def test_staff_do_not_delete_themselves(client: Client) -> None:
    organizer = make_organizer()
    client.force_login(organizer)
    response = client.post("/account/delete/", follow=True)
    organizer.refresh_from_db()
    assert organizer.is_active is True
    page = TreeBuilder(response.content.decode()).root.first("main")
    assert "Write to events@localhost" in page.text
    assert list(page.all("form")) == []
