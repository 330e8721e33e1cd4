"""Organizers see disputes, refunds made at the provider, refused sums, and take mistakes back."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Dispute, Event, Payment, Registration
from events.payments import ledger
from events.payments.providers import manual
from tests.factories import NOON, make_attendee, make_event
from tests.lines import register, status

from .conftest import SignedIn
from .ledgers import at, cells, make_payment, make_refund, table
from .pages import PAYMENTS, act, confirm, errors, logged, names, read, rows, shown_field, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=5, price=500)


def paid(event: Event, name: str) -> Payment:
    """A confirmed place, paid for at the provider."""
    payment = make_payment(event, name, status="paid", problem="")
    Registration.objects.filter(pk=payment.registration_id).update(
        status="confirmed", confirmed_at=NOON
    )
    return payment


def disputed(event: Event, name: str, state: str) -> Payment:
    payment = paid(event, name)
    Dispute.objects.create(
        payment=payment,
        reference=f"dp-{name}",
        amount=500,
        currency="EUR",
        status=state,
        told_at=NOON,
        created_at=NOON,
    )
    return payment


def page_of(payment: Payment) -> str:
    return f"{PAYMENTS}{payment.pk}/change/"


TAKEN = "the bank has taken the money for now"


def test_dispute_is_on_the_list_the_page_and_the_money_page_m7(browser: Client, jam: Event) -> None:
    payment = disputed(jam, "Ada", "open")
    assert rows(browser.get(PAYMENTS))[0][4] == f"paid · {TAKEN}"
    page = read(browser.get(page_of(payment))).text
    assert (TAKEN in page, "dp-Ada" in page) == (True, True)
    money = browser.get(at(jam))
    assert cells(money, "ledger")[0][3] == f"paid · {TAKEN}"
    assert cells(money, "sums") == [["EUR", "€0.00", "€5.00", "€0.00", "€0.00", "€0.00", "€5.00"]]
    links = [link.text for link in read(money).all("a")]
    assert "1 payment needs a decision" in links
    assert table(browser, jam)[0]["dispute"] == "open"


def test_list_filters_by_dispute_and_by_task_m7(browser: Client, jam: Event) -> None:
    for state, name in [("asked", "Ada"), ("open", "Bo"), ("won", "Cy")]:
        disputed(jam, name, state)
    paid(jam, "Di")
    assert names(browser.get(PAYMENTS, {"dispute": "won"})) == ["Cy"]
    assert sorted(names(browser.get(PAYMENTS, {"task": "person"}))) == ["Ada", "Bo"]
    assert len(names(browser.get(PAYMENTS, {"dispute": "x"}))) == 4


def test_part_that_went_back_is_shown_m7(browser: Client, jam: Event) -> None:
    payment = paid(jam, "Ada")
    make_refund(payment, amount=200, status="done", by_provider=True)
    assert rows(browser.get(PAYMENTS))[0][4] == "paid · €2.00 given back"
    assert cells(browser.get(at(jam)), "sums")[0][2:6] == ["€3.00", "€0.00", "€3.00", "€2.00"]
    assert table(browser, jam)[0]["given_back"] == "2.00"


def test_disputes_of_others_are_not_shown_m7(signed_in: SignedIn, robin: User, jam: Event) -> None:
    payment = disputed(jam, "Ada", "open")
    stranger = signed_in(robin)
    assert names(stranger.get(PAYMENTS, {"dispute": "open"})) == []
    assert stranger.get(page_of(payment)).status_code in (302, 404)


def test_reason_why_nobody_could_pay_is_on_the_payment_r12(browser: Client, jam: Event) -> None:
    payment = make_payment(jam, "Ada", status="failed", problem="", error="amount_too_small")
    assert shown_field(browser, page_of(payment), "why") == (
        "The sum is too small for the payment provider. Raise the price. (amount_too_small)"
    )
    Payment.objects.update(error="parameter_unknown")
    assert shown_field(browser, page_of(payment), "why") == "parameter_unknown"


# --- The place of somebody whose money is gone ---------------------------------------------------


def test_place_is_left_without_its_money_after_a_question_m7(
    browser: Client, mika: User, jam: Event
) -> None:
    payment = paid(jam, "Ada")
    make_refund(payment, status="done", by_provider=True)
    Payment.objects.update(status="refunded", problem="returned")
    assert names(browser.get(PAYMENTS, {"task": "person"})) == ["Ada"]
    assert "Leave these people their place" in read(act(browser, "leave_place", payment)).text
    assert errors(confirm(browser, "leave_place", payment)) == ["This field is required."]
    response = confirm(browser, "leave_place", payment, reason="a speaker")
    assert words(response) == ["1 person keeps the place."]
    payment.refresh_from_db()
    assert (payment.decided_by, payment.decision) == (mika, "a speaker")
    assert logged() == [("mika", "Left the place without the money: a speaker")]
    assert names(browser.get(PAYMENTS, {"task": "person"})) == []


# --- Noted by mistake ----------------------------------------------------------------------------


@pytest.fixture
def noted(mika: User, jam: Event) -> Payment:
    return manual.mark_paid(registration=register(make_attendee(), jam), by=mika)


def test_mistake_is_taken_back_after_a_question_and_with_a_reason_r15(
    browser: Client, noted: Payment
) -> None:
    assert "Did this money never come?" in read(act(browser, "take_back", noted)).text
    assert errors(confirm(browser, "take_back", noted)) == ["This field is required."]
    assert status(noted.registration) == "confirmed"
    response = confirm(browser, "take_back", noted, reason="not hers")
    assert words(response) == ["1 payment was removed from the books."]
    noted.refresh_from_db()
    assert (noted.status, status(noted.registration)) == ("mistaken", "awaiting_payment")
    assert logged() == [("mika", "Removed from the books as noted by mistake: not hers")]
    assert shown_field(browser, page_of(noted), "decision") == "not hers"


@pytest.mark.parametrize("action", ["give_back", "accept", "take_back", "leave_place"])
def test_question_names_other_money_of_the_same_place_r15(
    browser: Client, noted: Payment, action: str
) -> None:
    """Money that has not come, or has gone back, is none."""
    for amount, state in [
        (700, "refund_due"),
        (800, "refunded"),
        (900, "open"),
    ]:
        Payment.objects.create(
            registration=noted.registration,
            provider="sandbox",
            amount=amount,
            currency="EUR",
            status=state,
            problem="twice" if state.startswith("refund") else "",
            created_at=NOON,
            paid_at=NOON,
        )
    (line,) = read(act(browser, action, noted)).first("div", id="content").first("ul").all("li")
    assert line.raw.endswith(" · for the same place there is also: €7.00 (refund due · sandbox)")


def test_mistake_that_is_tied_is_left_with_the_reason_r15(browser: Client, noted: Payment) -> None:
    Registration.objects.update(checked_in_at=NOON)
    stripe = paid(noted.registration.event, "Ada")
    response = confirm(browser, "take_back", noted, stripe, reason="x")
    assert sorted(words(response)) == [
        "1 was not changed: it was not noted by hand, or it has gone back.",
        "1 was not changed: the person was checked in.",
    ]
    assert (Payment.objects.filter(status="mistaken").count(), logged()) == (0, [])


def test_stranger_takes_nothing_back_r15(signed_in: SignedIn, robin: User, noted: Payment) -> None:
    confirm(signed_in(robin), "take_back", noted, reason="x")
    confirm(signed_in(robin), "leave_place", noted, reason="x")
    noted.refresh_from_db()
    assert (noted.status, noted.decided_by) == ("paid", None)


def test_references_of_other_organizers_cannot_be_probed_l6(
    signed_in: SignedIn, robin: User, mika: User, jam: Event
) -> None:
    theirs = register(make_attendee(), jam)
    manual.mark_paid(registration=theirs, by=mika, reference="TX-1")
    own = register(make_attendee(), make_event(price=500, organizers=[robin]))
    response = confirm(signed_in(robin), "mark_paid", own, reference="TX-1")
    assert words(response) == ["1 registration changed."]
    assert ledger.Payment.objects.filter(reference="TX-1").count() == 2
