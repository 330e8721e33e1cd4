"""Money is asked for and received exactly, once, and never for somebody who has no place."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage

from events import places
from events.messages import delivery
from events.models import Block, Event, Payment, Registration
from events.payments import ledger
from events.payments.ledger import NothingToPay, ReferenceUsed
from events.payments.providers import manual
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def ask(registration: Registration) -> Payment:
    return ledger.ask(registration=registration, provider="stripe")


def receive(payment: Payment, amount: int = 1500, currency: str = "EUR") -> Payment:
    return ledger.receive(payment=payment, amount=amount, currency=currency, intent="pi_1")


# --- Asking --------------------------------------------------------------------------------------


def test_asking_twice_is_one_payment_of_the_frozen_amount(held: Registration) -> None:
    Event.objects.update(price=9900)
    first, second = ask(held), ask(held)
    assert (first, first.amount, first.currency) == (second, 1500, "EUR")
    assert Payment.objects.count() == 1


def test_nobody_on_the_waitlist_is_asked_for_money() -> None:
    _event, (_first, second, _third) = full_event(price=500)
    with pytest.raises(NothingToPay):
        ask(second)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("what", ["lapsed", "cancelled", "event_cancelled", "paid"])
def test_nobody_without_a_held_place_is_asked_for_money(
    held: Registration, clock: Clock, what: str
) -> None:
    if what == "lapsed":
        clock.shift(HOUR)
    elif what == "cancelled":
        places.cancel(registration=held, in_full=False)
    elif what == "event_cancelled":
        Event.objects.update(status="cancelled")
    else:
        manual.mark_paid(registration=held, by=make_organizer())
    with pytest.raises(NothingToPay):
        ask(held)


def test_hold_that_was_taken_again_is_another_payment(held: Registration, clock: Clock) -> None:
    ask(held)
    clock.shift(HOUR)
    again = register(held.attendee, held.event)
    assert ask(again) != Payment.objects.order_by("pk")[0]


def test_after_other_money_than_agreed_the_right_amount_is_asked_for(held: Registration) -> None:
    failed = ask(held)
    ledger.fail(payment=failed)
    wrong = receive(ask(held), 1)
    again = ask(held)
    assert (again.status, again.amount, ask(held)) == ("open", 1500, again)
    assert (receive(failed, 2).problem, ask(held)) == ("amount", again)
    assert wrong != again != failed
    assert (receive(again).status, status(held)) == ("paid", "confirmed")


# --- Receiving -----------------------------------------------------------------------------------


def test_exact_money_confirms_the_place(held: Registration) -> None:
    paid = receive(ask(held))
    assert (paid.status, paid.problem, paid.paid_at, status(held)) == (
        "paid",
        "",
        NOON,
        "confirmed",
    )
    assert kinds(held.attendee) == ["payment-due", "registered", "paid"]


def test_hearing_of_the_same_money_again_changes_nothing(held: Registration) -> None:
    payment = ask(held)
    for _ in range(5):
        receive(payment)
    assert list(Payment.objects.values_list("status", "amount")) == [("paid", 1500)]
    assert kinds(held.attendee) == ["payment-due", "registered", "paid"]


@pytest.mark.parametrize(
    ("amount", "currency"), [(1499, "EUR"), (1501, "EUR"), (1500, "USD"), (0, "EUR")]
)
def test_other_money_than_agreed_confirms_nothing_and_goes_back(
    held: Registration, amount: int, currency: str
) -> None:
    wrong = receive(ask(held), amount, currency)
    assert (wrong.status, wrong.problem, wrong.amount, wrong.currency) == (
        "refund_due",
        "amount",
        amount,
        currency,
    )
    assert status(held) == "awaiting_payment"


def test_late_money_confirms_if_the_place_is_free(held: Registration, clock: Clock) -> None:
    payment = ask(held)
    clock.shift(HOUR)
    places.settle(event=held.event)
    assert (receive(payment).status, status(held)) == ("paid", "confirmed")


def test_late_money_for_a_place_that_is_gone_goes_back(held: Registration, clock: Clock) -> None:
    payment = ask(held)
    clock.shift(HOUR)
    register(make_attendee(), held.event)
    late = receive(payment)
    assert (late.status, late.problem, status(held)) == ("refund_due", "late", "expired")


def test_late_money_of_somebody_who_was_blocked_goes_back_for_that_reason(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    blocked = make_attendee(email_confirmed_at=NOON)
    User.objects.filter(pk=blocked.user_id).update(email="blocked@example.org")
    held = register(blocked, make_event(capacity=5, price=1500))
    payment = ask(held)
    clock.shift(HOUR)
    Block.objects.create(neos_id=blocked.neos_id, event=held.event)

    late = receive(payment)

    assert (late.status, late.problem, status(held)) == ("refund_due", "refused", "expired")
    delivery.deliver_due()
    (told,) = (mail.body for mail in mailoutbox if mail.subject.startswith("Your money goes back"))
    assert "You could not have the place." in told


@pytest.mark.parametrize("what", ["full", "over"])
def test_late_money_of_somebody_who_was_blocked_is_late_when_the_place_is_gone(
    held: Registration, clock: Clock, what: str
) -> None:
    payment = ask(held)
    Block.objects.create(neos_id=held.attendee.neos_id)
    if what == "over":
        clock.move_to(held.event.ends_at)
    else:
        clock.shift(HOUR)
        register(make_attendee(), held.event)
    assert (receive(payment).problem, status(held)) == ("late", "expired")


def test_money_for_a_cancelled_place_goes_back_and_it_stays_cancelled(held: Registration) -> None:
    payment = ask(held)
    places.cancel(registration=held, in_full=False)
    late = receive(payment)
    assert (late.status, late.problem, status(held)) == ("refund_due", "cancelled", "cancelled")


def test_money_at_a_cancelled_event_goes_back(held: Registration) -> None:
    payment = ask(held)
    Event.objects.update(status="cancelled")
    assert receive(payment).problem == "event_cancelled"


def test_money_that_comes_a_second_time_goes_back(held: Registration) -> None:
    payment = ask(held)
    manual.mark_paid(registration=held, by=make_organizer())
    assert (receive(payment).problem, status(held)) == ("twice", "confirmed")
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["paid", "refund_due"]


def test_failure_after_the_money_came_changes_nothing(held: Registration) -> None:
    payment = ask(held)
    receive(payment)
    ledger.fail(payment=payment)
    assert Payment.objects.get().status == "paid"


def test_money_after_a_failure_counts(held: Registration) -> None:
    payment = ask(held)
    ledger.fail(payment=payment)
    assert (receive(payment).status, status(held)) == ("paid", "confirmed")


# --- By hand -------------------------------------------------------------------------------------


def test_marked_as_paid_keeps_who_when_and_what_they_said(held: Registration) -> None:
    organizer = make_organizer()
    payment = manual.mark_paid(
        registration=held, by=organizer, amount=1500, reference="T1", note="cash"
    )
    assert (payment.status, payment.recorded_by, payment.created_at, payment.note) == (
        "paid",
        organizer,
        NOON,
        "cash",
    )


def test_marked_as_paid_with_another_amount_goes_back(held: Registration) -> None:
    payment = manual.mark_paid(registration=held, by=make_organizer(), amount=1000)
    assert (payment.status, payment.problem, payment.amount) == ("refund_due", "amount", 1000)
    assert status(held) == "awaiting_payment"


def test_reference_that_was_used_changes_nothing(held: Registration) -> None:
    organizer = make_organizer()
    Event.objects.update(capacity=2)
    other = register(make_attendee(), held.event)
    manual.mark_paid(registration=held, by=organizer, reference="T1")
    with pytest.raises(ReferenceUsed):
        manual.mark_paid(registration=other, by=organizer, reference="T1")
    assert (status(other), Payment.objects.count()) == ("awaiting_payment", 1)


# --- Deciding about late money -------------------------------------------------------------------


def test_late_money_is_accepted_once_a_place_is_free(held: Registration, clock: Clock) -> None:
    payment = ask(held)
    clock.shift(HOUR)
    register(make_attendee(), held.event)
    late = receive(payment)
    assert ledger.accept(payment=late) is False
    Event.objects.update(capacity=2)
    assert ledger.accept(payment=late) is True
    late.refresh_from_db()
    assert (late.status, late.problem, status(held)) == ("paid", "", "confirmed")


def test_money_of_somebody_who_was_refused_is_accepted_once_they_may_have_the_place(
    held: Registration, clock: Clock
) -> None:
    payment = ask(held)
    clock.shift(HOUR)
    Block.objects.create(neos_id=held.attendee.neos_id)
    refused = receive(payment)
    assert (ledger.accept(payment=refused), status(held)) == (False, "expired")
    Block.objects.all().delete()
    assert (ledger.accept(payment=refused), status(held)) == (True, "confirmed")
    refused.refresh_from_db()
    assert (refused.status, refused.problem) == ("paid", "")


@pytest.mark.parametrize(("came", "is_kept"), [(0, False), (1500, True)])
def test_money_that_came_before_the_place_is_accepted_only_if_it_is_the_price(
    came: int, *, is_kept: bool
) -> None:
    _event, (first, second, _third) = full_event(price=1500)
    early = manual.mark_paid(registration=second, by=make_organizer())
    Payment.objects.filter(pk=early.pk).update(amount=came)
    assert (early.amount, early.problem) == (0, "refused")
    places.cancel(registration=first, in_full=False)
    assert ledger.accept(payment=early) is is_kept
    assert status(second) == ("confirmed" if is_kept else "awaiting_payment")


@pytest.mark.parametrize(
    ("money", "problem"), [("open", ""), ("failed", ""), ("refund_due", "twice")]
)
def test_only_money_that_came_late_or_was_refused_is_accepted_s9(
    held: Registration, money: str, problem: str
) -> None:
    payment = ask(held)
    paid_at = NOON if money == "refund_due" else None
    Payment.objects.update(status=money, problem=problem, paid_at=paid_at)
    assert (ledger.accept(payment=payment), status(held)) == (False, "awaiting_payment")


def test_money_of_another_amount_is_never_accepted(held: Registration) -> None:
    assert ledger.accept(payment=receive(ask(held), 1)) is False


# --- A place that has another price now ----------------------------------------------------------


@pytest.fixture
def at_workshop() -> Registration:
    """A held place at a workshop for 5.00. Two others cost 50.00 and nothing."""
    event = make_event()
    cheap = make_workshop(event, price=500)
    make_workshop(event, title="Dear", price=5000)
    make_workshop(event, title="Free")
    attendee = make_attendee()
    register(attendee, event)
    return register(attendee, cheap)


def moved(registration: Registration, title: str) -> Registration:
    act = places.Act(make_organizer(), "Asked for it")
    to = registration.event.workshops.get(title=title)
    return places.move(registration=registration, to=to, act=act)


@pytest.mark.parametrize(("title", "left"), [("Dear", "awaiting_payment"), ("Free", "confirmed")])
def test_money_for_the_former_workshop_pays_for_no_other(
    at_workshop: Registration, title: str, left: str
) -> None:
    asked = ask(at_workshop)
    now = moved(at_workshop, title)
    came = receive(asked, 500)
    assert (came.status, came.problem, status(now)) == ("refund_due", "amount", left)


def test_moved_person_is_asked_for_the_price_of_the_other_workshop(
    at_workshop: Registration,
) -> None:
    ask(at_workshop)
    now = moved(at_workshop, "Dear")
    again = ask(now)
    assert (again.amount, ask(now)) == (5000, again)
    assert [one.is_wanted for one in Payment.objects.order_by("pk")] == [False, True]
    assert (receive(again, 5000).status, status(now)) == ("paid", "confirmed")
