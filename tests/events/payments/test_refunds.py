"""Money goes back by the frozen policy, once, and is never forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from events import places
from events.models import Event, Payment, Refund, Registration
from events.payments import checkout, ledger, quotes, refunds
from events.payments.providers import manual
from events.payments.providers.stripe import StripeProvider
from events.payments.refunds import NothingToRefund
from events.places import event_edits
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.fake_stripe import FakeStripe
from tests.lines import register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
DAY = timedelta(days=1)


def pay(registration: Registration, fake: FakeStripe, provider: StripeProvider) -> Payment:
    checkout.start(registration=registration, provider=provider)
    payment = Payment.objects.get(registration=registration)
    fake.pay(payment.reference)
    return ledger.receive(
        payment=payment,
        amount=payment.amount,
        currency=payment.currency,
        intent=f"pi_of_{payment.reference}",
    )


def payment_of(registration: Registration) -> tuple[str, str]:
    payment = Payment.objects.get(registration=registration)
    return payment.status, payment.problem


# --- The policy ----------------------------------------------------------------------------------


def test_cancelled_in_time_everything_comes_back(held: Registration) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    assert quotes.quote(held).amount == 1500
    places.cancel(registration=held, in_full=False)
    assert payment_of(held) == ("refund_due", "cancelled")


def test_cancelled_too_late_nothing_comes_back(held: Registration, clock: Clock) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    clock.shift(5 * DAY)
    assert quotes.quote(held).amount == 0
    places.cancel(registration=held, in_full=False)
    assert (status(held), payment_of(held)) == ("cancelled", ("paid", ""))


def test_policy_is_that_of_the_day_the_place_was_taken(held: Registration) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    Event.objects.update(refund_days=None)
    assert held.refund_until == held.event.starts_at - 2 * DAY
    places.cancel(registration=held, in_full=False)
    assert payment_of(held) == ("refund_due", "cancelled")


def test_event_without_refunds_gives_nothing_back_unless_organizers_cancel() -> None:
    event = make_event(price=500, refund_days=None)
    mine, theirs = (register(make_attendee(), event) for _ in range(2))
    for registration in (mine, theirs):
        manual.mark_paid(registration=registration, by=make_organizer())
    places.cancel(registration=mine, in_full=False)
    places.cancel(registration=theirs, in_full=True)
    assert (payment_of(mine), payment_of(theirs)) == (("paid", ""), ("refund_due", "cancelled"))


def test_quote_counts_the_workshops_that_fall_with_the_event(held: Registration) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    paid = register(held.attendee, make_workshop(held.event, price=300))
    manual.mark_paid(registration=paid, by=make_organizer())
    assert (quotes.quote(held).amount, quotes.quote(paid).amount) == (1800, 300)
    places.cancel(registration=held, in_full=False)
    assert payment_of(paid) == ("refund_due", "cancelled")


def test_quote_of_what_never_cost_anything_says_so_s9(held: Registration) -> None:
    free = register(held.attendee, make_event())
    found = quotes.quotes([held, free], NOON)
    assert (found[held.pk].has_price, found[free.pk].has_price) == (True, False)


def test_quote_counts_the_workshops_that_fall_with_the_place(held: Registration) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    register(make_attendee(), held.event)
    elsewhere = register(held.attendee, make_event())
    workshop = register(held.attendee, make_workshop(held.event))
    found = quotes.quotes([held, elsewhere, workshop], NOON)
    assert [found[r.pk].workshops for r in (held, elsewhere, workshop)] == [1, 0, 0]


def test_quote_tells_what_was_not_paid_from_what_came_too_late(held: Registration) -> None:
    assert quotes.quote(held).is_unpaid is True
    manual.mark_paid(registration=held, by=make_organizer())
    Registration.objects.update(refund_until=NOON)
    assert (quotes.quote(held).amount, quotes.quote(held).is_unpaid) == (0, False)


def test_quote_leaves_out_what_was_given_up_before_s9(held: Registration) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    paid = register(held.attendee, make_workshop(held.event, price=300))
    manual.mark_paid(registration=paid, by=make_organizer())
    Registration.objects.filter(pk=paid.pk).update(status="cancelled", ended_at=NOON)
    assert quotes.quote(held).amount == 1500


def test_cancelled_event_gives_everybody_everything_back_once(held: Registration) -> None:
    manual.mark_paid(registration=held, by=make_organizer())
    with transaction.atomic():
        before = event_edits.begin(held.event_id)
        Event.objects.update(status="cancelled")
        event_edits.follow_up(before)
    assert payment_of(held) == ("refund_due", "event_cancelled")


# --- Giving back ---------------------------------------------------------------------------------


def test_money_that_goes_back_by_policy_does_so_by_itself(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    assert refunds.run(provider) == refunds.Given(done=1)
    refund = Refund.objects.get()
    assert (refund.status, refund.amount, refund.finished_at, refund.requested_by) == (
        "done",
        1500,
        NOON,
        None,
    )
    assert payment_of(held) == ("refunded", "cancelled")
    assert refunds.run(provider) == refunds.Given()
    asked = [path for path in fake.paths if path.startswith("/v1/refunds")]
    assert (len(fake.refunds), asked) == (1, ["/v1/refunds"])


def test_money_for_a_person_to_decide_stays_until_they_do(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    payment = pay(held, fake, provider)
    Payment.objects.update(status="refund_due", problem="twice")
    assert refunds.run(provider) == refunds.Given()
    organizer = make_organizer()
    refunds.request(payment=payment, by=organizer, note="our mistake")
    assert refunds.run(provider) == refunds.Given(done=1)
    assert Refund.objects.get().requested_by == organizer


def test_refund_that_is_under_way_is_not_asked_for_twice(held: Registration) -> None:
    payment = manual.mark_paid(registration=held, by=make_organizer())
    places.cancel(registration=held, in_full=False)
    refunds.request(payment=payment)
    with pytest.raises(NothingToRefund):
        refunds.request(payment=payment)
    assert Refund.objects.count() == 1


def test_money_that_stays_is_not_refunded(held: Registration) -> None:
    payment = manual.mark_paid(registration=held, by=make_organizer())
    with pytest.raises(NothingToRefund):
        refunds.request(payment=payment)


def test_refund_of_unknown_outcome_is_asked_about_again_with_its_key(
    fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    fake.answers.append((500, {"error": {"type": "api_error", "message": "?"}}))
    assert refunds.run(provider) == refunds.Given(open=1)
    assert refunds.run(provider) == refunds.Given()
    clock.shift(timedelta(minutes=1))
    assert refunds.run(provider) == refunds.Given(done=1)
    assert (Refund.objects.count(), len(fake.refunds)) == (1, 1)


def test_refund_that_failed_is_tried_on_three_days_and_then_a_task_m6(
    fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    refusal = {"type": "invalid_request_error", "code": "insufficient_funds", "message": "secret"}
    fake.answers += [(400, {"error": refusal})] * 9
    rounds = []
    for hours in (0, 1, 22, 2, 24, 24):
        clock.shift(timedelta(hours=hours))
        rounds.append(refunds.run(provider).failed)
    assert rounds == [1, 0, 0, 1, 1, 0]
    assert set(Refund.objects.values_list("status", "error")) == {("failed", "insufficient_funds")}
    assert payment_of(held) == ("refund_due", "cancelled")


def test_pending_refund_is_finished_by_its_notice(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    fake.refund_status = "pending"
    assert refunds.run(provider) == refunds.Given(open=1)
    refund = Refund.objects.select_related("payment__registration").get()
    assert [refund.reference] == list(fake.refunds)
    assert refunds.finish(refund, Refund.Status.DONE) is True
    assert refunds.finish(refund, Refund.Status.FAILED) is False
    assert payment_of(held) == ("refunded", "cancelled")


def test_attempt_that_has_ended_does_not_end_again_while_another_is_open(
    held: Registration,
) -> None:
    """Somebody else's money is on its way back at the same time."""
    other = register(make_attendee(), make_event(price=500, refund_days=2))
    ended, _open = (give_back(registration) for registration in (held, other))
    assert refunds.finish(ended, Refund.Status.DONE) is True
    assert refunds.finish(ended, Refund.Status.FAILED) is False
    assert payment_of(held) == ("refunded", "cancelled")


def give_back(registration: Registration) -> Refund:
    payment = manual.mark_paid(registration=registration, by=make_organizer())
    places.cancel(registration=registration, in_full=False)
    return refunds.request(payment=payment)


def test_money_given_back_by_hand_names_who_gave_it(held: Registration) -> None:
    organizer = make_organizer()
    payment = manual.mark_paid(registration=held, by=organizer)
    places.cancel(registration=held, in_full=False)
    refund = refunds.record_given_back(payment=payment, by=organizer, reference="T2", note="cash")
    refund.refresh_from_db()
    assert (refund.status, refund.requested_by, refund.reference) == ("done", organizer, "T2")
    assert payment_of(held) == ("refunded", "cancelled")


def test_refunds_are_never_more_than_what_came(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    for _ in range(3):
        refunds.run(provider)
    given = sum(Refund.objects.filter(status="done").values_list("amount", flat=True))
    assert given == Payment.objects.get().amount


def test_refund_is_found_again_after_stripe_forgot_its_key(
    fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    """The answer was lost, and so is the key by the time somebody asks again."""
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    provider.refund(refund)
    Refund.objects.update(tries=1, try_at=NOON)
    fake.seen.clear()
    assert refunds.run(provider) == refunds.Given(done=1)
    assert len(fake.refunds) == 1


def test_pending_refund_is_looked_up_and_not_asked_for_again(
    fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    pay(held, fake, provider)
    places.cancel(registration=held, in_full=False)
    fake.refund_status = "pending"
    refunds.run(provider)
    (made,) = fake.refunds.values()
    made["status"] = "succeeded"
    clock.shift(timedelta(days=2))
    assert refunds.run(provider) == refunds.Given(done=1)
    assert payment_of(held) == ("refunded", "cancelled")
