"""Paying, what became of the money, and the receipt."""

from collections.abc import Iterator

from django.utils import timezone

from events.models import Payment, Refund, Registration
from events.payments import ledger
from events.payments.providers import manual
from tests.factories import make_attendee, make_event, make_organizer

from .state import HOUR, State, place_of, take

HOW = "IBAN DE00 1234\nor a coffee for the host"


def of_paying() -> Iterator[State]:
    told = _held(payment_instructions=HOW)
    yield _state("pay", told, "pay/", "Name this code")
    yield _state("place-held", told, "", "Pay first")
    address = told.event.get_absolute_url()
    yield State("event-mine-held", address, "Pay €5.00", told.attendee.user)
    yield _state("pay-untold", _held(), "pay/", "will tell you how to pay")
    paid = _paid()
    yield _state("pay-nothing", paid, "pay/", "There is nothing to pay")
    yield _state("place-paid", paid, "", "Your money")
    yield _state("receipt", paid, "receipt/", "To keep it, print")


def of_coming_back() -> Iterator[State]:
    """The page behind the provider's, by what is known of the payment."""
    pending = _held()
    ledger.ask(registration=pending, provider="sandbox")
    yield _state("back-pending", pending, "paid/?looks=1", "This page loads again by itself")
    yield _state("back-silent", pending, "paid/?looks=20", "has stopped asking")
    failed = _held()
    ledger.fail(payment=ledger.ask(registration=failed, provider="sandbox"))
    yield _state("back-failed", failed, "paid/", "you can try again")
    yield _state("back-untried", _held(), "paid/", "Please pay")
    wrong = _held()
    _come(wrong, 400)
    yield _state("back-wrong-sum", wrong, "paid/", "€4.00 came, but €5.00 was agreed")
    yield _state("pay-wrong-sum", wrong, "pay/", "goes back to you")


def of_money_that_goes_back() -> Iterator[State]:
    late = _held(capacity=1)
    Registration.objects.filter(pk=late.pk).update(hold_until=timezone.now() - HOUR)
    take(make_attendee(), late.event)  # the place is gone when the money comes
    ledger.receive(payment=_asked(late), amount=500, currency="EUR")
    yield _state("place-late", late, "", "It came too late for the place")
    yield _state("receipt-late", late, "receipt/", "Still goes back to you")
    back = _paid()
    payment = Payment.objects.get(registration=back)
    _give_back(payment)
    yield _state("place-given-back", back, "", "€5.00 was given back")
    yield _state("receipt-given-back", back, "receipt/", "Given back")


def of_demo_payments() -> Iterator[State]:
    """With a provider that has a page of its own."""
    held = _held()
    yield _state("demo-pay", held, "pay/", "We never see your card", is_demo=True)
    user, own = held.attendee.user, place_of(held, "pay/")
    yield State("demo-checkout", own, "no real money", user, "Pay €5.00", is_demo=True)
    tiny = _held(price=1)
    yield State(
        *("demo-refused", place_of(tiny, "pay/"), "cannot charge this sum", tiny.attendee.user),
        *("Pay €0.01", {}, 502),
        is_demo=True,
    )


# --- Rows ----------------------------------------------------------------------------------------


def _held(**fields: object) -> Registration:
    event = make_event(**{"title": "Lantern walk", "price": 500} | fields)
    return take(make_attendee(), event)


def _paid() -> Registration:
    paid = _held(refund_days=0)
    manual.mark_paid(registration=paid, by=make_organizer())
    return paid


def _asked(held: Registration) -> Payment:
    """Return the payment that was asked for before the time was over."""
    return Payment.objects.create(
        registration=held,
        provider="sandbox",
        amount=500,
        currency="EUR",
        status=Payment.Status.OPEN,
        created_at=timezone.now(),
    )


def _come(held: Registration, amount: int) -> None:
    ledger.receive(payment=_asked(held), amount=amount, currency="EUR")


def _give_back(payment: Payment) -> None:
    now = timezone.now()
    Payment.objects.filter(pk=payment.pk).update(
        status=Payment.Status.REFUNDED, problem=Payment.Problem.CANCELLED
    )
    Refund.objects.create(
        payment=payment,
        key=f"back-{payment.pk}",
        amount=payment.amount,
        currency=payment.currency,
        status=Refund.Status.DONE,
        created_at=now,
        finished_at=now,
    )


def _state(name: str, mine: Registration, page: str, says: str, *, is_demo: bool = False) -> State:
    return State(name, place_of(mine, page), says, mine.attendee.user, is_demo=is_demo)
