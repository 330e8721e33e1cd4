"""Money that came outside of the site: noted once, with who noted it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from events import places
from events.admin.money_forms import minor_units
from events.formatting.money import typed_amount
from events.models import Event, Notification, Payment, Registration
from events.payments.providers import manual
from tests.factories import make_attendee, make_event, statuses

from .conftest import SignedIn
from .pages import (
    CHANGED_1,
    CHANGED_2,
    LEFT_1,
    LEFT_2,
    act,
    confirm,
    errors,
    logged,
    person,
    read,
    said,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=2)


def test_mark_paid_asks_for_amount_reference_and_note(
    browser: Client, held: list[Registration]
) -> None:
    page = read(act(browser, "mark_paid", held[0]))
    asked = [field.attributes["name"] for field in page.all("input", type="text")]
    assert asked == ["amount", "reference", "note"]
    assert page.first("input", name="amount").attributes["value"] == "5.00"
    assert "€5.00" in page.text
    assert Payment.objects.count() == 0


def test_mark_paid_confirms_and_stores_who(
    browser: Client, mika: User, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", held[0], reference=" TX-1 ", note="by transfer")
    payment = Payment.objects.get()
    assert (payment.reference, payment.note, payment.recorded_by) == ("TX-1", "by transfer", mika)
    assert (payment.amount, payment.currency, payment.status) == (500, "EUR", "paid")
    held[0].refresh_from_db()
    assert held[0].status == "confirmed"
    assert words(response) == [CHANGED_1]
    assert logged() == [("mika", "Marked €5.00 as received.")]


def test_mark_paid_takes_several_without_a_reference(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", *held, note="cash")
    assert statuses(jam) == ["confirmed", "confirmed"]
    assert words(response) == [CHANGED_2]


def test_mark_paid_takes_no_reference_for_several(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", *held, reference="TX-1")
    assert errors(response) == [
        "One reference is for one payment. Leave it empty, or select one registration."
    ]
    assert (statuses(jam), Payment.objects.count()) == (["awaiting_payment"] * 2, 0)


def test_mark_paid_refuses_a_reference_that_was_used(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    confirm(browser, "mark_paid", held[0], reference="TX-1")
    response = confirm(browser, "mark_paid", held[1], reference="TX-1", note="again")
    assert errors(response) == ["Another payment of this event has this reference already."]
    note = read(response).first("input", name="note")
    assert note.attributes["value"] == "again"
    assert statuses(jam) == ["confirmed", "awaiting_payment"]
    assert (Payment.objects.count(), len(logged())) == (1, 1)
    assert Notification.objects.filter(kind="registered").count() == 1


@pytest.mark.parametrize("typed", ["\0", "x" * 121])
def test_mark_paid_refuses_what_is_no_reference(
    browser: Client, held: list[Registration], typed: str
) -> None:
    assert len(errors(confirm(browser, "mark_paid", held[0], reference=typed))) == 1
    assert Payment.objects.count() == 0


def test_mark_paid_leaves_what_owes_nothing(
    browser: Client, jam: Event, line: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", line[0], line[2])
    assert words(response) == [LEFT_2]
    assert (Payment.objects.count(), logged()) == (0, [])


def test_mark_paid_twice_counts_once(browser: Client, held: list[Registration]) -> None:
    confirm(browser, "mark_paid", held[0], reference="TX-1")
    again = confirm(browser, "mark_paid", held[0], reference="TX-2")
    assert words(again)[-1] == LEFT_1
    assert Payment.objects.get().reference == "TX-1"


def test_money_for_a_place_that_is_gone_is_to_be_returned(
    browser: Client, jam: Event, held: list[Registration], clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=1))
    Event.objects.update(capacity=1)
    places.register(user=make_attendee().user, bookable=jam)
    response = confirm(browser, "mark_paid", held[0])
    assert said(response) == [
        f"{person(held[0])}: €5.00 is noted and has to go back. Reason: it came too late for the "
        "place.",
        CHANGED_1,
    ]
    assert Payment.objects.get().status == "refund_due"


# --- How much was received ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "amount", "typed"),
    [("EUR", 1500, "15.00"), ("JPY", 500, "500"), ("KWD", 1234, "1.234"), ("KWD", 5, "0.005")],
)
def test_amount_is_typed_as_it_is_read(
    browser: Client, held: list[Registration], currency: str, amount: int, typed: str
) -> None:
    Registration.objects.update(amount=amount, currency=currency)
    field = read(act(browser, "mark_paid", held[0])).first("input", name="amount")
    assert field.attributes["value"] == typed
    confirm(browser, "mark_paid", held[0], amount=typed)
    payment = Payment.objects.get()
    assert (payment.amount, payment.currency, payment.status) == (amount, currency, "paid")


@given(amount=st.integers(1, 2**31 - 1), currency=st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_amount_that_is_written_is_read_again_exactly(amount: int, currency: str) -> None:
    assert minor_units(typed_amount(amount, currency), currency) == amount


@pytest.mark.parametrize(
    ("currency", "typed", "amount"),
    [("EUR", "15", 1500), ("EUR", "15.5", 1550), ("EUR", "007.00", 700), ("KWD", "1.2", 1200)],
)
def test_amount_with_fewer_decimals_is_the_same(currency: str, typed: str, amount: int) -> None:
    assert minor_units(typed, currency) == amount


TO_WRITE = {
    "EUR": "Write the amount in EUR with digits and a point, with 2 decimals at most, like 15.00.",
    "JPY": "Write the amount in JPY with digits only and no decimals, like 1500.",
    "KWD": "Write the amount in KWD with digits and a point, with 3 decimals at most, like 1.500.",
}


@pytest.mark.parametrize(
    ("currency", "typed"),
    [
        ("JPY", "500.5"),
        ("KWD", "1.2345"),
        *(("EUR", typed) for typed in ["-5", "+5", "1e9", "NaN", "Infinity", "1_0", "$5"]),
        *(("EUR", typed) for typed in ["15.", ".5", "0x10", "5.0.0"]),
        ("EUR", "\N{ARABIC-INDIC DIGIT FIVE}"),
    ],
)
def test_amount_that_is_none_is_refused_with_an_example(
    browser: Client, held: list[Registration], currency: str, typed: str
) -> None:
    Registration.objects.update(currency=currency)
    response = confirm(browser, "mark_paid", held[0], amount=typed)
    assert errors(response) == [TO_WRITE[currency]]
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("0", "If nothing was received, there is nothing to note."),
        ("0.00", "If nothing was received, there is nothing to note."),
        ("21474836.48", "This is too much for one payment."),
        ("9" * 20, "This is too much for one payment."),
        ("9" * 21, "Ensure this value has at most 20 characters (it has 21)."),
        ("5\0", "Null characters are not allowed."),
    ],
)
def test_amount_that_cannot_be_is_refused(
    browser: Client, held: list[Registration], typed: str, sentence: str
) -> None:
    response = confirm(browser, "mark_paid", held[0], amount=typed)
    assert errors(response) == [sentence]
    assert Payment.objects.count() == 0


def test_largest_amount_is_noted(browser: Client, held: list[Registration]) -> None:
    confirm(browser, "mark_paid", held[0], amount="21474836.47")
    assert Payment.objects.get().amount == 2**31 - 1


def test_nothing_typed_is_the_agreed_amount(browser: Client, held: list[Registration]) -> None:
    confirm(browser, "mark_paid", held[0], amount=" ")
    assert list(Payment.objects.values_list("amount", "status")) == [(500, "paid")]


def test_other_amount_than_agreed_goes_back_and_pays_for_nothing(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    response = confirm(browser, "mark_paid", held[0], amount="4.99")
    payment = Payment.objects.get()
    assert (payment.amount, payment.status, payment.problem) == (499, "refund_due", "amount")
    assert statuses(jam) == ["awaiting_payment"] * 2
    assert said(response) == [
        f"{person(held[0])}: €4.99 is noted and has to go back. Reason: it is not the amount that "
        "was agreed. It was €5.00, and the place is not paid for.",
        CHANGED_1,
    ]


def test_right_amount_pays_after_a_wrong_one(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    for typed in ["4.99", "5.00"]:
        confirm(browser, "mark_paid", held[0], amount=typed)
    assert statuses(jam) == ["confirmed", "awaiting_payment"]
    found = Payment.objects.order_by("pk").values_list("amount", "status")
    assert list(found) == [(499, "refund_due"), (500, "paid")]


def test_several_are_not_asked_how_much_and_pay_what_was_agreed(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    assert list(read(act(browser, "mark_paid", *held)).all("input", name="amount")) == []
    confirm(browser, "mark_paid", *held, amount="1.00")
    assert set(Payment.objects.values_list("amount", "status")) == {(500, "paid")}
    assert statuses(jam) == ["confirmed"] * 2


def test_two_organizers_who_note_the_same_money_have_one_payment(
    signed_in: SignedIn, browser: Client, robin: User, jam: Event, held: list[Registration]
) -> None:
    jam.organizers.add(robin)
    confirm(browser, "mark_paid", held[0])
    assert words(confirm(signed_in(robin), "mark_paid", held[0])) == [LEFT_1]
    assert list(Payment.objects.values_list("status", "recorded_by__username")) == [
        ("paid", "mika")
    ]


def test_two_organizers_in_the_same_moment_have_one_payment_that_stays(
    mika: User, robin: User, held: list[Registration]
) -> None:
    """Both have read the row before either has written."""
    for organizer in [mika, robin]:
        manual.mark_paid(registration=held[0], by=organizer)
    found = Payment.objects.order_by("pk").values_list("status", "problem")
    assert list(found) == [("paid", ""), ("refund_due", "twice")]
