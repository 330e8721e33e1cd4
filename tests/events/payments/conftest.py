"""A site whose money is moved by a Stripe that runs here."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from events.models import Payment, Registration
from events.payments import checkout
from events.payments.providers.stripe import StripeProvider
from tests.factories import make_attendee, make_event
from tests.fake_stripe import KEY, SECRET, FakeStripe, running_stripe, signed
from tests.lines import register


@pytest.fixture
def fake(settings: Settings) -> Iterator[FakeStripe]:
    with running_stripe() as fake:
        settings.PAYMENT_PROVIDER = "stripe"
        settings.STRIPE_SECRET_KEY = KEY
        settings.STRIPE_WEBHOOK_SECRET = SECRET
        settings.STRIPE_API_URL = fake.url
        yield fake


@pytest.fixture
def provider(fake: FakeStripe) -> StripeProvider:
    return StripeProvider()


@pytest.fixture
def held() -> Registration:
    """A place for 15 euros, held for half an hour; the money comes back until two days before."""
    event = make_event(price=1500, capacity=1, title="Jam", refund_days=2)
    return register(make_attendee(), event)


@pytest.fixture
def paid(fake: FakeStripe, provider: StripeProvider, held: Registration, client: Client) -> Payment:
    checkout.start(registration=held, provider=provider)
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    return Payment.objects.get()
