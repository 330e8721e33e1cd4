"""An attempt to give money back is believed to have failed only if that is certain."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from events import places
from events.models import Payment, Refund, Registration
from events.payments import checkout, refunds
from events.payments.providers.stripe import StripeProvider
from tests.factories import make_organizer
from tests.fake_stripe import FakeStripe, event, signed
from tests.lines import kinds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "due")]

Clock = time_machine.Traveller
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BROKEN = {"error": {"type": "api_error", "message": "secret details"}}


def refusal(code: str) -> dict[str, object]:
    return {"error": {"type": "invalid_request_error", "code": code, "message": "secret details"}}


@pytest.fixture
def due(fake: FakeStripe, provider: StripeProvider, held: Registration, client: Client) -> Payment:
    """A payment that goes back by itself."""
    checkout.start(registration=held, provider=provider)
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    places.cancel(registration=held, in_full=False)
    return Payment.objects.get()


def attempts() -> list[tuple[str, str]]:
    return list(Refund.objects.order_by("pk").values_list("status", "error"))


def after(clock: Clock, provider: StripeProvider, pause: timedelta) -> None:
    clock.shift(pause)
    refunds.run(provider)


@pytest.mark.parametrize("code", [500, 503])
def test_refund_is_not_asked_for_with_a_key_that_only_repeats_an_error_m1(
    fake: FakeStripe, provider: StripeProvider, clock: Clock, code: int
) -> None:
    fake.answers.append((code, BROKEN))
    refunds.run(provider)
    assert attempts() == [("open", "")]
    after(clock, provider, MINUTE)
    assert (attempts(), len(fake.refunds)) == ([("done", "")], 1)


def test_refund_that_was_made_behind_an_error_is_found_under_its_name_m1(
    fake: FakeStripe, provider: StripeProvider, clock: Clock
) -> None:
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    provider.refund(refund)  # made, and the answer is an error
    fake.seen = {key: (fields, 500, BROKEN) for key, (fields, _s, _a) in fake.seen.items()}
    Refund.objects.update(tries=1, spent_keys=1)
    refunds.run(provider)
    assert (attempts(), len(fake.refunds)) == ([("done", "")], 1)


@pytest.mark.parametrize("status", [401, 403, 409, 429])
def test_wrong_key_of_ours_is_no_refusal_m6(
    fake: FakeStripe, provider: StripeProvider, clock: Clock, status: int
) -> None:
    """Three minutes of a wrong API key make no task for a person."""
    for _ in range(3):
        fake.answers.append((status, BROKEN))
        after(clock, provider, timedelta(minutes=31))
    assert (attempts(), Payment.objects.undecided().count()) == ([("open", "")], 0)
    after(clock, provider, DAY)
    assert (attempts(), len(fake.refunds)) == ([("done", "")], 1)


def test_later_refusal_is_not_taken_for_certainly_not_done_m5(
    fake: FakeStripe, provider: StripeProvider, clock: Clock
) -> None:
    """Done and unanswered, then the API key is changed, then it works again."""
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    provider.refund(refund)  # and the answer is lost
    Refund.objects.update(tries=1)
    fake.answers.append((401, BROKEN))
    refunds.run(provider)
    assert attempts() == [("open", "")]
    after(clock, provider, timedelta(minutes=5))
    assert (attempts(), Payment.objects.get().status) == ([("done", "")], "refunded")


def test_unclear_refusal_after_an_unanswered_try_is_asked_about_again_m5(
    fake: FakeStripe, provider: StripeProvider, clock: Clock
) -> None:
    fake.answers.append((500, BROKEN))
    refunds.run(provider)
    fake.answers += [
        (200, {"object": "list", "url": "/v1/refunds", "data": [], "has_more": False}),
        (400, refusal("parameter_unknown")),
    ]
    after(clock, provider, MINUTE)
    assert attempts() == [("open", "")]


@pytest.mark.parametrize("tries", [0, 1])
def test_success_of_an_attempt_that_was_given_up_settles_it_m5(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    clock: Clock,
    tries: int,
) -> None:
    fake.answers.append((400, refusal("insufficient_funds")))
    refunds.run(provider)
    first = Refund.objects.get()
    if tries:
        clock.shift(DAY)
        fake.answers.append((429, BROKEN))
        refunds.run(provider)
    made = fake.refund_in_dashboard("cs_test_1", 1500, metadata={"key": first.key})
    client.post("/payments/stripe/", **signed(event("refund.updated", made, 50)))
    expected = [("done", "")] + [("failed", "superseded")] * tries
    assert (attempts(), Payment.objects.get().status) == (expected, "refunded")
    assert (kinds(held.attendee)[-1], Payment.objects.undecided().count()) == ("refunded", 0)


def test_success_that_the_provider_took_back_is_not_revived_by_an_old_message_m5(
    client: Client, fake: FakeStripe, provider: StripeProvider
) -> None:
    refunds.run(provider)
    (made,) = fake.refunds.values()
    for number, (kind, status) in enumerate(
        [("refund.failed", "failed"), ("refund.updated", "succeeded")]
    ):
        told = event(kind, made | {"status": status}, 60 + number)
        client.post("/payments/stripe/", **signed(told))
    assert (attempts(), Payment.objects.get().status) == ([("failed", "bounced")], "refund_due")


def test_refund_that_fails_is_told_twice_and_fails_once_s9(
    client: Client, fake: FakeStripe, provider: StripeProvider
) -> None:
    fake.refund_status = "pending"
    refunds.run(provider)
    (made,) = fake.refunds.values()
    for number in (60, 61):
        told = event("refund.failed", made | {"status": "failed"}, number)
        client.post("/payments/stripe/", **signed(told))
    assert attempts() == [("failed", "failed")]


def test_money_given_by_hand_and_by_the_provider_is_counted_twice_m5(
    client: Client, fake: FakeStripe, provider: StripeProvider
) -> None:
    """Then it did go back twice, and the books say so."""
    fake.answers.append((400, refusal("insufficient_funds")))
    refunds.run(provider)
    first = Refund.objects.get()
    payment = Payment.objects.select_related("registration").get()
    refunds.record_given_back(payment=payment, by=make_organizer(), reference="T1")
    made = fake.refund_in_dashboard("cs_test_1", 1500, metadata={"key": first.key})
    client.post("/payments/stripe/", **signed(event("refund.updated", made, 70)))
    assert [s for s, _e in attempts()] == ["done", "done"]
    by_provider = Refund.objects.order_by("pk").values_list("by_provider", flat=True)
    assert list(by_provider) == [True, False]


@pytest.mark.parametrize("code", ["insufficient_funds", "charge_disputed", "resource_missing"])
def test_refusal_of_the_first_try_is_final_and_the_next_comes_a_day_later_m6(
    fake: FakeStripe, provider: StripeProvider, clock: Clock, code: str
) -> None:
    fake.answers.append((400, refusal(code)))
    refunds.run(provider)
    assert attempts() == [("failed", code)]
    after(clock, provider, timedelta(hours=23))
    assert len(attempts()) == 1
    after(clock, provider, timedelta(hours=1))
    assert attempts() == [("failed", code), ("done", "")]


def test_one_refund_without_an_answer_keeps_no_other_waiting_p(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    refunds.request(payment=Payment.objects.select_related("registration").get())
    other = Payment.objects.get()
    other.pk, other.key, other.reference, other.intent = None, "k2", "cs_test_x", "pi_x"
    other.save()
    fake.sessions["cs_test_x"] = fake.sessions["cs_test_1"] | {"payment_intent": "pi_x"}
    fake.answers.append((500, BROKEN))
    assert refunds.run(provider) == refunds.Given(done=1, open=1)
