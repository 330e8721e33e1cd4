"""A payment at the stand-in of Stripe, what it tells about it, and what the books say then."""

import itertools
from typing import Any

from django.test import Client

from events.audit import audit
from events.models import Notice, Payment, Registration
from events.payments.totals import totals
from tests.factories import NOON
from tests.fake_stripe import FakeStripe, event, signed

SECOND = int(NOON.timestamp())
GONE = "its money is gone (returned), and nobody has decided about the place"
numbers = itertools.count(100)


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


def dispute(fake: FakeStripe, status: str = "needs_response", **changes: Any) -> dict[str, Any]:
    return fake.dispute("cs_test_1", status, **changes)
