"""Money that `audit` misses; made, as in `test_audit`, behind the site's back."""

import pytest
from django.db import IntegrityError, transaction

from events import places
from events.audit import Books
from events.audit.money import paid_means_paid
from events.messages import texts
from events.models import Payment, Refund, Registration
from events.payments import ledger, refunds
from events.payments.providers import manual
from events.places import event_edits
from tests.factories import NOON, make_attendee, make_event, make_organizer
from tests.lines import register

from .test_audit import Event, found, mismatch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


# --- 6: what was paid --------------------------------------------------------------------------


def paid_place() -> tuple[Event, Registration]:
    event = make_event(price=500)
    registration = register(make_attendee(), event)
    manual.mark_paid(registration=registration, by=make_organizer())
    return event, registration


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"status": "refund_due", "problem": "late"}, "paid nothing, owed [(500, 'EUR')]"),
        ({"status": "open"}, "paid nothing, owed [(500, 'EUR')]"),
        ({"amount": 499}, "paid [(499, 'EUR')], owed [(500, 'EUR')]"),
        ({"currency": "JPY"}, "paid [(500, 'JPY')], owed [(500, 'EUR')]"),
    ],
)
def test_place_that_was_not_paid_for_is_found(values: dict[str, object], text: str) -> None:
    event, registration = paid_place()
    assert found(event) == []
    Payment.objects.update(**values)
    assert found(event) == mismatch(6, event, registration.code, text)


def test_place_that_was_paid_for_twice_is_found() -> None:
    """The database refuses to store that, so it is shown to the check itself."""
    event, registration = paid_place()
    twice = manual.mark_paid(registration=registration, by=make_organizer())
    assert found(event) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.update(status="paid")
    twice.status = "paid"
    first = Payment.objects.get(status="paid")
    books = Books(event, NOON, [event], [registration], {registration.pk: [first, twice]}, {})
    registration.status = "confirmed"
    text = "paid [(500, 'EUR'), (500, 'EUR')], owed [(500, 'EUR')]"
    assert list(paid_means_paid(books)) == mismatch(6, event, registration.code, text)


def keep_money() -> None:
    Payment.objects.update(status="paid", problem="")


def test_money_kept_for_a_place_cancelled_in_time_is_found() -> None:
    event, registration = paid_place()
    places.cancel(registration=registration, in_full=False)
    assert found(event) == []
    keep_money()
    text = "paid [(500, 'EUR')], owed nothing"
    assert found(event) == mismatch(6, event, registration.code, text)


def test_money_kept_by_the_policy_must_be_the_amount() -> None:
    event, registration = paid_place()
    Registration.objects.update(refund_until=None)
    places.cancel(registration=registration, in_full=False)
    assert (Payment.objects.get().status, found(event)) == ("paid", [])
    Payment.objects.update(amount=400)
    text = "paid [(400, 'EUR')], owed nothing"
    assert found(event) == mismatch(6, event, registration.code, text)


@pytest.mark.parametrize("ended", ["expired", "waitlisted", "awaiting_payment"])
def test_money_kept_for_no_place_is_found(ended: str) -> None:
    """The policy keeps money of people who cancelled, and of nobody else."""
    event, registration = paid_place()
    times = {"ended_at": NOON, "waitlisted_at": NOON, "taken_at": NOON}
    Registration.objects.update(status=ended, refund_until=None, **times)
    for tell in (texts.hold_lapsed, texts.waitlisted):
        tell(registration)
    Event.objects.update(has_waitlist=True, capacity=0, capacity_lowered_at=NOON)
    text = "paid [(500, 'EUR')], owed nothing"
    assert found(event) == mismatch(6, event, registration.code, text)


def cancelled_event() -> tuple[Event, Registration]:
    event, registration = paid_place()
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        Event.objects.update(status="cancelled")
        event_edits.follow_up(before)
    return event, registration


def test_money_kept_by_a_cancelled_event_is_found() -> None:
    event, registration = cancelled_event()
    assert found(event) == []
    keep_money()
    assert found(event) == [
        *mismatch(6, event, registration.code, "paid [(500, 'EUR')], owed nothing"),
        *mismatch(6, event, registration.code, NO_WAY_BACK),
    ]


def test_money_that_a_cancelled_event_lost_is_found() -> None:
    event, registration = cancelled_event()
    Payment.objects.update(amount=499)
    assert found(event) == mismatch(6, event, registration.code, NO_WAY_BACK)


NO_WAY_BACK = "the event is cancelled, and its money does not go back"


# --- 6: where it is from -----------------------------------------------------------------------


def test_money_that_nobody_recorded_is_found() -> None:
    event, registration = paid_place()
    Payment.objects.update(recorded_by=None)
    text = f"payment {Payment.objects.get().pk} names nobody who recorded it"
    assert found(event) == mismatch(6, event, registration.code, text)


def test_money_without_a_name_at_the_provider_is_found() -> None:
    event, registration = paid_place()
    Payment.objects.update(provider="stripe", intent="pi_1")
    assert found(event) == []
    Payment.objects.update(intent="")
    text = f"payment {Payment.objects.get().pk} has no name at stripe"
    assert found(event) == mismatch(6, event, registration.code, text)


def test_payment_that_is_only_asked_for_needs_no_name() -> None:
    event = make_event(price=500)
    ledger.ask(registration=register(make_attendee(), event), provider="stripe")
    assert found(event) == []
    Payment.objects.update(status="failed")
    assert found(event) == []


# --- 6: what went back -------------------------------------------------------------------------


def given_back() -> tuple[Event, Registration, Payment]:
    event, registration = paid_place()
    payment = Payment.objects.get()
    places.cancel(registration=registration, in_full=False)
    refunds.record_given_back(payment=payment, by=make_organizer())
    return event, registration, payment


def test_money_that_went_back_is_in_order() -> None:
    event, _registration, payment = given_back()
    assert found(event) == []
    finished = {"status": "failed", "finished_at": NOON, "created_at": NOON}
    payment.refunds.create(key="before", amount=500, currency="EUR", **finished)
    assert found(event) == []


@pytest.mark.parametrize(
    ("values", "text", "held"),
    [
        ({"status": "failed"}, "is refunded, and nothing went back", 500),
        ({"amount": 499}, "is refunded, and [(499, 'EUR')] went back", 1),
    ],
)
def test_refund_of_another_amount_is_found(values: dict[str, object], text: str, held: int) -> None:
    event, registration, payment = given_back()
    Refund.objects.update(**values)
    assert found(event) == [
        *mismatch(6, event, registration.code, f"payment {payment.pk} {text}"),
        *mismatch(6, event, event.slug, f"holds {held} EUR, the totals say 0"),
    ]


def test_refund_of_more_than_came_is_found() -> None:
    event, registration, payment = given_back()
    Refund.objects.update(amount=501)
    text = f"payment {payment.pk} is refunded, and [(501, 'EUR')] went back"
    more = f"payment {payment.pk} of 500 gave more back than came"
    assert found(event) == [
        *mismatch(6, event, registration.code, text),
        *mismatch(6, event, registration.code, more),
        *mismatch(6, event, event.slug, "holds -1 EUR, the totals say 0"),
    ]


def test_refund_in_another_currency_is_found() -> None:
    event, registration, payment = given_back()
    Refund.objects.update(currency="JPY")
    text = f"payment {payment.pk} is refunded, and [(500, 'JPY')] went back"
    assert found(event) == [
        *mismatch(6, event, registration.code, text),
        *mismatch(6, event, event.slug, "holds 500 EUR, the totals say 0"),
        *mismatch(6, event, event.slug, "holds -500 JPY, the totals say 0"),
    ]


def test_refund_of_which_the_payment_knows_nothing_is_found() -> None:
    event, registration, payment = given_back()
    Payment.objects.update(status="refund_due")
    text = f"payment {payment.pk} is refund_due, and [(500, 'EUR')] went back"
    assert found(event) == mismatch(6, event, registration.code, text)


@pytest.mark.parametrize("status", ["open", "failed"])
def test_refund_of_what_never_came_is_found(status: str) -> None:
    event, registration, payment = given_back()
    Refund.objects.update(status="failed")
    Payment.objects.update(status=status)
    text = f"payment {payment.pk} is {status}, and has refunds"
    assert found(event) == mismatch(6, event, registration.code, text)


def test_refund_under_way_of_what_stays_is_found() -> None:
    event, registration = paid_place()
    payment = Payment.objects.get()
    Payment.objects.update(status="refund_due", problem="late")
    refunds.request(payment=payment)
    Payment.objects.update(status="paid", problem="")
    text = f"payment {payment.pk} is paid, and is being given back"
    assert found(event) == mismatch(6, event, registration.code, text)
