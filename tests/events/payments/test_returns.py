"""Money that goes back without our asking is believed if it is ours, booked once, and shown."""

from io import StringIO
from itertools import permutations
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from events import places
from events.models import Dispute, Event, Notice, Payment, Refund, Registration
from events.payments import quotes, refunds, returns
from events.payments.providers.stripe import StripeProvider
from tests.fake_stripe import FakeStripe, signed
from tests.lines import kinds, status

from .ledgers import GONE, books, dispute, findings, hear, ledger_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "paid")]

# --- Refunds made at the provider ----------------------------------------------------------------


@pytest.mark.parametrize("kind", ["refund.created", "refund.updated", "charge.refund.updated"])
def test_refund_made_at_the_provider_is_booked_and_said_m7(
    client: Client, fake: FakeStripe, held: Registration, kind: str
) -> None:
    made = fake.refund_in_dashboard("cs_test_1", 1500)
    assert hear(client, kind, made) == "done"
    assert ledger_of(held) == ("refunded", "returned", [(1500, "done")])
    assert (books(held), findings(held)) == ((0, 0, 1500, 0, 0), [GONE])
    assert Payment.objects.undecided().count() == 1
    assert (status(held), kinds(held.attendee)[-1]) == ("confirmed", "refunded")


def test_part_that_went_back_is_counted_and_the_rest_goes_back_later_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    hear(client, "refund.created", fake.refund_in_dashboard("cs_test_1", 500))
    assert ledger_of(held) == ("paid", "", [(500, "done")])
    assert (books(held), findings(held)) == ((1000, 0, 500, 0, 1000), [])
    assert quotes.quote(held).amount == 1000
    places.cancel(registration=held, in_full=False)
    assert refunds.run(provider) == refunds.Given(done=1)
    assert ledger_of(held) == ("refunded", "cancelled", [(500, "done"), (1000, "done")])
    assert (books(held), findings(held)) == ((0, 0, 1500, 0, 0), [])
    assert sum(refund["amount"] for refund in fake.refunds.values()) == 1500


@pytest.mark.parametrize("order", list(permutations(["one", "two", "charge"])))
def test_refunds_and_the_total_of_the_charge_count_once_in_any_order_m7(
    client: Client, fake: FakeStripe, held: Registration, order: tuple[str, ...]
) -> None:
    told = {
        "one": ("refund.created", fake.refund_in_dashboard("cs_test_1", 300)),
        "two": ("refund.created", fake.refund_in_dashboard("cs_test_1", 500)),
        "charge": ("charge.refunded", fake.charge("cs_test_1")),
    }
    for name in (*order, *order):
        hear(client, *told[name])
    given = Refund.objects.filter(status="done").values_list("amount", flat=True)
    assert (sum(given), 0 in given, Payment.objects.get().status) == (800, False, "paid")
    assert (books(held), findings(held)) == ((700, 0, 800, 0, 700), [])


def test_total_of_a_charge_settles_our_own_attempt_that_was_not_answered_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    places.cancel(registration=held, in_full=False)
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    provider.refund(refund)  # and the answer is lost
    hear(client, "charge.refunded", fake.charge("cs_test_1"))
    assert ledger_of(held) == ("refunded", "cancelled", [(1500, "done")])


def test_refund_at_the_provider_that_comes_back_gives_the_money_to_the_place_again_m7(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    made = fake.refund_in_dashboard("cs_test_1", 1500)
    hear(client, "refund.created", made)
    hear(client, "refund.failed", made | {"status": "failed"})
    assert ledger_of(held) == ("paid", "", [(1500, "failed")])
    hear(client, "refund.created", made)  # an old message
    assert (ledger_of(held)[0], findings(held)) == ("paid", [])


def test_refund_that_comes_back_after_the_event_was_cancelled_goes_back_again_s9(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    made = fake.refund_in_dashboard("cs_test_1", 1500)
    hear(client, "refund.created", made)
    Event.objects.update(status="cancelled")
    hear(client, "refund.failed", made | {"status": "failed"})
    assert ledger_of(held) == ("refund_due", "event_cancelled", [(1500, "failed")])


def test_refund_that_comes_back_after_the_place_was_given_up_is_due_again_s9(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    made = fake.refund_in_dashboard("cs_test_1", 1500)
    hear(client, "refund.created", made)
    places.cancel(registration=held, in_full=False)
    hear(client, "refund.failed", made | {"status": "failed"})
    assert ledger_of(held) == ("refund_due", "returned", [(1500, "failed")])


def test_refund_that_is_pending_at_the_provider_is_asked_about_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    made = fake.refund_in_dashboard("cs_test_1", 500, status="pending")
    hear(client, "refund.created", made)
    assert ledger_of(held) == ("paid", "", [(500, "open")])
    made["status"] = "succeeded"
    refunds.run(provider)
    assert ledger_of(held) == ("paid", "", [(500, "done")])
    assert len(fake.refunds) == 1


def test_our_attempt_ends_none_that_the_provider_makes_s9(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    hear(client, "refund.created", fake.refund_in_dashboard("cs_test_1", 500, status="pending"))
    places.cancel(registration=held, in_full=False)
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    Refund.objects.filter(pk=refund.pk).update(amount=1000)
    told = returns.Told("x", Notice.Kind.REFUNDED, reference="re_ours")
    assert refunds.record_outcome(refund, told) == "done"
    assert [state for _amount, state in ledger_of(held)[2]] == ["open", "done"]


def test_our_attempt_gives_way_to_what_somebody_gave_back_there_m5(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    """`charge_already_refunded` is looked into, and nobody is asked to give it back by hand."""
    places.cancel(registration=held, in_full=False)
    fake.refund_in_dashboard("cs_test_1", 1500)  # and no notice
    refunds.run(provider)
    assert ledger_of(held) == ("refunded", "cancelled", [(1500, "failed"), (1500, "done")])
    assert (Payment.objects.undecided().count(), findings(held)) == (0, [])


def test_reconcile_finds_refunds_and_disputes_that_no_notice_told_of_m7(
    fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    fake.refund_in_dashboard("cs_test_1", 500)
    fake.dispute("cs_test_1", "needs_response", amount=1000)
    foreign = {"payment_intent": "pi_of_somebody_else"}
    fake.refunds["re_x"] = fake.refund_in_dashboard("cs_test_1", 1) | foreign | {"id": "re_x"}
    del fake.refunds["re_test_4"]

    def run(*arguments: str) -> list[str]:
        printed = StringIO()
        call_command("payments", "reconcile", *arguments, stdout=printed)
        return printed.getvalue().splitlines()

    assert run("--dry-run")[-1] == "afterwards 2  dry_run True"
    assert books(held) == (1500, 0, 0, 0, 1500)
    assert run()[-1] == "afterwards 2  dry_run False"
    assert books(held) == (1000, 0, 500, 1000, 0)
    assert run()[-1] == "afterwards 0  dry_run False"
    assert Notice.objects.filter(outcome="unmatched").count() == 0


# --- Foreign refunds -----------------------------------------------------------------------------


@pytest.mark.parametrize("tries", ["ours", "dashboard"])
@pytest.mark.parametrize(
    "changes",
    [
        {"payment_intent": "pi_of_somebody_else"},
        {"payment_intent": None},
        {"currency": "usd"},
        {"amount": 1501},
        {"payment_intent": "pi_of_somebody_else", "amount": 1, "currency": "usd"},
    ],
    ids=["intent", "none", "currency", "amount", "all"],
)
def test_refund_of_other_money_changes_nothing_m4(
    client: Client,
    fake: FakeStripe,
    held: Registration,
    tries: str,
    changes: dict[str, Any],
) -> None:
    """A site with the same account of the provider cannot end our refund, not with its key."""
    places.cancel(registration=held, in_full=False)
    payment = Payment.objects.select_related("registration").get()
    refund = refunds.request(payment=payment)
    key = {"metadata": {"key": refund.key}} if tries == "ours" else {}
    made = fake.refund_in_dashboard("cs_test_1", 1500, **key)
    assert hear(client, "refund.updated", made | changes) == "unmatched"
    assert ledger_of(held) == ("refund_due", "cancelled", [(1500, "open")])
    assert "refunded" not in kinds(held.attendee)


def test_refund_of_another_sum_under_our_key_changes_nothing_m4(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    places.cancel(registration=held, in_full=False)
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    made = fake.refund_in_dashboard("cs_test_1", 1, metadata={"key": refund.key})
    assert hear(client, "refund.updated", made) == "unmatched"
    assert ledger_of(held) == ("refund_due", "cancelled", [(1500, "open")])


def test_keys_of_refunds_cannot_be_guessed_m4(held: Registration) -> None:
    places.cancel(registration=held, in_full=False)
    refund = refunds.request(payment=Payment.objects.select_related("registration").get())
    assert len(refund.key.removeprefix("refund-")) == 36
    assert str(refund.payment_id) != refund.key.split("-")[1]


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("charge.refunded", {"amount_refunded": 1500}),
        ("charge.dispute.created", {"status": "lost"}),
    ],
)
def test_charge_or_dispute_of_other_money_changes_nothing_m4(
    client: Client, fake: FakeStripe, held: Registration, kind: str, about: dict[str, Any]
) -> None:
    makers = {"charge.refunded": fake.charge("cs_test_1"), "charge.dispute.created": dispute(fake)}
    for changes in ({"payment_intent": "pi_x"}, {"currency": "usd"}):
        assert hear(client, kind, makers[kind] | about | changes) == "unmatched"
    assert (ledger_of(held), Dispute.objects.count()) == (("paid", "", []), 0)


def test_what_is_told_before_the_money_is_acted_on_afterwards_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    Payment.objects.update(status="open", intent="", paid_at=None)
    Registration.objects.update(status="awaiting_payment", confirmed_at=None)
    Notice.objects.all().delete()
    made = fake.refund_in_dashboard("cs_test_1", 1500)
    assert hear(client, "refund.created", made) == "unmatched"
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    assert ledger_of(held) == ("refunded", "returned", [(1500, "done")])
    assert set(Notice.objects.values_list("outcome", flat=True)) == {"paid", "done"}


def test_money_of_another_provider_with_the_same_intent_is_not_booked_m4(
    held: Registration, fake: FakeStripe
) -> None:
    told = returns.Told(
        "x", Notice.Kind.REFUNDED, intent=Payment.objects.get().intent, amount=1, currency="EUR"
    )
    assert returns.book("sandbox", told) is None


def test_refund_without_a_sum_is_not_booked_s9() -> None:
    intent = Payment.objects.get().intent
    told = returns.Told("x", Notice.Kind.REFUNDED, intent=intent, currency="EUR")
    assert returns.book("stripe", told) is None
