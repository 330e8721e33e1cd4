"""A page to pay on, after answers that were lost, late or wrong."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from events.models import Event, Notice, Payment, Registration
from events.payments import checkout, ledger, reconcile
from events.payments.providers.base import ProviderAway, ProviderRefused
from events.payments.providers.stripe import StripeProvider
from tests.factories import NOON, make_attendee
from tests.fake_stripe import FakeStripe, event, signed
from tests.lines import register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
MINUTE = timedelta(minutes=1)
BROKEN = {"error": {"type": "api_error", "message": "secret details"}}


def start(held: Registration, provider: StripeProvider) -> str:
    return checkout.start(registration=held, provider=provider)


def ledger_of(held: Registration) -> list[tuple[str, str, str]]:
    q = Payment.objects.filter(registration=held).order_by("pk")
    return list(q.values_list("status", "reference", "error"))


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_lost_answer_closes_no_checkout_for_the_rest_of_the_hold_m1(
    fake: FakeStripe, provider: StripeProvider, held: Registration, code: int
) -> None:
    fake.answers.append((code, BROKEN))
    with pytest.raises(ProviderAway):
        start(held, provider)
    assert start(held, provider) == "https://checkout.stripe.com/c/pay/cs_test_1"
    assert ledger_of(held) == [("failed", "", "no_answer"), ("open", "cs_test_1", "")]


def test_same_key_would_have_had_the_same_error_m1(fake: FakeStripe) -> None:
    """The control: the stand-in repeats an error under its key, as Stripe does."""
    fake.answers.append((500, BROKEN))
    fields = {"x": "1"}
    answers = [fake.answer("POST", "/v1/checkout/sessions", fields, "key") for _ in range(2)]
    assert answers == [(500, BROKEN)] * 2


def test_key_that_was_used_for_other_words_is_followed_by_another_m1(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    provider.open_checkout(payment)  # killed before it was noted
    Event.objects.update(title="Renamed")
    held.refresh_from_db()
    held.event.refresh_from_db()
    with pytest.raises(ProviderAway):
        start(held, provider)
    assert start(held, provider) == "https://checkout.stripe.com/c/pay/cs_test_2"


@pytest.mark.parametrize("code", [401, 403, 409, 429])
def test_provider_that_did_not_begin_is_asked_again_with_the_same_key_m1(
    fake: FakeStripe, provider: StripeProvider, held: Registration, code: int
) -> None:
    fake.answers.append((code, BROKEN))
    with pytest.raises(ProviderAway):
        start(held, provider)
    start(held, provider)
    assert ledger_of(held) == [("open", "cs_test_1", "")]
    assert len({key for _m, _p, _f, key in fake.requests}) == 1


@pytest.mark.parametrize("minutes", [0, 1, 2, 15, 28])
@pytest.mark.parametrize("hold", [30, 24 * 60, 3 * 24 * 60])
@pytest.mark.parametrize("ahead", [-5, 0, 5])
def test_checkout_ends_when_stripe_accepts_it_however_late_the_next_try_m2(
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    clock: Clock,
    minutes: int,
    hold: int,
    ahead: int,
) -> None:
    """Our clock is up to five minutes ahead of Stripe's or behind it, and the first try failed."""
    Registration.objects.update(hold_until=NOON + hold * MINUTE)
    Event.objects.update(starts_at=NOON + timedelta(days=9), ends_at=NOON + timedelta(days=10))
    fake.answers.append((429, BROKEN))
    with pytest.raises(ProviderAway):
        start(held, provider)
    clock.shift(minutes * MINUTE)
    start(held, provider)
    expires_at = int(fake.requests[-1][2]["expires_at"])
    stripes_now = (NOON + (minutes - ahead) * MINUTE).timestamp()
    assert 30 * 60 <= expires_at - stripes_now <= 24 * 60 * 60


def test_checkout_that_expired_unheard_is_followed_by_another_m2(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fake.expire("cs_test_1")
    assert start(held, provider) == "https://checkout.stripe.com/c/pay/cs_test_3"
    assert [(s, r) for s, r, _e in ledger_of(held)] == [
        ("failed", "cs_test_1"),
        ("open", "cs_test_3"),
    ]


def test_checkout_that_was_paid_unheard_is_recorded_instead_of_opened_m2(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fake.pay("cs_test_1")
    with pytest.raises(ledger.NothingToPay):
        start(held, provider)
    assert (status(held), ledger_of(held)) == ("confirmed", [("paid", "cs_test_1", "")])


def test_checkout_of_another_account_is_followed_by_one_of_ours_m2(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fake.sessions.clear()
    start(held, provider)
    assert [s for s, _r, _e in ledger_of(held)] == ["failed", "open"]


# --- Money on its way ----------------------------------------------------------------------------


def begin_to_pay(fake: FakeStripe, intent_status: str) -> None:
    """The person has finished the page, and their bank takes its time."""
    intent = {"id": "pi_slow", "object": "payment_intent", "status": intent_status}
    session: dict[str, Any] = {"status": "complete", "payment_status": "unpaid", "url": None}
    fake.sessions["cs_test_1"] |= session | {"payment_intent": intent}


def test_money_on_its_way_keeps_its_payment_open_after_the_hold_m3(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    start(held, provider)
    begin_to_pay(fake, "processing")
    clock.shift(timedelta(hours=1))
    for _ in range(2):
        assert reconcile.close_lost(provider) == 1
        assert ledger_of(held) == [("open", "cs_test_1", "")]
    fake.pay("cs_test_1")  # and no notice
    reconcile.close_lost(provider)
    assert [s for s, _r, _e in ledger_of(held)] == ["paid"]


def test_money_that_will_not_come_any_more_is_not_waited_for_m3(
    fake: FakeStripe, provider: StripeProvider, held: Registration, clock: Clock
) -> None:
    start(held, provider)
    begin_to_pay(fake, "requires_payment_method")
    clock.shift(timedelta(hours=1))
    reconcile.close_lost(provider)
    assert [s for s, _r, _e in ledger_of(held)] == ["failed"]


def test_somebody_whose_money_is_on_its_way_is_told_so_m3(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    client.force_login(held.attendee.user, "django.contrib.auth.backends.ModelBackend")
    start(held, provider)
    begin_to_pay(fake, "processing")
    page = client.post(f"/registrations/{held.code}/pay/", follow=True)
    assert "the money is still on its way" in page.content.decode()
    assert (len(fake.sessions), ledger_of(held)) == (1, [("open", "cs_test_1", "")])


def test_only_cards_are_asked_for_m3(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    start(held, provider)
    fields = fake.requests[0][2]
    asked = {name: value for name, value in fields.items() if name.startswith("payment_method")}
    assert asked == {"payment_method_types[0]": "card"}


# --- Many at once --------------------------------------------------------------------------------


def test_one_checkout_that_fails_keeps_no_other_open_p(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    Event.objects.update(capacity=3)
    others = [register(make_attendee(), held.event) for _ in range(2)]
    for one in (held, *others):
        start(one, provider)
    Event.objects.update(status="cancelled")
    fake.answers.append((500, BROKEN))
    assert reconcile.close_lost(provider) == 3
    left = Payment.objects.filter(status="open").count()
    assert (left, reconcile.close_lost(provider)) == (1, 1)
    assert Payment.objects.filter(status="open").count() == 0


# --- Foreign notices -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["completed", "expired"])
@pytest.mark.parametrize(
    "changes",
    [
        {"id": "cs_of_a_copy"},
        {"id": "cs_of_a_copy", "amount_total": 1},
        {"id": "cs_of_a_copy", "currency": "usd"},
    ],
    ids=["checkout", "amount", "currency"],
)
def test_notice_of_another_checkout_with_our_key_changes_nothing_m4(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    kind: str,
    changes: dict[str, Any],
) -> None:
    start(held, provider)
    foreign = fake.sessions["cs_test_1"] | {"payment_status": "paid", "payment_intent": "pi_x"}
    told = event(f"checkout.session.{kind}", foreign | changes, 7)
    assert client.post("/payments/stripe/", **signed(told)).status_code == 200
    assert (status(held), ledger_of(held)) == ("awaiting_payment", [("open", "cs_test_1", "")])
    assert [n.outcome for n in Notice.objects.all()] == ["unmatched"]


@pytest.mark.parametrize("changes", [{"amount_total": 1}, {"currency": "usd"}])
def test_money_of_another_sum_under_a_key_without_page_is_not_ours_m4(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    changes: dict[str, Any],
) -> None:
    payment = ledger.ask(registration=held, provider="stripe")
    provider.open_checkout(payment)  # killed before it was noted
    told = fake.pay("cs_test_1", **changes)
    client.post("/payments/stripe/", **signed(told))
    assert (status(held), ledger_of(held)) == ("awaiting_payment", [("open", "", "")])


def test_refusal_is_kept_with_the_payment_r12(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    refusal = {"type": "invalid_request_error", "code": "url_invalid", "message": "secret"}
    fake.answers.append((400, {"error": refusal}))
    with pytest.raises(ProviderRefused):
        start(held, provider)
    assert ledger_of(held) == [("failed", "", "url_invalid")]
