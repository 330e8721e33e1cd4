"""Organizers decide about money that has to go back."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.admin import confirmed_actions
from events.models import Event, Payment, Refund
from events.payments import ledger, refunds
from events.payments.providers.sandbox import SandboxProvider
from tests.factories import make_attendee, make_event, make_user
from tests.lines import register, status

from .conftest import SignedIn
from .ledgers import make_payment, make_refund
from .pages import act, confirm, errors, logged, read, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)
ACTIONS = ["give_back", "accept"]
NOTHING_TO_GIVE = (
    "the money does not have to go back, is on its way already, or the payer's bank has taken it."
)


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], price=500, time_zone="Asia/Tokyo")


def late_payment(event: Event, clock: time_machine.Traveller) -> Payment:
    """Money for a place that went to somebody else before it came."""
    Event.objects.update(capacity=1)
    held = register(make_attendee(neos_id="U-late", neos_username="Late"), event)
    payment = ledger.ask(registration=held, provider="sandbox")
    clock.shift(HOUR)
    register(make_attendee(), event)
    return ledger.receive(payment=payment, amount=500, currency="EUR", intent="pi-late")


# --- Giving back ---------------------------------------------------------------------------------


def test_give_back_asks_first_and_names_everybody(browser: Client, jam: Event) -> None:
    payments = [make_payment(jam, name) for name in ("Ada", "Bo")]
    page = read(act(browser, "give_back", *payments)).first("div", id="content")
    assert [item.raw for item in page.first("ul").all("li")] == [
        f"{name} (U-{name}) · Jam · refund due (the place was paid for already) · €5.00 · sandbox"
        for name in ("Ada", "Bo")
    ]
    assert [field.attributes["name"] for field in page.all("input", type="text")] == ["note"]
    assert (Refund.objects.count(), logged()) == (0, [])


def test_give_back_through_a_provider_is_asked_for_and_then_done(
    browser: Client, mika: User, jam: Event
) -> None:
    payment = make_payment(jam)
    response = confirm(browser, "give_back", payment, note="our mistake")
    refund = Refund.objects.get()
    assert (refund.status, refund.requested_by, refund.note) == ("open", mika, "our mistake")
    assert words(response) == ["1 payment is given back soon; if that fails, its page says so."]
    assert logged() == [("mika", "Asked for €5.00 to be given back.")]
    assert refunds.run(SandboxProvider()) == refunds.Given(done=1)
    payment.refresh_from_db()
    assert payment.status == "refunded"


def test_give_back_by_hand_is_noted_with_who_and_how(
    browser: Client, mika: User, jam: Event
) -> None:
    payment = make_payment(jam, provider="manual")
    page = read(act(browser, "give_back", payment)).first("div", id="content")
    asked = [field.attributes["name"] for field in page.all("input", type="text")]
    assert asked == ["reference", "note"]
    assert "Did you give this money back yourselves?" in page.text
    response = confirm(browser, "give_back", payment, reference=" T-2 ", note="cash")
    refund = Refund.objects.get()
    assert (refund.status, refund.requested_by, refund.reference, refund.note) == (
        "done",
        mika,
        "T-2",
        "cash",
    )
    payment.refresh_from_db()
    assert payment.status == "refunded"
    assert words(response) == ["1 payment is noted as given back."]
    assert logged() == [("mika", "Noted €5.00 as given back.")]


def test_give_back_happens_once(browser: Client, jam: Event) -> None:
    payments = [make_payment(jam, "Ada"), make_payment(jam, "Bo", provider="manual")]
    confirm(browser, "give_back", *payments)
    again = confirm(browser, "give_back", *payments)
    assert words(again)[-1] == f"2 were not changed: {NOTHING_TO_GIVE}"
    assert (Refund.objects.count(), len(logged())) == (2, 2)


def test_give_back_leaves_what_stays(browser: Client, jam: Event) -> None:
    stays = make_payment(jam, "Ada", status="paid", problem="")
    response = confirm(browser, "give_back", stays, make_payment(jam, "Bo"))
    assert words(response) == [
        "1 payment is given back soon; if that fails, its page says so.",
        f"1 was not changed: {NOTHING_TO_GIVE}",
    ]
    stays.refresh_from_db()
    assert stays.status == "paid"


def test_give_back_tries_again_what_failed(browser: Client, jam: Event) -> None:
    payment = make_payment(jam)
    make_refund(payment)
    confirm(browser, "give_back", payment)
    found = payment.refunds.order_by("pk").values_list("status", flat=True)
    assert list(found) == ["failed", "open"]


@pytest.mark.parametrize("typed", ["\0", "x" * 301])
def test_give_back_refuses_what_is_no_note(browser: Client, jam: Event, typed: str) -> None:
    assert len(errors(confirm(browser, "give_back", make_payment(jam), note=typed))) == 1
    assert Refund.objects.count() == 0


# --- The place after all -------------------------------------------------------------------------


def test_accept_gives_the_place_once_one_is_free(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    payment = late_payment(jam, clock)
    page = read(act(browser, "accept", payment)).first("div", id="content")
    assert "Late (U-late)" in page.raw
    refused = confirm(browser, "accept", payment)
    assert words(refused) == [
        "1 was not changed: no place is free, the person may not have it, or the money has to go "
        "back for another reason."
    ]
    Event.objects.update(capacity=2)
    assert words(confirm(browser, "accept", payment))[-1] == "1 person has the place now."
    payment.refresh_from_db()
    assert (payment.status, payment.problem) == ("paid", "")
    assert status(payment.registration) == "confirmed"
    assert logged() == [("mika", "Kept the money and gave the place.")]


def test_accept_keeps_no_money_that_is_on_its_way_back(
    browser: Client, jam: Event, clock: time_machine.Traveller
) -> None:
    payment = late_payment(jam, clock)
    Event.objects.update(capacity=2)
    confirm(browser, "give_back", payment)
    confirm(browser, "accept", payment)
    assert (Payment.objects.get(pk=payment.pk).status, status(payment.registration)) == (
        "refund_due",
        "expired",
    )


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ACTIONS)
def test_payments_of_others_are_not_decided_about(
    client: Client,
    signed_in: SignedIn,
    robin: User,
    jam: Event,
    clock: time_machine.Traveller,
    action: str,
) -> None:
    payment = late_payment(jam, clock)
    Event.objects.update(capacity=9)
    looker = make_user(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_payment"))
    jam.organizers.add(looker)
    guest = payment.registration.attendee.user
    for stranger in [client, signed_in(guest), signed_in(robin), signed_in(looker)]:
        for response in [act(stranger, action, payment), confirm(stranger, action, payment)]:
            assert b"U-late" not in response.content
    payment.refresh_from_db()
    assert (payment.status, Refund.objects.count(), logged()) == ("refund_due", 0, [])


@pytest.mark.parametrize("action", ACTIONS)
def test_too_many_payments_at_once_are_refused(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    monkeypatch.setattr(confirmed_actions, "MAX_SELECTED_ROWS", 1)
    response = confirm(browser, action, *(make_payment(jam, name) for name in ("Ada", "Bo")))
    assert words(response) == ["Please select at most 1 rows at a time."]
    assert Refund.objects.count() == 0


def test_question_about_payments_costs_the_same_with_more(
    browser: Client, jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    payments = [make_payment(jam, name) for name in ("Ada", "Bo", "Cy")]
    for chosen in [payments[:1], payments]:
        with django_assert_num_queries(13):
            act(browser, "give_back", *chosen)
