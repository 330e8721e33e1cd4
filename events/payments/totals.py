"""The money of one event, summed up from the rows."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from events.models import Event, Payment, Registration
from events.models.payment import PaymentQuerySet

Status = Payment.Status


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts in minor units of one currency.

    `due` was asked for and has not come, `paid` came and stays, `to_refund` came and goes back,
    `refunded` has gone back. `held` is what we have at the moment.
    """

    currency: str
    due: int = 0
    paid: int = 0
    to_refund: int = 0
    refunded: int = 0

    @property
    def held(self) -> int:
        return self.paid + self.to_refund


def totals(event: Event) -> list[Totals]:
    """Return the totals for each currency that the event has ever used, its own first."""
    due = _sums_of_due(event)
    received = _sums_of_payments(event)
    others = {currency for currency, _status in received} | due.keys()
    currencies = [event.currency, *sorted(others - {event.currency})]
    return [
        Totals(
            currency,
            due=due.get(currency, 0),
            paid=received.get((currency, Status.PAID), 0),
            to_refund=received.get((currency, Status.REFUND_DUE), 0),
            refunded=received.get((currency, Status.REFUNDED), 0),
        )
        for currency in currencies
    ]


def _sums_of_due(event: Event) -> dict[str, int]:
    if event.is_cancelled:
        return {}  # nobody can pay for it
    held = Registration.objects.filter(
        event=event,
        status=Registration.Status.AWAITING_PAYMENT,
        hold_until__gt=timezone.now(),
    )
    return dict(held.order_by().values_list("currency").annotate(Sum("amount")))


def _sums_of_payments(event: Event) -> dict[tuple[str, str], int]:
    rows = Payment.objects.filter(registration__event=event).order_by()
    sums = rows.values_list("currency", "status").annotate(Sum("amount"))
    return {(currency, status): amount for currency, status, amount in sums}


def payments_of(event: Event) -> PaymentQuerySet:
    q = Payment.objects.filter(registration__event=event).order_by("created_at", "pk")
    return q.select_related("registration__attendee__user", "registration__workshop", "recorded_by")
