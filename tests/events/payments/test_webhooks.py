"""Notices come twice, late and out of order; each is processed once, in any order."""

import itertools
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import places
from events.models import Event, Notice, Payment, Refund, Registration
from events.payments import checkout, ledger, reconcile, refunds, webhooks
from events.payments.providers.base import Told
from events.payments.providers.stripe import StripeProvider
from tests.factories import make_attendee, make_event
from tests.fake_stripe import FakeStripe, event, signed
from tests.lines import register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def start(held: Registration, provider: StripeProvider) -> Payment:
    checkout.start(registration=held, provider=provider)
    return Payment.objects.get()


def deliver(client: Client, told: object, **how: object) -> int:
    request = signed(told, **how)  # type: ignore[arg-type]
    return client.post("/payments/stripe/", **request).status_code


def test_paid_notice_confirms_the_place(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    assert deliver(client, fake.pay("cs_test_1")) == 200
    assert (status(held), Payment.objects.get().intent) == ("confirmed", "pi_of_cs_test_1")
    notice = Notice.objects.get()
    assert (notice.kind, notice.amount, notice.currency, notice.outcome) == (
        "paid",
        1500,
        "EUR",
        "paid",
    )


def test_notice_five_times_is_acted_on_once(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    told = fake.pay("cs_test_1")
    assert [deliver(client, told) for _ in range(5)] == [200] * 5
    assert (Notice.objects.count(), Payment.objects.get().status) == (1, "paid")


@pytest.mark.parametrize("how", [{"secret": "whsec_other"}, {"at": 1_000.0}])
def test_notice_with_a_bad_signature_is_refused_without_detail(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    how: dict[str, object],
) -> None:
    start(held, provider)
    request = signed(fake.pay("cs_test_1"), **how)  # type: ignore[arg-type]
    response = client.post("/payments/stripe/", **request)
    assert (response.status_code, response.content) == (400, b"")
    assert (Notice.objects.count(), status(held)) == (0, "awaiting_payment")


def test_notice_needs_no_session_and_no_csrf_token_but_a_post(fake: FakeStripe) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert deliver(strict, event("customer.created", {"id": "cus_1", "object": "customer"})) == 200
    assert strict.get("/payments/stripe/").status_code == 405
    assert "sessionid" not in strict.cookies


def test_address_of_another_provider_does_not_exist(client: Client, fake: FakeStripe) -> None:
    request = signed(event("checkout.session.completed", {}))
    assert client.post("/payments/sandbox/", **request).status_code == 404


def test_nothing_of_a_card_or_a_name_is_kept(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    details = {"email": "ada@example.org", "name": "Ada Lovelace", "card": "4242"}
    deliver(client, fake.pay("cs_test_1", customer_details=details))
    rows = f"{list(Notice.objects.values())} {list(Payment.objects.values())}"
    assert [value for value in details.values() if value in rows] == []


def test_money_that_nobody_asked_for_is_kept_as_unmatched(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    told = fake.pay("cs_test_1", id="cs_of_somebody_else", metadata={})
    assert deliver(client, told) == 200
    assert (Notice.objects.get().outcome, status(held)) == ("unmatched", "awaiting_payment")


def test_notice_of_another_provider_is_about_no_payment_of_this_one_s9(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    told = fake.pay("cs_test_1")
    Payment.objects.update(provider="sandbox")
    assert deliver(client, told) == 200
    assert (Notice.objects.get().outcome, status(held)) == ("unmatched", "awaiting_payment")


def test_notice_that_names_no_payment_is_about_none_without_a_page_s9(held: Registration) -> None:
    ledger.ask(registration=held, provider="stripe")
    told = Told("evt_x", Notice.Kind.PAID, amount=1500, currency="EUR")
    assert webhooks.take(provider="stripe", told=told).outcome == "unmatched"
    assert status(held) == "awaiting_payment"


def test_notice_before_the_checkout_was_noted_finds_its_payment_by_the_key(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    provider.open_checkout(ledger.ask(registration=held, provider="stripe"))  # killed before noting
    deliver(client, fake.pay("cs_test_1"))
    payment = Payment.objects.get()
    assert (payment.reference, payment.status, status(held)) == ("cs_test_1", "paid", "confirmed")


# --- Any order, any number of times --------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.lists(st.sampled_from(["paid", "expired", "paid again"]), min_size=1, max_size=6))
def test_any_order_of_notices_ends_the_same(
    fake: FakeStripe, provider: StripeProvider, order: list[str]
) -> None:
    """Paid stays paid, with other notices before it, after it, or twice."""
    held = register(make_attendee(), make_event(price=1500))
    checkout.start(registration=held, provider=provider)
    payment = Payment.objects.get(registration=held)
    events = {
        "expired": fake.expire(payment.reference),
        "paid": fake.pay(payment.reference),
        "paid again": fake.pay(payment.reference),
    }
    for name in order:
        request = signed(events[name])
        webhooks.hear(provider, request["data"].encode(), request["headers"])
    payment.refresh_from_db()
    is_paid = {"paid", "paid again"} & set(order)
    assert payment.status == ("paid" if is_paid else "failed")
    assert status(held) == ("confirmed" if is_paid else "awaiting_payment")


def test_cancellation_and_money_in_either_order_end_with_a_refund(
    fake: FakeStripe, provider: StripeProvider
) -> None:
    ends = []
    for order in itertools.permutations(["paid", "cancel"]):
        held = register(make_attendee(), make_event(price=1500))
        checkout.start(registration=held, provider=provider)
        payment = Payment.objects.get(registration=held)
        request = signed(fake.pay(payment.reference))
        for step in order:
            if step == "cancel":
                places.cancel(registration=held, in_full=False)
            else:
                webhooks.hear(provider, request["data"].encode(), request["headers"])
        payment.refresh_from_db()
        ends.append((status(held), payment.status, payment.problem))
    assert ends == [("cancelled", "refund_due", "cancelled")] * 2


# --- Refund notices ------------------------------------------------------------------------------


def test_refund_notice_finishes_a_pending_refund_or_takes_it_back(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    deliver(client, fake.pay("cs_test_1"))
    places.cancel(registration=held, in_full=False)
    fake.refund_status = "pending"
    refunds.run(provider)
    (refund,) = fake.refunds.values()
    deliver(client, event("refund.updated", refund | {"status": "succeeded"}, 98))
    assert (Refund.objects.get().status, Payment.objects.get().status) == ("done", "refunded")
    deliver(client, event("refund.failed", refund | {"status": "failed"}, 99))
    assert (Refund.objects.get().error, Payment.objects.get().status) == ("bounced", "refund_due")


def test_refund_that_somebody_made_at_stripe_is_unmatched(client: Client, fake: FakeStripe) -> None:
    refund = {
        "id": "re_1",
        "object": "refund",
        "amount": 5,
        "currency": "eur",
        "status": "succeeded",
        "payment_intent": "pi_1",
        "metadata": {},
    }
    assert deliver(client, event("refund.updated", refund)) == 200
    assert Notice.objects.get().outcome == "unmatched"


# --- The command ---------------------------------------------------------------------------------


def run(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("payments", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def test_replay_acts_on_what_was_interrupted(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    request = signed(fake.pay("cs_test_1"))
    told = provider.read(request["data"].encode(), request["headers"])
    assert told is not None
    webhooks.write_down("stripe", told)  # killed before it was acted on
    assert run("replay", "--dry-run")[-1] == "notices 1  dry_run True"
    assert status(held) == "awaiting_payment"
    assert run("replay")[-1] == "notices 1  dry_run False"
    assert run("replay") == ["notices 0  dry_run False"]
    assert status(held) == "confirmed"


def test_reconcile_finds_money_that_no_notice_told_of(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fake.pay("cs_test_1")
    assert run("reconcile", "--dry-run")[0] == "payment cs_test_1  kind paid  outcome due"
    assert status(held) == "awaiting_payment"
    assert run("reconcile")[0] == "payment cs_test_1  kind paid  outcome paid"
    assert (status(held), run("reconcile")[0]) == (
        "confirmed",
        "payments 0  changed 0  dry_run False",
    )


def test_json_has_numbers_and_booleans_as_such(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fake.pay("cs_test_1")
    lines = [json.loads(line) for line in run("reconcile", "--json")]
    assert lines == [
        {"payment": "cs_test_1", "kind": "paid", "outcome": "paid"},
        {"payments": 1, "changed": 1, "dry_run": False},
        {"refunds": 0, "dry_run": False},
        {"afterwards": 0, "dry_run": False},
    ]
    assert json.loads(run("replay", "--json", "--dry-run")[-1]) == {"notices": 0, "dry_run": True}


def test_json_has_null_for_what_is_not_known(provider: StripeProvider) -> None:
    told = Told("evt_1", Notice.Kind("paid"), reference="cs_unheard_of", amount=1, currency="EUR")
    webhooks.write_down("stripe", told)
    Notice.objects.update(external_id="")
    assert json.loads(run("replay", "--json", "--dry-run")[0]) == {
        "notice": None,
        "kind": "paid",
        "outcome": "due",
    }


def test_reconcile_and_the_notice_afterwards_count_once(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    told = fake.pay("cs_test_1")
    run("reconcile")
    deliver(client, told)
    assert list(Payment.objects.values_list("status", flat=True)) == ["paid"]


def test_reconcile_needs_a_provider_that_answers(settings: object, fake: FakeStripe) -> None:
    settings.PAYMENT_PROVIDER, settings.STRIPE_SECRET_KEY = "manual", ""  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="there is nobody to ask"):
        run("reconcile")


def test_lost_places_have_their_checkout_closed(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    assert (reconcile.close_lost(provider), fake.sessions["cs_test_1"]["status"]) == (0, "open")
    Event.objects.update(status="cancelled")
    assert reconcile.close_lost(provider) == 1
    assert fake.sessions["cs_test_1"]["status"] == "expired"
    assert (Payment.objects.get().status, reconcile.close_lost(provider)) == ("failed", 0)


def test_payment_without_a_page_is_ended_with_its_place_and_not_before_s9(
    provider: StripeProvider, held: Registration
) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    reconcile.close_lost(provider)
    payment.refresh_from_db()
    assert payment.status == "open"
    places.cancel(registration=held, in_full=False)
    reconcile.close_lost(provider)
    payment.refresh_from_db()
    assert (payment.status, payment.error) == ("failed", "no_answer")


def test_money_that_came_before_its_lost_checkout_could_be_closed_is_found(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fake.pay("cs_test_1")  # and no notice
    places.cancel(registration=held, in_full=False)
    assert reconcile.close_lost(provider) == 1
    payment = Payment.objects.get()
    assert (payment.status, payment.problem) == ("refund_due", "cancelled")
    assert refunds.run(provider) == refunds.Given(done=1)
