"""Some money waits for a person; a decision of the organizers gives some back."""

from typing import Any

import pytest

from events import places
from events.access.pricing import Price
from events.models import Event, Payment, Refund, Registration
from events.payments import quotes, refunds
from events.payments.providers import manual
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def pay(registration: Registration) -> Payment:
    return manual.mark_paid(registration=registration, by=make_organizer())


def undecided(**fields: Any) -> bool:
    """Return whether a payment with these fields waits for a person."""
    Payment.objects.update(**fields)
    return Payment.objects.undecided().exists()


@pytest.mark.parametrize("problem", Payment.Problem.values)
def test_money_of_a_provider_waits_for_a_person_unless_policy_decides(
    held: Registration, problem: str
) -> None:
    pay(held)
    waits = undecided(provider="stripe", status="refund_due", problem=problem)
    assert waits is (problem not in Payment.AUTOMATIC)


@pytest.mark.parametrize("problem", Payment.Problem.values)
def test_money_arranged_by_hand_always_waits_for_a_person(held: Registration, problem: str) -> None:
    pay(held)
    assert undecided(status="refund_due", problem=problem) is True


@pytest.mark.parametrize("status", ["open", "paid", "failed"])
def test_money_that_does_not_go_back_waits_for_nobody(held: Registration, status: str) -> None:
    pay(held)
    assert undecided(status=status) is False


@pytest.mark.parametrize(
    ("attempts", "waits"),
    [
        (["failed"], True),
        (["failed", "failed"], True),
        (["failed", "open"], False),
        (["open"], False),
        (["done"], False),
    ],
)
def test_money_that_could_not_go_back_waits_for_a_person(
    held: Registration, attempts: list[str], *, waits: bool
) -> None:
    payment = pay(held)
    Payment.objects.update(provider="stripe", status="refund_due", problem="cancelled")
    for status in attempts:
        refund = refunds.request(payment=payment)
        if status != "open":
            finished = {"status": status, "finished_at": NOON}
            Refund.objects.filter(pk=refund.pk).update(**finished)
    assert Payment.objects.undecided().exists() is waits


@pytest.mark.parametrize("status", ["refund_due", "refunded"])
@pytest.mark.parametrize(("problem", "is_given"), [("event_cancelled", True), ("twice", False)])
def test_event_is_given_back_when_its_money_went_because_of_it(
    held: Registration, status: str, problem: str, *, is_given: bool
) -> None:
    pay(held)
    assert refunds.is_given_back(held.event) is False
    Payment.objects.update(status=status, problem=problem)
    assert refunds.is_given_back(held.event) is is_given
    assert refunds.is_given_back(make_event()) is False


def test_quote_in_full_is_what_organizers_give_back(held: Registration) -> None:
    Event.objects.update(capacity=9, refund_days=None)
    workshop = make_workshop(held.event, price=300)
    other = register(make_attendee(), held.event)
    pay(held)
    both = [held, register(held.attendee, workshop)]
    pay(both[1])
    pay(other)
    found = quotes.quotes_in_full([*both, other])
    assert found == {
        held.pk: [Price(1800, "EUR")],
        both[1].pk: [Price(300, "EUR")],
        other.pk: [Price(1500, "EUR")],
    }
    places.cancel(registration=held, in_full=True)
    back = Payment.objects.to_refund().values_list("amount", flat=True)
    assert sum(back) == found[held.pk][0].amount


def test_quote_in_full_of_what_was_never_paid_or_has_ended_is_nothing(held: Registration) -> None:
    assert quotes.quotes_in_full([held]) == {held.pk: []}
    pay(held)
    places.cancel(registration=held, in_full=False)
    ended = Registration.objects.get()
    assert quotes.quotes_in_full([ended]) == {held.pk: []}
