"""The site asks Stripe for the right thing, and believes only some of its answers."""

from datetime import timedelta

import pytest
import responses
import time_machine
from django.utils import translation
from pytest_django import Settings

from events.models import Notice, Payment, Refund, Registration
from events.payments import checkout, ledger, reconcile, refunds
from events.payments.providers.base import ForeignNotice, ProviderAway, ProviderRefused
from events.payments.providers.stripe import StripeProvider, read_signed
from tests.factories import NOON, make_attendee, make_event
from tests.fake_stripe import KEY, SECRET, FakeStripe, event, signed
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


def read(told: object, **how: object) -> object:
    """Return what the site reads in a notice as it arrives."""
    request = signed(told, **how)  # type: ignore[arg-type]
    body = request["data"].encode()
    return read_signed(body, request["headers"]["Stripe-Signature"], SECRET)


# --- Checkout ------------------------------------------------------------------------------------


def test_checkout_asks_for_the_frozen_amount_until_the_end_of_the_hold(
    fake: FakeStripe, provider: StripeProvider
) -> None:
    further = {"ja": {"title": "ジャム"}}
    event = make_event(
        price=1500, currency="EUR", title="Jam\nsession", written_in="en", translations=further
    )
    waiting = register(make_attendee(), event)
    Registration.objects.update(hold_until=NOON + timedelta(hours=24))
    with translation.override("ja"):  # the provider gets the main title all the same
        address = checkout.start(registration=waiting, provider=provider)
    ((method, path, fields, key),) = fake.requests
    assert (method, path, address) == (
        "POST",
        "/v1/checkout/sessions",
        "https://checkout.stripe.com/c/pay/cs_test_1",
    )
    assert fields["line_items[0][price_data][unit_amount]"] == "1500"
    assert fields["line_items[0][price_data][currency]"] == "eur"
    assert fields["line_items[0][price_data][product_data][name]"] == "Jam session"
    assert int(fields["expires_at"]) == (NOON + timedelta(hours=23, minutes=54)).timestamp()
    assert fields["payment_method_types[0]"] == "card"
    assert fields["success_url"] == f"http://localhost:8000/registrations/{waiting.code}/paid/"
    assert key == f"checkout-{Payment.objects.get().key}"


def test_checkout_of_a_short_hold_lasts_as_long_as_stripe_demands(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    checkout.start(registration=held, provider=provider)
    expires_at = int(fake.requests[0][2]["expires_at"])
    assert expires_at == (NOON + timedelta(minutes=37)).timestamp()


def test_checkout_asked_for_again_is_the_same_even_under_another_title(
    fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    first = checkout.start(registration=held, provider=provider)
    clock.shift(timedelta(minutes=5))
    type(held.event).objects.update(title="Renamed")
    assert checkout.start(registration=held, provider=provider) == first
    assert (len(fake.sessions), Payment.objects.count()) == (1, 1)


def test_checkout_interrupted_before_it_was_noted_is_found_again(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    provider.open_checkout(payment)  # and here the process is killed
    address = checkout.start(registration=held, provider=provider)
    assert address == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert Payment.objects.get().reference == "cs_test_1"


def test_failed_checkout_is_followed_by_another_one(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    checkout.start(registration=held, provider=provider)
    ledger.fail(payment=Payment.objects.get())
    checkout.start(registration=held, provider=provider)
    assert sorted(Payment.objects.values_list("status", "reference")) == [
        ("failed", "cs_test_1"),
        ("open", "cs_test_2"),
    ]


@pytest.mark.parametrize(
    ("currency", "ours", "stripes"),
    [
        ("EUR", 1500, 1500),
        ("JPY", 500, 500),
        ("KWD", 12_340, 12_340),
        ("ISK", 500, 50_000),
        ("RSD", 500, 50_000),
    ],
)
def test_amounts_are_written_as_stripe_writes_them(
    fake: FakeStripe, provider: StripeProvider, currency: str, ours: int, stripes: int
) -> None:
    held = register(make_attendee(), make_event(price=ours, currency=currency))
    checkout.start(registration=held, provider=provider)
    assert fake.requests[0][2]["line_items[0][price_data][unit_amount]"] == str(stripes)
    told = read(fake.pay("cs_test_1"))
    assert (told.amount, told.currency) == (ours, currency)  # type: ignore[attr-defined]


def test_amount_that_stripe_cannot_charge_is_refused_before_it_is_asked(
    fake: FakeStripe, provider: StripeProvider
) -> None:
    held = register(make_attendee(), make_event(price=12_345, currency="KWD"))
    with pytest.raises(ProviderRefused, match="amount"):
        checkout.start(registration=held, provider=provider)
    assert fake.requests == []


# --- Errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 409, 429])
def test_stripe_that_did_not_begin_leaves_the_payment_open(
    fake: FakeStripe, provider: StripeProvider, held: Registration, status: int
) -> None:
    fake.answers.append((status, {"error": {"type": "api_error", "message": "later"}}))
    with pytest.raises(ProviderAway):
        checkout.start(registration=held, provider=provider)
    assert Payment.objects.get().status == "open"


def test_stripe_out_of_reach_leaves_the_outcome_open(
    settings: Settings, fake: FakeStripe, held: Registration
) -> None:
    settings.STRIPE_API_URL = "http://127.0.0.1:1"
    with pytest.raises(ProviderAway):
        checkout.start(registration=held, provider=StripeProvider())


def test_stripe_that_refuses_is_named_by_its_code_and_nothing_else(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    refusal = {"type": "invalid_request_error", "code": "amount_too_small", "message": "secret"}
    fake.answers.append((400, {"error": refusal}))
    with pytest.raises(ProviderRefused) as refused:
        checkout.start(registration=held, provider=provider)
    assert str(refused.value) == "amount_too_small"


def test_refused_checkout_does_not_stand_in_the_way_of_the_next(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    refusal = {"type": "invalid_request_error", "code": "expires_at_too_soon", "message": "x"}
    fake.answers.append((400, {"error": refusal}))
    with pytest.raises(ProviderRefused):
        checkout.start(registration=held, provider=provider)
    address = checkout.start(registration=held, provider=provider)
    assert address == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["failed", "open"]


def test_page_that_stripe_does_not_close_is_not_said_to_be_closed_s9(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    checkout.start(registration=held, provider=provider)
    fake.answers.append((400, {"error": {"type": "invalid_request_error", "code": "odd"}}))
    with pytest.raises(ProviderRefused, match="still_open"):
        provider.close_checkout(Payment.objects.get())


def test_checkout_that_stripe_does_not_know_keeps_no_other_waiting(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    checkout.start(registration=held, provider=provider)
    fake.sessions.clear()
    Registration.objects.update(hold_until=NOON - timedelta(minutes=1))
    fake.answers.append((400, {"error": {"type": "invalid_request_error", "code": "missing"}}))
    assert reconcile.close_lost(provider) == 1
    assert Payment.objects.get().status == "open"


@responses.activate
def test_answer_that_is_no_json_leaves_the_outcome_open(
    settings: Settings, held: Registration
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_URL = KEY, "https://api.stripe.test"
    responses.post("https://api.stripe.test/v1/checkout/sessions", body="<html>")
    with pytest.raises(ProviderAway):
        checkout.start(registration=held, provider=StripeProvider())


# --- Notices -------------------------------------------------------------------------------------


def session(**fields: object) -> dict[str, object]:
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "amount_total": 1500,
        "currency": "eur",
        "payment_status": "paid",
        "payment_intent": "pi_1",
        "metadata": {"key": "ours"},
    } | fields


def test_paid_checkout_is_read_as_paid() -> None:
    told = read(event("checkout.session.completed", session(), 7))
    assert told == type(told)(  # type: ignore[call-arg]
        external_id="evt_test_7",
        kind=Notice.Kind.PAID,
        reference="cs_1",
        intent="pi_1",
        key="ours",
        amount=1500,
        currency="EUR",
    )


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("checkout.session.completed", session(payment_status="unpaid")),
        ("customer.created", {"id": "cus_1", "object": "customer"}),
        ("charge.succeeded", {"id": "ch_1", "object": "charge"}),
    ],
)
def test_notice_that_is_not_about_money_of_ours_is_read_as_nothing(
    kind: str, about: dict[str, object]
) -> None:
    assert read(event(kind, about)) is None


@pytest.mark.parametrize(
    ("told", "how"),
    [
        (event("checkout.session.completed", session()), {"secret": "whsec_of_somebody_else"}),
        (event("checkout.session.completed", session()), {"at": NOON.timestamp() - 301}),
        ("[]", {}),
        ("1", {}),
        ("{}", {}),
        ("{", {}),
        ('{"object": "event", "type": "checkout.session.completed"}', {}),
        (event("checkout.session.completed", {"id": "cs_1"}), {}),
        ("[" * 100_000, {}),
        ("\ud800", {}),
    ],
    ids=["secret", "old", "list", "number", "empty", "half", "hollow", "bare", "deep", "surrogate"],
)
def test_notice_that_is_foreign_or_broken_is_refused(told: object, how: dict[str, object]) -> None:
    if told == "\ud800":
        with pytest.raises(ForeignNotice):
            read_signed(b"\xff\xfe", "t=1,v1=x", SECRET)
        return
    with pytest.raises(ForeignNotice):
        read(told, **how)


@pytest.mark.parametrize("signature", ["", "t=x", "v1=abc", "t=1,v1=", "=" * 1000])
def test_notice_without_a_whole_signature_is_refused(signature: str) -> None:
    with pytest.raises(ForeignNotice):
        read_signed(b"{}", signature, SECRET)


def test_changed_body_is_refused() -> None:
    request = signed(event("checkout.session.completed", session()))
    body = request["data"].replace("1500", "9500").encode()
    with pytest.raises(ForeignNotice):
        read_signed(body, request["headers"]["Stripe-Signature"], SECRET)


# --- Refunds -------------------------------------------------------------------------------------


def make_refund(fake: FakeStripe, provider: StripeProvider, held: Registration) -> Refund:
    checkout.start(registration=held, provider=provider)
    fake.pay("cs_test_1")
    ledger.receive(
        payment=Payment.objects.get(), amount=1500, currency="EUR", intent="pi_of_cs_test_1"
    )
    Payment.objects.update(status="refund_due", problem="late")
    return refunds.request(payment=Payment.objects.select_related("registration").get())


def test_refund_is_asked_for_once_under_one_key(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    refund = make_refund(fake, provider, held)
    told = [provider.refund(refund) for _ in range(2)]
    assert {one.kind for one in told} == {Notice.Kind.REFUNDED}
    assert len(fake.refunds) == 1
    assert {key for _m, path, _f, key in fake.requests if path == "/v1/refunds"} == {refund.key}


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("pending", Notice.Kind.REFUND_PENDING),
        ("requires_action", Notice.Kind.REFUND_PENDING),
        ("failed", Notice.Kind.REFUND_FAILED),
        ("canceled", Notice.Kind.REFUND_FAILED),
    ],
)
def test_refund_is_read_as_what_stripe_calls_it(
    fake: FakeStripe, provider: StripeProvider, held: Registration, status: str, kind: str
) -> None:
    fake.refund_status = status
    assert provider.refund(make_refund(fake, provider, held)).kind == kind


def test_secrets_are_in_no_row_and_no_log(
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    caplog: pytest.LogCaptureFixture,
) -> None:
    refund = make_refund(fake, provider, held)
    refunds.attempt(provider, refund)
    rows = [*Payment.objects.values(), *Refund.objects.values(), *Notice.objects.values()]
    assert [secret for secret in (KEY, SECRET) if secret in f"{rows} {caplog.text}"] == []
