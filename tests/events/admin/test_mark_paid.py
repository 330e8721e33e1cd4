"""Money that came outside of the site: noted once, with who noted it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from events import places
from events.models import Event, Notification, Payment, Registration
from tests.factories import make_attendee, make_event, statuses

from .pages import (
    CHANGED_1,
    CHANGED_2,
    LEFT_1,
    LEFT_2,
    act,
    confirm,
    errors,
    logged,
    read,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=2)


def test_mark_paid_asks_for_reference_and_note(browser: Client, held: list[Registration]) -> None:
    page = read(act(browser, "mark_paid", held[0]))
    asked = [field.attributes["name"] for field in page.all("input", type="text")]
    assert asked == ["reference", "note"]
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
    assert errors(response) == ["Another payment has this reference already."]
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
    assert words(response) == [
        f"{held[0].attendee.neos_id}: the place is gone, so €5.00 is noted as a refund to make.",
        CHANGED_1,
    ]
    assert Payment.objects.get().status == "refund_due"
