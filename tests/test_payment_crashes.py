"""A process is killed between each two steps of paying and of giving back, and the rest goes on.

What is done afterwards is what happens by itself or by hand at a real site: people press again, the
provider tells again, housekeeping comes round, somebody runs `manage.py payments`. Whichever it is,
the money came once and went back once, by the provider's own account.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from events import housekeeping, places
from events.audit import audit
from events.models import Payment, Refund, Registration
from events.payments import checkout
from events.payments.providers.stripe import StripeProvider
from tests import crashes
from tests.crashes import Crasher, crasher
from tests.events.payments.conftest import fake, held, provider
from tests.fake_stripe import FakeStripe, signed
from tests.lines import status

__all__ = ["crasher", "fake", "held", "provider"]

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

Crash = Callable[..., None]


@pytest.fixture
def crash(crasher: Crasher, fake: FakeStripe) -> Crash:
    """Do something with the provider in a process of its own, which has to die at the point."""
    return partial(crashes.crash, crasher, stripe=fake.url)


def state(registration: Registration, fake: FakeStripe) -> tuple[object, ...]:
    """The place, its payments, and what Stripe knows: checkouts, and amounts given back."""
    payments = Payment.objects.order_by("pk").values_list("status", flat=True)
    given = [refund["amount"] for refund in fake.refunds.values()]
    return status(registration), list(payments), len(fake.sessions), given


def assert_all_is_well(registration: Registration) -> None:
    assert audit(registration.event, timezone.now()) == []


# --- Paying ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "checkouts"), [("asked", 0), ("checkout made", 1), ("checkout noted", 1)]
)
def test_button_pressed_again_leads_to_the_same_checkout(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    crash: Crash,
    point: str,
    checkouts: int,
) -> None:
    crash(point, "pay", registration=held.pk)
    assert state(held, fake) == ("awaiting_payment", ["open"], checkouts, [])

    address = checkout.start(registration=held, provider=provider)
    assert address == fake.sessions["cs_test_1"]["url"]
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    assert state(held, fake) == ("confirmed", ["paid"], 1, [])
    assert_all_is_well(held)


def tell_again(client: Client, told: object) -> None:
    for _ in range(2):
        assert client.post("/payments/stripe/", **signed(told)).status_code == 200


def replay(_client: Client, _told: object) -> None:
    call_command("payments", "replay", stdout=StringIO())


def reconcile(_client: Client, _told: object) -> None:
    call_command("payments", "reconcile", stdout=StringIO())


BEFORE, AFTER = ("awaiting_payment", ["open"], 1, []), ("confirmed", ["paid"], 1, [])


@pytest.mark.parametrize(
    ("point", "found", "recover"),
    [
        ("notice arrived", BEFORE, tell_again),
        ("notice arrived", BEFORE, reconcile),
        ("notice written", BEFORE, tell_again),
        ("notice written", BEFORE, replay),
        ("notice written", BEFORE, reconcile),
        ("place confirmed, not committed", BEFORE, tell_again),
        ("place confirmed, not committed", BEFORE, replay),
        ("money noted", AFTER, tell_again),
        ("money noted", AFTER, replay),
        ("notice processed", AFTER, tell_again),
        ("notice processed", AFTER, reconcile),
    ],
)
def test_notice_whose_process_was_killed_is_acted_on_once(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    crash: Crash,
    point: str,
    found: tuple[object, ...],
    recover: Callable[[Client, object], None],
) -> None:
    checkout.start(registration=held, provider=provider)
    told = fake.pay("cs_test_1")
    request = signed(told)
    crash(point, "hear", body=request["data"], headers=request["headers"])
    assert state(held, fake) == found

    recover(client, told)
    assert state(held, fake) == AFTER
    tell_again(client, told)
    assert state(held, fake) == AFTER
    assert_all_is_well(held)


# --- Giving back -------------------------------------------------------------------------------


def keep_house() -> None:
    """A round at once, and one when everything may be asked about again."""
    housekeeping.run()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        housekeeping.run()


def reconcile_refunds() -> None:
    call_command("payments", "reconcile", stdout=StringIO())
    housekeeping.run()


@pytest.mark.parametrize(
    ("point", "attempts", "given", "recover"),
    [
        ("cancelled", [], [], keep_house),
        ("refund requested", ["open"], [], keep_house),
        ("refund requested", ["open"], [], reconcile_refunds),
        ("refund claimed", ["open"], [], keep_house),
        ("refund made", ["open"], [1500], keep_house),
        ("refund made", ["open"], [1500], reconcile_refunds),
        ("refund noted, not committed", ["open"], [1500], keep_house),
        ("refund noted", ["done"], [1500], keep_house),
    ],
)
def test_money_goes_back_once_whenever_the_process_is_killed(
    client: Client,
    fake: FakeStripe,
    provider: StripeProvider,
    held: Registration,
    crash: Crash,
    point: str,
    attempts: list[str],
    given: list[int],
    recover: Callable[[], None],
) -> None:
    checkout.start(registration=held, provider=provider)
    client.post("/payments/stripe/", **signed(fake.pay("cs_test_1")))
    if point == "cancelled":
        crash(point, "cancel", registration=held.pk)
    else:
        places.cancel(registration=held, in_full=False)
        crash(point, "give_back")
    due = "refunded" if attempts == ["done"] else "refund_due"
    assert state(held, fake) == ("cancelled", [due], 1, given)
    assert list(Refund.objects.values_list("status", flat=True)) == attempts

    recover()
    assert state(held, fake) == ("cancelled", ["refunded"], 1, [1500])
    assert list(Refund.objects.values_list("status", flat=True)) == ["done"]
    assert_all_is_well(held)
