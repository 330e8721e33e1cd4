"""Money that was noted by hand and never came is taken out of the books again, by name."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from pytest_django import Settings

from events import places
from events.audit import audit
from events.models import Attendee, Event, Notification, Payment, Registration
from events.payments import ledger, refunds
from events.payments.providers import manual
from events.payments.totals import totals
from events.places import Tie, event_edits
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


@pytest.fixture
def organizer() -> User:
    return make_organizer()


@pytest.fixture
def noted(held: Registration, organizer: User) -> Payment:
    return manual.mark_paid(registration=held, by=organizer, reference="T1")


def take_back(payment: Payment, by: User) -> Payment:
    return ledger.take_back(payment=payment, by=by, reason="somebody else's transfer")


def why_not(payment: Payment, by: User) -> Tie:
    with pytest.raises(ledger.NotTakenBack) as refused:
        take_back(payment, by)
    return refused.value.why


def test_place_has_to_be_paid_for_again_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    take_back(noted, organizer)
    held.refresh_from_db()
    assert (held.status, held.hold_until, held.confirmed_at) == (
        "awaiting_payment",
        NOON + timedelta(hours=24),
        None,
    )
    noted.refresh_from_db()
    assert (noted.status, noted.decided_by, noted.decision) == (
        "mistaken",
        organizer,
        "somebody else's transfer",
    )
    assert kinds(held.attendee) == ["payment-due", "registered", "paid", "payment-mistaken"]
    (sums,) = totals(held.event)
    assert ((sums.due, sums.held), audit(held.event)) == ((1500, 0), [])


def test_person_who_pays_after_all_is_told_again_that_they_are_in_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    take_back(noted, organizer)
    again = manual.mark_paid(registration=held, by=organizer, reference="T1")
    assert (status(held), again.status) == ("confirmed", "paid")
    assert kinds(held.attendee)[-2:] == ["registered", "paid"]
    assert Notification.objects.filter(kind="registered").count() == 2
    assert audit(held.event) == []


def test_place_that_is_not_paid_for_then_goes_to_the_next_r15(
    noted: Payment, held: Registration, organizer: User, clock: Clock
) -> None:
    waiting = register(make_attendee(), held.event)
    take_back(noted, organizer)
    assert status(waiting) == "waitlisted"
    clock.shift(timedelta(hours=25))
    places.settle(event=held.event)
    assert (status(held), status(waiting)) == ("expired", "awaiting_payment")


def test_hold_that_lapses_once_more_is_told_once_more_r15(
    held: Registration, organizer: User, clock: Clock
) -> None:
    for _ in range(3):
        clock.shift(timedelta(hours=25))
        places.settle(event=held.event)
        take_back(manual.mark_paid(registration=held, by=organizer), organizer)
    assert kinds(held.attendee).count("hold-lapsed") == 3
    assert audit(held.event) == []


def test_hold_goes_past_the_close_and_up_to_the_start_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    hour = timedelta(hours=1)
    Event.objects.update(closes_at=NOON + hour, starts_at=NOON + 2 * hour)
    take_back(noted, organizer)
    held.refresh_from_db()
    assert held.hold_until == NOON + 2 * hour


def test_hold_has_the_days_of_the_event_where_payments_are_noted_by_hand_r15(
    settings: Settings, noted: Payment, held: Registration, organizer: User
) -> None:
    settings.PAYMENT_BY_HAND = True
    Event.objects.update(payment_days=5)
    take_back(noted, organizer)
    held.refresh_from_db()
    assert held.hold_until == NOON + timedelta(days=5)


def test_nobody_who_was_checked_in_loses_the_place_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    places.check_in(registration=held, even_early=True)
    assert why_not(noted, organizer) == Tie.CHECKED_IN
    noted.refresh_from_db()
    assert (noted.status, noted.decided_by, status(held)) == ("paid", None, "confirmed")


def test_nothing_is_taken_back_once_it_is_over_r15(
    noted: Payment, held: Registration, organizer: User, clock: Clock
) -> None:
    clock.move_to(held.event.ends_at)
    assert why_not(noted, organizer) == Tie.OVER


def test_workshops_that_need_the_place_come_first_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    register(held.attendee, make_workshop(held.event))
    assert why_not(noted, organizer) == Tie.WORKSHOPS


def test_money_of_a_workshop_is_taken_back_beside_the_place_at_the_event_s9(
    noted: Payment, held: Registration, organizer: User
) -> None:
    workshop = register(held.attendee, make_workshop(held.event, price=300))
    take_back(manual.mark_paid(registration=workshop, by=organizer), organizer)
    assert (status(held), status(workshop)) == ("confirmed", "awaiting_payment")
    assert audit(held.event) == []


def test_money_of_a_provider_is_no_mistake_r15(held: Registration, organizer: User) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    ledger.receive(payment=payment, amount=1500, currency="EUR", intent="pi_1")
    assert why_not(payment, organizer) == Tie.MONEY
    assert status(held) == "confirmed"


@pytest.mark.parametrize("state", ["refunded", "mistaken", "failed", "open"])
def test_only_money_that_is_in_the_books_is_taken_back_r15(
    noted: Payment, organizer: User, state: str
) -> None:
    Payment.objects.update(status=state, problem="late", decided_by=organizer)
    assert why_not(noted, organizer) == Tie.MONEY


def test_money_that_was_to_go_back_and_never_came_is_taken_back_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    places.cancel(registration=held, in_full=True)
    take_back(noted, organizer)
    noted.refresh_from_db()
    assert (noted.status, status(held)) == ("mistaken", "cancelled")
    message = Notification.objects.get(kind="payment-mistaken")
    assert message.facts.get("held", False) is False
    assert audit(held.event) == []


def edit(event: Event, **values: object) -> None:
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        Event.objects.filter(pk=event.pk).update(**values)
        event_edits.follow_up(before)


def test_place_at_a_cancelled_event_has_to_be_paid_for_once_it_takes_place_again_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    User.objects.filter(attendee=held.attendee).update(email="ada@example.org")
    Attendee.objects.filter(pk=held.attendee.pk).update(email_confirmed_at=NOON)
    edit(held.event, status="cancelled")
    take_back(noted, organizer)
    assert Notification.objects.get(kind="payment-mistaken").facts["held"] is False
    assert audit(Event.objects.get()) == []
    edit(held.event, status="published")
    assert (status(held), audit(Event.objects.get())) == ("awaiting_payment", [])


def test_place_that_was_paid_for_before_the_event_was_cancelled_stays_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    edit(held.event, status="cancelled")
    twice = manual.mark_paid(registration=held, by=organizer)
    assert twice.problem == "event_cancelled"
    take_back(twice, organizer)
    noted.refresh_from_db()
    assert (status(held), noted.status) == ("confirmed", "refund_due")
    assert audit(Event.objects.get()) == []


def test_second_note_of_the_same_money_is_taken_back_and_the_first_stays_r15(
    noted: Payment, held: Registration, organizer: User
) -> None:
    twice = manual.mark_paid(registration=held, by=organizer)
    assert (twice.status, twice.problem) == ("refund_due", "twice")
    take_back(twice, organizer)
    assert (status(held), audit(held.event)) == ("confirmed", [])


def test_money_that_was_taken_back_names_who_did_it_r15(noted: Payment) -> None:
    """The database refuses it otherwise."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(status="mistaken")


# --- References ----------------------------------------------------------------------------------


def test_reference_of_another_event_is_free_l6(noted: Payment, organizer: User) -> None:
    other = register(make_attendee(), make_event(price=500))
    payment = manual.mark_paid(registration=other, by=organizer, reference="T1")
    assert (payment.reference, payment.status) == ("T1", "paid")


def test_reference_of_the_same_event_counts_once_l6(
    noted: Payment, held: Registration, organizer: User
) -> None:
    Event.objects.update(capacity=2)
    other = register(make_attendee(), held.event)
    with pytest.raises(manual.ReferenceUsed):
        manual.mark_paid(registration=other, by=organizer, reference="T1")
    assert (status(other), Payment.objects.count()) == ("awaiting_payment", 1)


def test_reference_of_money_that_never_came_is_free_again_l6(
    noted: Payment, held: Registration, organizer: User
) -> None:
    Event.objects.update(capacity=2)
    take_back(noted, organizer)
    other = register(make_attendee(), held.event)
    assert manual.mark_paid(registration=other, by=organizer, reference="T1").status == "paid"


def test_references_of_a_provider_stay_unique_l6(held: Registration) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    ledger.save_reference(payment, "cs_1")
    payment.pk, payment.key = None, "another"
    with pytest.raises(IntegrityError), transaction.atomic():
        payment.save()


def test_money_that_goes_back_already_is_not_taken_back_s9(
    noted: Payment, held: Registration, organizer: User
) -> None:
    places.cancel(registration=held, in_full=True)
    refunds.request(payment=noted)
    assert why_not(noted, organizer) is Tie.MONEY
