"""A checkout that fails is one warning with the provider's code, and mails nobody."""

import logging
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from events.models import Registration
from events.payments import ledger
from events.payments.providers.base import ProviderBusy
from events.payments.providers.stripe import StripeProvider
from events.payments.providers.stripe_errors import CALLS
from tests.error_mail import wait_for_error_mail
from tests.fake_stripe import FakeStripe, error

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock", "fake")]


@pytest.fixture(autouse=True)
def admins(settings: Settings) -> None:
    settings.ADMINS = [("Staff", "staff@example.org")]


def press(client: Client, held: Registration) -> HttpResponse:
    client.force_login(held.attendee.user)
    return client.post(f"/registrations/{held.code}/pay/")


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    ours = [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert {record.levelname for record in ours} <= {"WARNING"}
    assert [record.exc_info for record in ours if record.exc_info] == []
    return [record.getMessage() for record in ours]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((401, error("api_key_expired")), "provider_code=api_key_expired"),
        ((400, error("amount_too_small")), "provider_code=amount_too_small"),
        ((500, {"error": {"type": "api_error"}}), "kind=KeySpent provider_code=APIError"),
        ((400, error("x\nERROR forged")), "provider_code=unreadable"),
    ],
)
def test_failed_checkout_is_one_warning_with_the_code_s2(
    client: Client,
    held: Registration,
    fake: FakeStripe,
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[EmailMessage],
    answer: tuple[int, dict[str, Any]],
    words: str,
) -> None:
    fake.answers.append(answer)
    assert press(client, held).status_code == 502
    wait_for_error_mail()
    (line,) = warnings(caplog)
    assert (words in line, "secret details" in line, "\n" in line) == (True, False, False)
    assert mailoutbox == []


def test_checkout_beyond_the_bound_is_refused_at_once_and_works_later_s6(
    client: Client,
    held: Registration,
    fake: FakeStripe,
    caplog: pytest.LogCaptureFixture,
    settings: Settings,
) -> None:
    settings.OUTSIDE_CALLS = 1
    with CALLS.enter(1):
        response = press(client, held)
    assert (response.status_code, response["Retry-After"], fake.requests) == (503, "60", [])
    assert "Many people are paying at the moment." in response.content.decode()
    assert ["kind=ProviderBusy" in line for line in warnings(caplog)] == [True]
    assert press(client, held).status_code == 302


def test_every_call_to_stripe_is_bounded_s6(
    held: Registration, provider: StripeProvider, settings: Settings
) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    ledger.save_reference(payment, "cs")
    settings.OUTSIDE_CALLS = 1
    for call in (provider.open_checkout, provider.close_checkout, provider.look_up):
        with CALLS.enter(1), pytest.raises(ProviderBusy):
            call(payment)


def test_checkout_that_browsers_stop_at_is_logged_p(
    client: Client, held: Registration, fake: FakeStripe, caplog: pytest.LogCaptureFixture
) -> None:
    """The suite's own policy names no checkout at all, since it runs without a provider."""
    assert press(client, held).status_code == 302
    (line,) = warnings(caplog)
    assert line.endswith("add its origin to FORM_ACTION_ORIGINS: 'https://checkout.stripe.com'")


def test_checkout_where_forms_may_lead_is_not_logged_p(
    client: Client, held: Registration, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    allowed = ["'self'", "https://checkout.stripe.com"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"form-action": allowed}}
    assert press(client, held).status_code == 302
    assert warnings(caplog) == []


@pytest.mark.parametrize(
    ("address", "origins", "expected"),
    [
        ("https://api.stripe.com", [], []),
        ("https://stripe.example.org", [], ["eventsite.W001"]),
        ("https://stripe.example.org", ["https://pay.example.org"], []),
    ],
)
def test_stand_in_for_stripe_without_an_origin_is_a_warning_p(
    settings: Settings, address: str, origins: list[str], expected: list[str]
) -> None:
    settings.STRIPE_API_URL, settings.FORM_ACTION_ORIGINS = address, origins
    assert [message.id for message in run_checks(tags=["eventsite"])] == expected
    settings.PAYMENT_PROVIDER = "manual"
    assert run_checks(tags=["eventsite"]) == []
