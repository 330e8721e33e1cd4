"""Paying through the pages, with the sandbox in place of Stripe."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from events import housekeeping, places
from events.models import Attendee, Event, Payment, Registration
from events.payments.providers import manual
from tests.factories import NOON, make_attendee, make_event, make_organizer
from tests.lines import register, status
from tests.pages import heading_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock", "sandbox"),
]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


@pytest.fixture
def sandbox(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "sandbox"


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody signed in."""
    attendee = make_attendee()
    client.force_login(attendee.user)
    return attendee


@pytest.fixture
def held(attendee: Attendee) -> Registration:
    return register(attendee, make_event(price=1500, capacity=1, refund_days=2))


def page_of(registration: Registration, what: str = "pay") -> str:
    return f"/registrations/{registration.code}/{what}/"


def go_to_pay(client: Client, held: Registration) -> str:
    """The address of the sandbox's page, after the button was pressed."""
    return client.post(page_of(held))["Location"].removeprefix("http://localhost:8000")


@pytest.mark.parametrize(
    ("state", "said", "looks_again"),
    [
        ("open", ["Your payment is being confirmed", "If you have not paid yet"], True),
        ("failed", ["Please pay", "button primary"], False),
        ("", ["Please pay", "button primary"], False),
    ],
)
def test_return_before_the_notice_asks_nobody_to_pay_again(
    client: Client, held: Registration, state: str, said: list[str], *, looks_again: bool
) -> None:
    if state:
        go_to_pay(client, held)
        Payment.objects.update(status=state)
    response = client.get(page_of(held, "paid"))
    page = response.content.decode()
    words = [
        "Your payment is being confirmed",
        "If you have not paid yet",
        "Please pay",
        "button primary",
    ]
    assert [word for word in words if word in page] == said
    assert ("Refresh" in response) is looks_again


def test_button_leads_to_the_payment_page_and_nothing_is_paid_by_that(
    client: Client, held: Registration
) -> None:
    page = client.get(page_of(held)).content.decode()
    assert "Pay €15.00" in page
    sandbox_page = client.get(go_to_pay(client, held)).content.decode()
    assert "€15.00" in sandbox_page
    assert (status(held), Payment.objects.get().status) == ("awaiting_payment", "open")


def test_paying_confirms_and_says_so(client: Client, held: Registration) -> None:
    response = client.post(go_to_pay(client, held), {"do": "pay"}, follow=True)
    mine = f"/registrations/{held.code}/"
    assert response.redirect_chain == [(page_of(held, "paid"), 302), (mine, 302)]
    assert heading_of(response) == "You are in"
    assert (status(held), "Refresh" in response) == ("confirmed", False)


def test_success_page_trusts_nothing_and_looks_again(client: Client, held: Registration) -> None:
    go_to_pay(client, held)
    response = client.get(f"{page_of(held, 'paid')}?session_id=cs_1&paid=1&status=paid")
    assert response["Refresh"] == f"5; url={page_of(held, 'paid')}?looks=1"
    assert "We are waiting for the payment provider" in response.content.decode()
    assert status(held) == "awaiting_payment"


@pytest.mark.parametrize("junk", ["", "-3", "x", "\uff12", "1e3", "1" * 400])
def test_page_that_waits_counts_only_digits(client: Client, held: Registration, junk: str) -> None:
    go_to_pay(client, held)
    response = client.get(page_of(held, "paid"), {"looks": junk})
    assert response["Refresh"] == f"5; url={page_of(held, 'paid')}?looks=1"


def test_page_that_waits_stops_after_twenty_looks_and_says_what_to_do(
    client: Client, held: Registration
) -> None:
    go_to_pay(client, held)
    address, looks = page_of(held, "paid"), 0
    while "Refresh" in (response := client.get(address)):
        address, looks = response["Refresh"].partition("url=")[2], looks + 1
    page = response.content.decode()
    assert looks == 20
    assert "this page has stopped asking" in page
    assert ("Load the page again" in page, "Back to paying" in page) == (True, True)


def test_wrong_amount_is_said_with_both_sums_and_what_happens(
    client: Client, held: Registration
) -> None:
    response = client.post(go_to_pay(client, held), {"do": "less"}, follow=True)
    for page in (response, client.get(page_of(held)), client.get("/registrations/")):
        said = page.content.decode()
        assert "€14.00 came, but €15.00 was agreed. €14.00 goes back to you." in said
        assert "Pay €15.00" in said
    assert "Refresh" not in response


def test_money_that_came_too_late_is_explained_where_one_comes_back(
    client: Client, held: Registration, clock: Clock
) -> None:
    client.post(go_to_pay(client, held), {"do": "late"})
    clock.shift(HOUR)
    housekeeping.run()
    Registration.objects.filter(pk=held.pk).update(status="expired", ended_at=NOON)
    Payment.objects.update(status="refund_due", problem="late")
    response = client.get(page_of(held, "paid"), follow=True)
    assert response.redirect_chain == [(f"/registrations/{held.code}/", 302)]
    said = "€15.00 goes back to you. The reason: It came too late for the place."
    assert said in response.content.decode()


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        ("fail", ("awaiting_payment", "failed", "")),
        ("twice", ("confirmed", "paid", "")),
        ("less", ("awaiting_payment", "refund_due", "amount")),
        ("late", ("awaiting_payment", "open", "")),
    ],
)
def test_sandbox_does_what_goes_wrong_with_real_payments(
    client: Client, held: Registration, do: str, expected: tuple[str, str, str]
) -> None:
    response = client.post(go_to_pay(client, held), {"do": do}, follow=True)
    assert response.status_code == 200
    payment = Payment.objects.get()
    assert (status(held), payment.status, payment.problem) == expected


def test_late_money_arrives_after_the_hold(
    client: Client, held: Registration, clock: Clock
) -> None:
    client.post(go_to_pay(client, held), {"do": "late"})
    clock.shift(HOUR)
    register(make_attendee(), held.event)
    housekeeping.run()
    payment = Payment.objects.get(registration=held)
    assert (payment.status, payment.problem, status(held)) == ("refund_due", "late", "expired")


def test_failed_payment_may_be_tried_again(client: Client, held: Registration) -> None:
    client.post(go_to_pay(client, held), {"do": "fail"})
    client.post(go_to_pay(client, held), {"do": "pay"})
    assert status(held) == "confirmed"
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["failed", "paid"]


def test_second_try_of_which_nothing_is_known_is_no_failure(
    client: Client, held: Registration, clock: Clock
) -> None:
    """Somebody who reads that no money came would pay once more."""
    failed = client.post(go_to_pay(client, held), {"do": "fail"}, follow=True)
    clock.shift(1)
    again = client.post(go_to_pay(client, held), {"do": "late"}, follow=True)
    said = [b"No money has come" in page.content for page in (failed, again)]
    assert (said, b"waiting for the payment provider" in again.content) == ([True, False], True)


def test_refund_that_the_provider_refuses_is_left_to_a_person(
    client: Client, held: Registration, clock: Clock
) -> None:
    client.post(go_to_pay(client, held), {"do": "stubborn"})
    places.cancel(registration=held, in_full=False)
    failed = []
    for _ in range(5):
        failed.append(housekeeping.run().refunds.failed)
        clock.shift(24 * HOUR)
    assert (failed, Payment.objects.get().status) == ([1, 1, 1, 0, 0], "refund_due")


# --- Who may not ---------------------------------------------------------------------------------


def test_waiting_person_is_never_asked_for_money(client: Client, attendee: Attendee) -> None:
    event = make_event(price=500, capacity=0)
    waiting = register(attendee, event)
    assert client.post(page_of(waiting))["Location"] == f"/registrations/{waiting.code}/"
    assert (Payment.objects.count(), status(waiting)) == (0, "waitlisted")


def test_page_that_was_open_too_long_asks_for_no_money(
    client: Client, held: Registration, clock: Clock
) -> None:
    clock.shift(HOUR)
    response = client.post(page_of(held), follow=True)
    assert "There is nothing to pay here at the moment." in response.content.decode()
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("what", ["pay", "paid"])
def test_stranger_sees_no_payment(client: Client, held: Registration, what: str) -> None:
    address = go_to_pay(client, held)
    client.force_login(make_attendee().user)
    found = [client.get(page_of(held, what)).status_code, client.get(address).status_code]
    assert (found, client.post(address, {"do": "pay"}).status_code) == ([404, 404], 404)
    assert status(held) == "awaiting_payment"


def test_sandbox_is_not_there_without_it(
    client: Client, held: Registration, settings: Settings
) -> None:
    address = go_to_pay(client, held)
    settings.PAYMENT_PROVIDER = "manual"
    assert client.post(address, {"do": "pay"}).status_code == 404


# --- Cancelling ----------------------------------------------------------------------------------


def test_cancelling_shows_what_comes_back_before_it_is_pressed(
    client: Client, held: Registration
) -> None:
    client.post(go_to_pay(client, held), {"do": "pay"})
    for page in ("/registrations/", held.event.get_absolute_url()):
        assert "You get €15.00 back." in client.get(page).content.decode()


def test_cancelling_gives_back_what_was_shown(client: Client, held: Registration) -> None:
    client.post(go_to_pay(client, held), {"do": "pay"})
    client.post(page_of(held, "cancel"), {"money_back": "1500"})
    housekeeping.run()
    assert (status(held), Payment.objects.get().status) == ("cancelled", "refunded")
    assert "€15.00 was given back" in client.get("/registrations/").content.decode()


def test_cancelling_asks_again_when_less_comes_back_than_was_shown(
    client: Client, held: Registration, clock: Clock
) -> None:
    client.post(go_to_pay(client, held), {"do": "pay"})
    clock.shift(timedelta(days=5))
    response = client.post(page_of(held, "cancel"), {"money_back": "1500"})
    page = response.content.decode()
    assert (response.status_code, status(held)) == (409, "confirmed")
    assert "The money that you get back has changed" in page
    shown = re.search(r'name="money_back" value="(\d+)"', page)
    assert shown is not None
    client.post(page_of(held, "cancel"), {"money_back": shown[1]})
    assert (status(held), Payment.objects.get().status) == ("cancelled", "paid")


def test_policy_is_shown_before_anybody_pays(client: Client, held: Registration) -> None:
    page = client.get(page_of(held)).content.decode()
    assert "If you give it up before Thu 6 June 2030, 12:00 (UTC), you get everything back" in page


def test_manual_payment_shows_instructions_and_no_button(
    client: Client, held: Registration, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDER = "manual"
    Event.objects.update(payment_instructions="Ask <Mika>.")
    page = client.get(page_of(held)).content.decode()
    assert ("Ask &lt;Mika&gt;." in page, "<button>Pay" in page) == (True, False)
    manual.mark_paid(registration=held, by=make_organizer())
    assert client.get(page_of(held))["Location"] == f"/registrations/{held.code}/"
    assert Registration.objects.get().confirmed_at == NOON
