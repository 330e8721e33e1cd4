"""A provider that was in use before finishes what it began, or leaves it to a person."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from events import housekeeping, places
from events.models import Payment, Refund, Registration
from events.payments import checkout, checks, providers, refunds
from events.payments.providers.stripe import StripeProvider
from tests.fake_stripe import FakeStripe, signed
from tests.lines import status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


@pytest.fixture
def paid(fake: FakeStripe, provider: StripeProvider, held: Registration, client: Client) -> Payment:
    checkout.start(registration=held, provider=provider)
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    return Payment.objects.select_related("registration").get()


def lose_keys(settings: Settings) -> None:
    settings.PAYMENT_PROVIDER = "manual"
    settings.STRIPE_SECRET_KEY = settings.STRIPE_WEBHOOK_SECRET = ""


def attempts() -> list[tuple[str, str]]:
    return list(Refund.objects.order_by("pk").values_list("status", "error"))


def test_refund_is_made_by_the_provider_that_took_the_money_p(
    settings: Settings, paid: Payment, held: Registration
) -> None:
    settings.PAYMENT_PROVIDER = "manual"
    places.cancel(registration=held, in_full=True)
    assert housekeeping.run().refunds == refunds.Given(done=1)
    assert Payment.objects.get().status == "refunded"


def test_notice_of_a_provider_that_was_in_use_before_is_heard_p(
    settings: Settings,
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
) -> None:
    checkout.start(registration=held, provider=provider)
    settings.PAYMENT_PROVIDER = "manual"
    assert client.post("/payments/stripe/", **signed(fake.pay("cs_test_1"))).status_code == 200
    assert status(held) == "confirmed"


def test_provider_without_keys_is_not_heard_and_nobody_pays_there_p(
    settings: Settings, client: Client, fake: FakeStripe
) -> None:
    lose_keys(settings)
    assert client.post("/payments/stripe/", **signed({})).status_code == 404
    assert (providers.available(), providers.configured()) == ([], None)


@pytest.mark.parametrize("is_asked", [True, False], ids=["under way", "not begun"])
def test_refund_of_a_provider_without_keys_is_a_task_with_a_clear_word_p(
    settings: Settings, paid: Payment, held: Registration, *, is_asked: bool
) -> None:
    places.cancel(registration=held, in_full=True)
    if is_asked:
        refunds.request(payment=Payment.objects.select_related("registration").get())
    lose_keys(settings)
    for _ in range(2):
        housekeeping.run()
    assert attempts() == [("failed", "provider_gone")]
    assert Payment.objects.undecided().count() == 1


def test_refund_that_was_handed_over_is_settled_when_the_provider_says_it_was_made_p(
    settings: Settings, client: Client, fake: FakeStripe, paid: Payment, held: Registration
) -> None:
    places.cancel(registration=held, in_full=True)
    keys = settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET
    lose_keys(settings)
    housekeeping.run()
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = keys
    key = {"metadata": {"key": Refund.objects.get().key}}
    made = fake.refund_in_dashboard("cs_test_1", 1500, **key)
    told = {"id": "evt_9", "object": "event", "type": "refund.updated", "data": {"object": made}}
    client.post("/payments/stripe/", **signed(told))
    assert (attempts(), Payment.objects.get().status) == ([("done", "")], "refunded")


def test_checkout_of_a_provider_without_keys_does_not_stay_open_for_ever_p(
    settings: Settings,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    clock: Clock,
) -> None:
    checkout.start(registration=held, provider=provider)
    lose_keys(settings)
    housekeeping.run()
    assert Payment.objects.get().status == "open"
    clock.shift(timedelta(hours=1))
    housekeeping.run()
    payment = Payment.objects.get()
    assert (payment.status, payment.error) == ("failed", "provider_gone")


def test_sandbox_is_nobody_in_production_p(settings: Settings) -> None:
    lose_keys(settings)
    settings.DEBUG = False
    assert providers.named("sandbox") is None


@pytest.mark.parametrize(
    ("secret", "webhook", "found"), [("sk", "", ["events.W001"]), ("sk", "wh", []), ("", "", [])]
)
def test_half_of_the_keys_is_warned_of_p(
    settings: Settings, secret: str, webhook: str, found: list[str]
) -> None:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = secret, webhook
    assert [message.id for message in checks.check_keys()] == found


def test_money_under_way_at_a_provider_without_keys_is_warned_of_p(
    settings: Settings, paid: Payment, held: Registration
) -> None:
    places.cancel(registration=held, in_full=True)
    assert checks.check_stranded(databases=["default"]) == []
    lose_keys(settings)
    assert [m.id for m in checks.check_stranded(databases=["default"])] == ["events.W002"]
    assert checks.check_stranded() == []
