"""Each answer of a provider, given to each state of the ledger, ends in one right state."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from events import places
from events.audit import audit
from events.models import Payment, Refund, Registration
from events.payments import checkout, reconcile, refunds
from events.payments.providers.base import ProviderAway, ProviderRefused
from events.payments.providers.stripe import StripeProvider
from events.payments.totals import totals
from tests.fake_stripe import FakeStripe, event, signed

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
numbers: Iterator[int] = iter(range(1000, 100_000))


class Site:
    """The site, its visitor, and what Stripe does to both."""

    def __init__(
        self, client: Client, fake: FakeStripe, provider: StripeProvider, held: Registration
    ) -> None:
        self.client, self.fake, self.provider, self.held = client, fake, provider, held

    def tell(self, kind: str, about: dict[str, Any]) -> None:
        told = event(kind, about, next(numbers))
        assert self.client.post("/payments/stripe/", **signed(told)).status_code == 200

    def session(self, **changes: Any) -> dict[str, Any]:
        return self.fake.sessions["cs_test_1"] | changes

    def start(self) -> None:
        with suppress(ProviderAway, ProviderRefused, checkout.ledger.NothingToPay):
            checkout.start(registration=self.held, provider=self.provider)

    def give_back(self) -> None:
        refunds.run(self.provider)


# --- States of the ledger ------------------------------------------------------------------------


def make_open(site: Site) -> None:
    site.start()


def make_failed(site: Site) -> None:
    site.start()
    site.tell("checkout.session.expired", site.session(status="expired"))


def make_paid(site: Site) -> None:
    site.start()
    told = site.fake.pay("cs_test_1")
    site.tell("checkout.session.completed", told["data"]["object"])


def make_due(site: Site) -> None:
    make_paid(site)
    places.cancel(registration=site.held, in_full=True)


def make_under_way(site: Site) -> None:
    make_due(site)
    site.fake.answers.append((500, {"error": {"type": "api_error"}}))
    site.give_back()


def make_refunded(site: Site) -> None:
    make_due(site)
    site.give_back()


# --- What a provider answers or tells ------------------------------------------------------------


def broken(site: Site) -> None:
    ask_with(site, 500)


def not_let_in(site: Site) -> None:
    ask_with(site, 401)


def no_answer(site: Site) -> None:
    ask_with(site, 429)


def ask_with(site: Site, code: int) -> None:
    """Let everything that is due be asked, and answer each question like this."""
    site.fake.answers += [(code, {"error": {"type": "api_error"}})] * 4
    site.start()
    site.give_back()
    reconcile.close_lost(site.provider)
    site.fake.answers.clear()


def paid_again(site: Site) -> None:
    """The same money, told by another message."""
    site.fake.pay("cs_test_1")
    site.tell("checkout.session.completed", site.session())


def expired_late(site: Site) -> None:
    site.tell("checkout.session.expired", site.session(status="expired"))


def foreign_money(site: Site) -> None:
    site.tell("checkout.session.completed", site.session(id="cs_x", payment_status="paid"))


def refund(site: Site, amount: int) -> dict[str, Any]:
    site.fake.sessions["cs_test_1"]["payment_intent"] = "pi_of_cs_test_1"
    return site.fake.refund_in_dashboard("cs_test_1", amount)


def foreign_refund(site: Site) -> None:
    site.tell("refund.updated", refund(site, 1500) | {"payment_intent": "pi_x"})
    site.fake.refunds.popitem()


def dashboard_all(site: Site) -> None:
    site.tell("refund.created", refund(site, 1500))


def dashboard_part(site: Site) -> None:
    site.tell("refund.created", refund(site, 500))


def disputed(site: Site) -> None:
    refund(site, 0)
    site.tell("charge.dispute.created", site.fake.dispute("cs_test_1", "needs_response"))


def lost(site: Site) -> None:
    refund(site, 0)
    site.tell("charge.dispute.closed", site.fake.dispute("cs_test_1", "lost"))


#: By state and answer: status and reason of the payment, refunds by status, and what is held then.
#: An answer that is missing changes nothing.
UNCHANGED = {
    make_open: ("open", "", [], 0),
    make_failed: ("failed", "", [], 0),
    make_paid: ("paid", "", [], 1500),
    make_due: ("refund_due", "cancelled", [], 1500),
    make_under_way: ("refund_due", "cancelled", ["open"], 1500),
    make_refunded: ("refunded", "cancelled", ["done"], 0),
}
ANSWERS: tuple[Callable[[Site], None], ...] = (
    *(broken, not_let_in, no_answer, paid_again, expired_late, foreign_money, foreign_refund),
    *(dashboard_all, dashboard_part, disputed, lost),
)
CHANGED = {
    (make_open, paid_again): ("paid", "", [], 1500),
    (make_open, expired_late): ("failed", "", [], 0),
    (make_failed, paid_again): ("paid", "", [], 1500),
    (make_paid, dashboard_all): ("refunded", "returned", ["done"], 0),
    (make_paid, dashboard_part): ("paid", "", ["done"], 1000),
    (make_paid, disputed): ("paid", "", [], 0),
    (make_paid, lost): ("refunded", "disputed", [], 0),
    (make_due, broken): ("refund_due", "cancelled", ["open"], 1500),
    (make_due, not_let_in): ("refund_due", "cancelled", ["open"], 1500),
    (make_due, no_answer): ("refund_due", "cancelled", ["open"], 1500),
    (make_due, dashboard_all): ("refunded", "cancelled", ["done"], 0),
    (make_due, dashboard_part): ("refund_due", "cancelled", ["done"], 1000),
    (make_due, disputed): ("refund_due", "cancelled", [], 0),
    (make_due, lost): ("refunded", "cancelled", [], 0),
    (make_under_way, dashboard_all): ("refunded", "cancelled", ["failed", "done"], 0),
    (make_under_way, dashboard_part): ("refund_due", "cancelled", ["open", "done"], 1000),
    (make_under_way, disputed): ("refund_due", "cancelled", ["open"], 0),
    (make_under_way, lost): ("refunded", "cancelled", ["failed"], 0),
}
#: Stripe gives no more back than came, so these cannot happen.
IMPOSSIBLE = {(make_refunded, answer) for answer in (dashboard_all, dashboard_part, disputed, lost)}


def found(held: Registration) -> tuple[str, str, list[str], int]:
    payment = Payment.objects.filter(registration=held).earliest("pk")
    (sums,) = totals(held.event)
    attempts = Refund.objects.order_by("pk").values_list("status", flat=True)
    return payment.status, payment.problem, list(attempts), sums.held


@pytest.mark.parametrize("again", [1, 3], ids=["once", "replayed"])
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
@pytest.mark.parametrize("make", UNCHANGED, ids=lambda make: make.__name__)
def test_every_answer_ends_in_the_right_state_m(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    make: Callable[[Site], None],
    answer: Callable[[Site], None],
    again: int,
) -> None:
    if (make, answer) in IMPOSSIBLE or (again > 1 and answer in (dashboard_all, dashboard_part)):
        return  # another refund is other money
    site = Site(client, fake, provider, held)
    make(site)
    for _ in range(again):
        answer(site)
    assert found(held) == CHANGED.get((make, answer), UNCHANGED[make])
    texts = [m.text for m in audit(held.event) if "its money is gone" not in m.text]
    assert texts == []


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.__name__)
def test_money_that_is_due_is_given_back_whatever_was_answered_before_m(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    clock: Clock,
    answer: Callable[[Site], None],
) -> None:
    """Unless a bank has it. In three days no more than came has gone back."""
    site = Site(client, fake, provider, held)
    make_under_way(site)
    answer(site)
    for _ in range(3):
        clock.shift(timedelta(days=1, minutes=1))
        site.give_back()
    status = "refund_due" if answer is disputed else "refunded"
    assert Payment.objects.get().status == status
    given = sum(r["amount"] for r in fake.refunds.values() if r["status"] == "succeeded")
    assert given == (0 if answer in (disputed, lost) else 1500)
