"""Taking and giving up places through the pages."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from events import places
from events.models import Attendee, Event, Registration
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_user,
    make_workshop,
    statuses,
)
from tests.lines import register
from tests.markup import TreeBuilder
from tests.pages import heading_of, without_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody signed in."""
    attendee = make_attendee()
    client.force_login(attendee.user)
    return attendee


def register_address(event: Event) -> str:
    return f"{event.get_absolute_url()}register/"


def test_register_takes_a_place_and_leads_to_its_page(client: Client, attendee: Attendee) -> None:
    response = client.post(register_address(make_event()), follow=True)
    taken = Registration.objects.get()
    assert response.redirect_chain == [(f"/registrations/{taken.code}/", 302)]
    assert heading_of(response) == "You are in"
    assert (taken.attendee, taken.status) == (attendee, "confirmed")


def test_register_for_a_paid_place_leads_to_paying(client: Client, attendee: Attendee) -> None:
    response = client.post(register_address(make_event(price=100)))
    assert response["Location"] == f"/registrations/{Registration.objects.get().code}/pay/"


def test_register_waitlists_and_says_so(client: Client, attendee: Attendee) -> None:
    response = client.post(register_address(make_event(capacity=0)), follow=True)
    assert heading_of(response) == "On the waitlist"
    assert "You are number 1 in line." in response.content.decode()


def test_register_ignores_every_field_a_visitor_adds(client: Client, attendee: Attendee) -> None:
    event, stranger = make_event(price=100), make_attendee()
    client.post(
        register_address(event),
        {"attendee": stranger.pk, "status": "confirmed", "amount": 0, "workshop": 1, "id": 99},
    )
    registration = Registration.objects.get()
    assert (registration.attendee, registration.status) == (attendee, "awaiting_payment")
    assert (registration.amount, registration.workshop) == (100, None)


def test_register_refused_shows_why_with_conflict_and_changes_nothing(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    event = make_event(neos_required=True)
    response = client.post(register_address(event))
    assert (response.status_code, statuses(event)) == (409, [])
    assert 'data-code="neos-required"' in response.content.decode()


def test_register_signed_out_is_refused_and_shows_the_way(client: Client) -> None:
    event = make_event()
    response = client.post(register_address(event))
    assert (response.status_code, statuses(event)) == (403, [])
    assert 'data-code="sign-in-required"' in response.content.decode()


def test_register_by_get_only_leads_to_the_page(client: Client, attendee: Attendee) -> None:
    event = make_event()
    response = client.get(register_address(event))
    assert (response.status_code, response["Location"]) == (302, event.get_absolute_url())
    assert statuses(event) == []


def test_register_without_a_csrf_token_is_refused_in_plain_words(attendee: Attendee) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(attendee.user)
    event = make_event()
    response = strict.post(register_address(event))
    assert (response.status_code, statuses(event)) == (403, [])
    assert "Please send the form again" in response.content.decode()


def test_register_gives_staff_their_attendee(client: Client) -> None:
    staff = make_user(is_superuser=True)
    client.force_login(staff)
    event = make_event()
    response = client.post(register_address(event))
    assert (response.status_code, statuses(event)) == (409, [])
    assert 'data-code="email-unconfirmed"' in response.content.decode()
    client.get("/account/")  # where the refusal leads to
    assert Attendee.objects.filter(user=staff).update(email_confirmed_at=NOON) == 1
    assert client.post(register_address(event)).status_code == 302
    assert statuses(event) == ["confirmed"]


def test_register_for_a_workshop_needs_the_event_first(client: Client, attendee: Attendee) -> None:
    event = make_event(slug="jam")
    make_workshop(event, slug="logix")
    address = "/events/jam/workshops/logix/register/"
    assert client.post(address).status_code == 409
    client.post(register_address(event))
    response = client.post(address)
    taken = Registration.objects.get(workshop__slug="logix")
    assert (response.status_code, response["Location"]) == (302, f"/registrations/{taken.code}/")
    assert taken.status == "confirmed"


def test_register_for_a_workshop_of_another_event_finds_nothing(
    client: Client, attendee: Attendee
) -> None:
    make_workshop(make_event(slug="jam"), slug="logix")
    make_event(slug="other")
    assert client.post("/events/other/workshops/logix/register/").status_code == 404


def test_register_costs_at_most_fifteen_statements(
    client: Client, attendee: Attendee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    event = make_event(neos_required=True, capacity=5)
    with django_assert_max_num_queries(15):
        client.post(register_address(event))
    assert statuses(event) == ["confirmed"]


@pytest.mark.parametrize("address", ["", "person@example.org"])
def test_register_costs_the_same_in_a_crowd_and_for_who_gets_mail(
    client: Client, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    costs = []
    for crowd in (0, 5):
        event = make_event(capacity=3)
        for _ in range(crowd):
            places.register(user=make_attendee().user, bookable=event)
        newcomer = make_attendee(email_confirmed_at=NOON)
        User.objects.filter(pk=newcomer.user_id).update(email=address)
        client.force_login(newcomer.user)
        with django_assert_num_queries(15) as captured:
            client.post(register_address(event))
        costs.append(len(captured))
    assert costs == [15, 15]


def test_mine_shows_what_is_coming_and_what_is_over(
    client: Client, attendee: Attendee, clock: time_machine.Traveller
) -> None:
    past = make_event(title="Past", starts_at=NOON + timedelta(hours=1))
    coming = make_event(title="Coming")
    for event in (past, coming):
        places.register(user=attendee.user, bookable=event)
    clock.shift(timedelta(hours=3))
    context = client.get("/registrations/").context
    assert [r.event for r in context["coming"]] == [coming]
    assert [r.event for r in context["over"]] == [past]


def test_place_that_was_lost_at_what_is_still_to_come_is_not_earlier(
    client: Client, attendee: Attendee, clock: time_machine.Traveller
) -> None:
    past = register(attendee, make_event(title="Past", starts_at=NOON + timedelta(hours=1)))
    given_up = register(attendee, make_event(title="Given up", slug="given-up"))
    expired = register(attendee, make_event(title="Forgotten", price=500))
    draft = register(attendee, make_event(title="Draft", slug="draft"))
    coming = register(attendee, make_event(title="Coming"))
    for lost in (past, given_up, draft):
        places.cancel(registration=lost, in_full=False)
    Event.objects.filter(pk=draft.event_id).update(status="draft")
    register(make_attendee(), make_event(title="Theirs"))
    clock.shift(timedelta(hours=4))
    answer = client.get("/registrations/")
    groups = [[r.pk for r in answer.context[name]] for name in ("coming", "lost", "over")]
    assert groups == [[coming.pk], [given_up.pk, expired.pk, draft.pk], [past.pk]]
    main = TreeBuilder(answer.content.decode()).root.first("main")
    headings = [heading.text for heading in main.all("h2")]
    assert headings == ["Coming", "Not yours any more, but still to come", "Earlier"]
    ways = [link.attributes["href"] for link in main.all("a") if "See the event" in link.text]
    assert ways == ["/events/given-up/", expired.event.get_absolute_url()]
    assert "/account/#following" in [link.attributes["href"] for link in main.all("a")]


def test_place_that_was_taken_again_is_listed_once_but_for_its_money(
    client: Client, attendee: Attendee
) -> None:
    free, paid = make_event(title="Free"), make_event(title="Paid", price=500)
    for event in (free, paid):
        first = register(attendee, event)
        if event is paid:
            manual.mark_paid(registration=first, by=make_organizer())
        places.cancel(registration=first, in_full=False)
        register(attendee, event)
    again = register(attendee, make_event(title="Twice"))
    places.cancel(registration=again, in_full=False)
    second = register(attendee, again.event)
    places.cancel(registration=second, in_full=False)
    context = client.get("/registrations/").context
    assert [r.bookable.title for r in context["coming"]] == ["Free", "Paid"]
    assert [(r.bookable.title, r.status) for r in context["lost"]] == [
        ("Paid", "cancelled"),
        ("Twice", "cancelled"),
    ]
    assert context["lost"][1].pk == second.pk


def test_mine_shows_nothing_of_other_people(client: Client, attendee: Attendee) -> None:
    places.register(user=make_attendee().user, bookable=make_event(title="Secret party"))
    page = client.get("/registrations/").content.decode()
    assert "Secret party" not in page
    assert "You have no place at an event that is still to come." in page


def test_mine_asks_strangers_to_sign_in(client: Client) -> None:
    response = client.get("/registrations/")
    assert response["Location"] == "/accounts/login/?next=/registrations/"


@pytest.mark.parametrize("count", [1, 3])
def test_mine_costs_at_most_six_queries(
    client: Client,
    attendee: Attendee,
    count: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        event = make_event()
        for bookable in (event, make_workshop(event)):
            places.register(user=attendee.user, bookable=bookable)
    with django_assert_max_num_queries(6) as captured:
        client.get("/registrations/")
    assert len(captured) == 6


def test_cancel_gives_the_place_up(client: Client, attendee: Attendee) -> None:
    event = make_event()
    registration = places.register(user=attendee.user, bookable=event)
    response = client.post(f"/registrations/{registration.code}/cancel/", follow=True)
    assert "You have given your place up." in response.content.decode()
    assert statuses(event) == ["cancelled"]


def test_cancel_by_get_changes_nothing(client: Client, attendee: Attendee) -> None:
    registration = places.register(user=attendee.user, bookable=make_event())
    response = client.get(f"/registrations/{registration.code}/cancel/")
    assert response["Location"] == "/registrations/"
    registration.refresh_from_db()
    assert registration.status == "confirmed"


@pytest.mark.parametrize("page", ["cancel", "pay"])
def test_another_persons_registration_looks_like_none(
    client: Client, attendee: Attendee, page: str
) -> None:
    theirs = places.register(user=make_attendee().user, bookable=make_event(price=100))
    method = client.post if page == "cancel" else client.get
    answers = [method(f"/registrations/{code}/{page}/") for code in (theirs.code, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_token(answers[0]) == without_token(answers[1])
    theirs.refresh_from_db()
    assert theirs.status == "awaiting_payment"


def test_cancel_after_the_end_is_a_conflict_in_plain_words(
    client: Client, attendee: Attendee, clock: time_machine.Traveller
) -> None:
    event = make_event()
    registration = places.register(user=attendee.user, bookable=event)
    clock.move_to(event.ends_at)
    response = client.post(f"/registrations/{registration.code}/cancel/")
    assert response.status_code == 409
    assert "it cannot be cancelled any more" in response.content.decode()


def test_pay_shows_amount_deadline_and_instructions(client: Client, attendee: Attendee) -> None:
    event = make_event(price=1250, payment_instructions="Give it to <Mika>.")
    registration = places.register(user=attendee.user, bookable=event)
    page = client.get(f"/registrations/{registration.code}/pay/").content.decode()
    assert "€12.50" in page
    assert "Sat 1 June 2030, 12:30 (UTC)" in page
    assert escape("Give it to <Mika>.") in page


def test_pay_asks_nobody_for_money_who_owes_none(
    client: Client, attendee: Attendee, clock: time_machine.Traveller
) -> None:
    paid = places.register(user=attendee.user, bookable=make_event(price=5))
    manual.mark_paid(registration=paid, by=make_organizer())
    lapsed = places.register(user=attendee.user, bookable=make_event(price=5))
    waiting = places.register(user=attendee.user, bookable=make_event(price=5, capacity=0))
    clock.shift(timedelta(minutes=30))
    for registration in (paid, lapsed, waiting):
        response = client.get(f"/registrations/{registration.code}/pay/")
        assert response["Location"] == f"/registrations/{registration.code}/"


def test_personal_pages_are_never_cached(client: Client, attendee: Attendee) -> None:
    for address in ("/registrations/", "/account/"):
        assert "no-store" in client.get(address)["Cache-Control"]


def test_holder_at_a_cancelled_event_is_offered_nothing_to_give_up_or_to_show(
    client: Client, attendee: Attendee
) -> None:
    event = make_event()
    places.register(user=attendee.user, bookable=event)
    Event.objects.filter(pk=event.pk).update(status="cancelled")
    page = client.get(event.get_absolute_url()).content.decode()
    offered = [word in page for word in ("It does not take place", "Give up", "Show my name")]
    assert offered == [True, False, False]
