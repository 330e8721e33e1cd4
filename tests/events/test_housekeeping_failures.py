"""One item that fails never stops the round for the others."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import DatabaseError, OperationalError, connection

from events import housekeeping, places
from events.messages import claims, password_reset
from events.models import Attendee, Event, Notice, Payment, Refund, Registration
from events.payments import ledger, providers, reconcile, refunds, sandbox_page, webhooks
from events.payments.providers.base import ProviderAway
from tests.factories import NOON, make_attendee, make_event, make_local_attendee, make_user
from tests.lines import register, status
from tests.place_modules import cancel, settle
from tests.provider_in_memory import MemoryProvider

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
ERRORS = [ValueError("odd row"), DatabaseError("odd row"), OperationalError("lock timeout")]


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MemoryProvider:
    provider = MemoryProvider()
    monkeypatch.setattr(providers, "available", lambda: [provider])
    return provider


def break_for(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, error: Exception) -> None:
    """Make a step fail for the first row that it is asked about, each time."""
    act = getattr(module, name)
    broken: list[list[object]] = []

    def sometimes(*args: Any, **kwargs: Any) -> Any:
        about = [getattr(one, "pk", one) for one in (*args, *kwargs.values())]
        if not broken:
            broken.append(about)
        if about == broken[0]:
            raise error
        return act(*args, **kwargs)

    monkeypatch.setattr(module, name, sometimes)


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_closed_account_that_cannot_be_released_stops_nothing_p(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], error: Exception
) -> None:
    event = make_event()
    closed = [register(make_attendee(), event) for _ in range(2)]
    User.objects.filter(attendee__in=[r.attendee for r in closed]).update(is_active=False)
    user = make_user(email="ada@example.org")
    register(make_attendee(user=user, email_confirmed_at=NOON), event)
    break_for(monkeypatch, cancel, "_release_at", error)
    done = housekeeping.run()
    assert (done.released, done.mail.sent) == (1, 1)
    assert sorted(status(r) for r in closed) == ["cancelled", "confirmed"]


def test_event_that_cannot_be_released_keeps_no_other_event_of_the_person_p(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    attendee = make_attendee()
    held = [register(attendee, make_event()) for _ in range(2)]
    User.objects.filter(attendee=attendee).update(is_active=False)
    break_for(monkeypatch, cancel, "_release_at", ValueError("odd row"))
    housekeeping.run()
    assert [status(r) for r in held] == ["confirmed", "cancelled"]
    with pytest.raises(ValueError, match="odd row"):
        places.release(attendee=Attendee.objects.get(pk=attendee.pk))


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_event_that_cannot_be_settled_stops_nothing_p(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, error: Exception
) -> None:
    held = [register(make_attendee(), make_event(price=500)) for _ in range(2)]
    clock.shift(timedelta(hours=1))
    break_for(monkeypatch, places, "settle", error)
    housekeeping.run()
    assert [status(r) for r in held] == ["awaiting_payment", "expired"]


def test_event_whose_lock_is_not_to_be_had_fails_no_sign_in_p(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waiting = make_attendee()
    for _ in range(2):
        event = make_event(capacity=0)
        register(waiting, event)
        Event.objects.filter(pk=event.pk).update(capacity=1)
    break_for(monkeypatch, settle, "settle", OperationalError("lock timeout"))
    assert places.settle_waited_for(attendee=waiting) == 1
    monkeypatch.undo()
    assert housekeeping.run().moved_up == 1


def due(number: int) -> list[Registration]:
    """Places that were paid for at the provider and cancelled."""
    held = [register(make_attendee(), make_event(price=500)) for _ in range(number)]
    for registration in held:
        payment = ledger.ask(registration=registration, provider="memory")
        ledger.save_reference(payment, f"checkout-{payment.key}")
        ledger.receive(payment=payment, amount=500, currency="EUR", intent=f"pi-{payment.pk}")
        places.cancel(registration=registration, in_full=True)
    return held


@pytest.mark.parametrize("error", ERRORS, ids=repr)
@pytest.mark.parametrize(
    ("module", "name", "sent"),
    [
        (password_reset, "_answer", ["door@example.org", "bo@example.org"]),
        (claims, "claim", ["ada@example.org", "bo@example.org"]),
        (claims, "note_sent", ["door@example.org", "ada@example.org", "bo@example.org"]),
    ],
)
def test_message_that_fails_stops_no_other_p(
    monkeypatch: pytest.MonkeyPatch,
    mailoutbox: list[EmailMessage],
    error: Exception,
    module: Any,
    name: str,
    sent: list[str],
) -> None:
    user = make_user(email="door@example.org")
    register(make_attendee(user=user, email_confirmed_at=NOON), make_event())
    for person in ("ada", "bo"):
        make_local_attendee(user=make_user(email=f"{person}@example.org", password="secret"))
        password_reset.request(f"{person}@example.org")
    break_for(monkeypatch, module, name, error)
    housekeeping.run()
    assert [mail.to for mail in mailoutbox] == [[address] for address in sent]


@pytest.mark.parametrize("error", [*ERRORS, ProviderAway()], ids=repr)
def test_refund_that_fails_stops_no_other_p(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryProvider, error: Exception
) -> None:
    due(3)
    break_for(monkeypatch, memory, "refund", error)
    assert housekeeping.run().refunds.done == 2


def test_refund_that_cannot_be_begun_stops_no_other_p(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryProvider
) -> None:
    due(3)
    break_for(monkeypatch, refunds, "request", ValueError("odd row"))
    assert housekeeping.run().refunds.done == 2


@pytest.mark.parametrize("name", ["request", "finish"])
@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_refund_that_cannot_be_handed_over_stops_no_other_p(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryProvider, error: Exception, name: str
) -> None:
    due(3)
    memory.name = "gone"
    break_for(monkeypatch, refunds, name, error)
    housekeeping.run()
    assert Refund.objects.filter(error="provider_gone").count() == 2


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_late_notice_that_fails_stops_no_other_p(
    monkeypatch: pytest.MonkeyPatch, clock: Clock, error: Exception
) -> None:
    for _ in range(3):
        held = register(make_attendee(), make_event(price=500))
        sandbox_page.pay_late(ledger.ask(registration=held, provider="sandbox"))
    clock.shift(timedelta(hours=1))
    break_for(monkeypatch, webhooks, "process", error)
    housekeeping.run()
    assert Notice.objects.filter(processed_at=None).count() == 1


@pytest.mark.parametrize("error", [*ERRORS, ProviderAway()], ids=repr)
def test_checkout_that_cannot_be_closed_stops_no_other_p(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryProvider, clock: Clock, error: Exception
) -> None:
    for _ in range(3):
        payment = ledger.ask(
            registration=register(make_attendee(), make_event(price=500)), provider="memory"
        )
        ledger.save_reference(payment, f"checkout-{payment.key}")
    clock.shift(timedelta(hours=1))
    break_for(monkeypatch, memory, "close_checkout", error)
    housekeeping.run()
    assert sorted(Payment.objects.values_list("status", flat=True)) == ["failed", "failed", "open"]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        (reconcile, "close_lost"),
        (refunds, "run"),
        (housekeeping.sandbox_page, "deliver_late"),
        (housekeeping.retention, "purge_facts"),
    ],
)
def test_step_that_fails_as_a_whole_stops_no_other_step_p(
    monkeypatch: pytest.MonkeyPatch,
    memory: MemoryProvider,
    mailoutbox: list[EmailMessage],
    module: Any,
    name: str,
) -> None:
    user = make_user(email="ada@example.org")
    register(make_attendee(user=user, email_confirmed_at=NOON), make_event())

    def fail(*_args: object) -> None:
        raise ValueError(name)

    monkeypatch.setattr(module, name, fail)
    assert housekeeping.run().mail.sent == 1


def test_provider_that_is_down_is_not_asked_about_everything_p(
    monkeypatch: pytest.MonkeyPatch, memory: MemoryProvider
) -> None:
    """Each question waits for ten seconds; after three the rest has to wait for the next round."""
    due(9)
    asked: list[object] = []

    def be_silent(refund: object) -> None:
        asked.append(refund)
        raise ProviderAway

    monkeypatch.setattr(memory, "refund", be_silent)
    assert (housekeeping.run().refunds.open, len(asked)) == (9, 3)


def test_database_that_is_gone_ends_the_round_p(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody else could be served either."""
    for _ in range(2):
        register(make_attendee(), make_event(price=500, capacity=1))
    Event.objects.update(draw_at=NOON - timedelta(hours=1))
    break_for(monkeypatch, places, "settle", OperationalError("gone"))
    monkeypatch.setattr(connection, "is_usable", lambda: False)
    with pytest.raises(OperationalError, match="gone"):
        housekeeping.run()
