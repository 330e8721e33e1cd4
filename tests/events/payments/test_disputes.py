"""A bank that asks for money back is booked, shown, and never paid a second time."""

from itertools import permutations

import pytest
from django.test import Client

from events import places
from events.models import Dispute, Payment, Registration
from events.payments import ledger, refunds
from events.payments.providers.stripe import StripeProvider
from tests.factories import make_organizer
from tests.fake_stripe import FakeStripe
from tests.lines import status

from .ledgers import GONE, SECOND, books, dispute, findings, hear, ledger_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "paid")]

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
