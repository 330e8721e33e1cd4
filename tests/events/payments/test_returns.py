"""What goes back without our asking is believed if it is ours, booked once, and shown."""

from collections.abc import Iterator
from io import StringIO
from itertools import permutations
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from events import places
from events.audit import audit
from events.models import Dispute, Notice, Payment, Refund, Registration
from events.payments import checkout, ledger, quotes, refunds, returns
from events.payments.providers.stripe import StripeProvider
from events.payments.totals import totals
from tests.factories import NOON, make_organizer
from tests.fake_stripe import FakeStripe, event, signed
from tests.lines import kinds, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "paid")]

Clock = time_machine.Traveller
SECOND = int(NOON.timestamp())
numbers: Iterator[int] = iter(range(100, 100_000))


@pytest.fixture
def paid(fake: FakeStripe, provider: StripeProvider, held: Registration, client: Client) -> Payment:
    checkout.start(registration=held, provider=provider)
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    return Payment.objects.get()


def hear(client: Client, kind: str, about: dict[str, Any], at: int = SECOND) -> str:
    told = event(kind, about, next(numbers), at=at)
    assert client.post("/payments/stripe/", **signed(told)).status_code == 200
    return Notice.objects.latest("pk").outcome


def ledger_of(held: Registration) -> tuple[str, str, list[tuple[int, str]]]:
    payment = Payment.objects.get(registration=held)
    rows = payment.refunds.order_by("pk").values_list("amount", "status")
    return payment.status, payment.problem, list(rows)


def books(held: Registration) -> tuple[int, int, int, int, int]:
    (sums,) = totals(held.event)
    return sums.paid, sums.to_refund, sums.refunded, sums.disputed, sums.held


def findings(held: Registration) -> list[str]:
    return [mismatch.text for mismatch in audit(held.event)]


GONE = "its money is gone (returned), and nobody has decided about the place"


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
    assert (sum(given), Payment.objects.get().status) == (800, "paid")
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


def test_refund_that_is_pending_at_the_provider_is_asked_about_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    made = fake.refund_in_dashboard("cs_test_1", 1500, status="pending")
    hear(client, "refund.created", made)
    assert ledger_of(held) == ("paid", "", [(1500, "open")])
    made["status"] = "succeeded"
    refunds.run(provider)
    assert ledger_of(held) == ("refunded", "returned", [(1500, "done")])
    assert len(fake.refunds) == 1


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


# --- Disputes ------------------------------------------------------------------------------------


def dispute(fake: FakeStripe, status: str = "needs_response", **changes: Any) -> dict[str, Any]:
    return fake.dispute("cs_test_1", status, **changes)


OUTCOMES = [
    ("warning_needs_response", "asked", (1500, 0, 0, 0, 1500), "paid"),
    ("warning_under_review", "asked", (1500, 0, 0, 0, 1500), "paid"),
    ("needs_response", "open", (1500, 0, 0, 1500, 0), "paid"),
    ("under_review", "open", (1500, 0, 0, 1500, 0), "paid"),
    ("appeal_under_review", "open", (1500, 0, 0, 1500, 0), "paid"),
    ("warning_closed", "won", (1500, 0, 0, 0, 1500), "paid"),
    ("prevented", "won", (1500, 0, 0, 0, 1500), "paid"),
    ("won", "won", (1500, 0, 0, 0, 1500), "paid"),
    ("lost", "lost", (0, 0, 1500, 0, 0), "refunded"),
]


@pytest.mark.parametrize(("told", "ours", "sums", "state"), OUTCOMES, ids=[o[0] for o in OUTCOMES])
@pytest.mark.parametrize(
    "kind", ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"]
)
def test_dispute_is_a_row_and_in_the_sums_m7(
    client: Client,
    fake: FakeStripe,
    held: Registration,
    told: str,
    ours: str,
    sums: tuple[int, ...],
    state: str,
    kind: str,
) -> None:
    assert hear(client, f"charge.dispute.{kind}", dispute(fake, told)) == f"dispute {ours}"
    row = Dispute.objects.get()
    assert (row.status, row.amount, row.currency, row.reference) == (
        ours,
        1500,
        "EUR",
        "dp_of_cs_test_1",
    )
    assert (books(held), Payment.objects.get().status) == (sums, state)
    is_gone = ours == "lost"
    assert findings(held) == ([GONE.replace("returned", "disputed")] if is_gone else [])
    assert Payment.objects.undecided().exists() is (ours != "won")
    assert status(held) == "confirmed"


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("end", ["won", "lost"])
def test_messages_about_a_dispute_end_the_same_in_any_order_m7(
    client: Client, fake: FakeStripe, held: Registration, order: tuple[int, ...], end: str
) -> None:
    states = ["needs_response", "under_review", end]
    for index in order:
        about = dispute(fake, states[index])
        hear(client, "charge.dispute.updated", about, at=SECOND + index)
    assert (Dispute.objects.get().status, Dispute.objects.count()) == (end, 1)


def test_dispute_that_is_won_on_appeal_brings_the_money_back_m7(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    hear(client, "charge.dispute.closed", dispute(fake, "lost"))
    assert ledger_of(held)[:2] == ("refunded", "disputed")
    hear(client, "charge.dispute.updated", dispute(fake, "won"), at=SECOND + 60)
    assert (ledger_of(held), findings(held)) == (("paid", "", []), [])


@pytest.mark.parametrize("told", ["warning_needs_response", "needs_response"])
def test_disputed_money_does_not_go_back_by_itself_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration, told: str
) -> None:
    hear(client, "charge.dispute.created", dispute(fake, told))
    places.cancel(registration=held, in_full=True)
    refunds.run(provider)
    assert (ledger_of(held), fake.refunds) == (("refund_due", "cancelled", []), {})
    hear(client, "charge.dispute.closed", dispute(fake, "won"), at=SECOND + 60)
    refunds.run(provider)
    assert ledger_of(held) == ("refunded", "cancelled", [(1500, "done")])


def test_lost_dispute_of_a_cancelled_place_is_all_that_goes_back_m7(
    client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
) -> None:
    hear(client, "charge.dispute.created", dispute(fake))
    places.cancel(registration=held, in_full=True)
    hear(client, "charge.dispute.closed", dispute(fake, "lost"), at=SECOND + 60)
    refunds.run(provider)
    assert (ledger_of(held), fake.refunds) == (("refunded", "cancelled", []), {})
    assert (books(held), findings(held)) == ((0, 0, 1500, 0, 0), [])


def test_person_cannot_give_back_what_a_bank_has_taken_m7(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    hear(client, "charge.dispute.created", dispute(fake))
    places.cancel(registration=held, in_full=True)
    payment = Payment.objects.select_related("registration").get()
    with pytest.raises(refunds.NothingToRefund):
        refunds.request(payment=payment, by=make_organizer())


def test_refund_and_dispute_of_the_same_money_are_an_alarm_of_audit_m7(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    hear(client, "charge.dispute.closed", dispute(fake, "lost"))
    hear(client, "refund.created", fake.refund_in_dashboard("cs_test_1", 1500))
    pk = Payment.objects.get().pk
    assert f"payment {pk} of 1500 gave more back than came" in findings(held)


def test_place_is_left_without_its_money_by_a_named_person_m7(
    client: Client, fake: FakeStripe, held: Registration
) -> None:
    hear(client, "refund.created", fake.refund_in_dashboard("cs_test_1", 1500))
    payment, organizer = Payment.objects.select_related("registration").get(), make_organizer()
    assert ledger.leave_place(payment=payment, by=organizer, reason="speaker") is True
    assert ledger.leave_place(payment=payment, by=organizer, reason="again") is False
    payment.refresh_from_db()
    assert (payment.decided_by, payment.decision) == (organizer, "speaker")
    assert (findings(held), Payment.objects.undecided().count()) == ([], 0)


def test_money_of_another_provider_with_the_same_intent_is_not_booked_m4(
    held: Registration, fake: FakeStripe
) -> None:
    told = returns.Told(
        "x", Notice.Kind.REFUNDED, intent=Payment.objects.get().intent, amount=1, currency="EUR"
    )
    assert returns.book("sandbox", told) is None
