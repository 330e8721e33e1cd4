"""The money of one event, summed up from the rows."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from events.models import Dispute, Event, Payment, Refund, Registration
from events.models.payment import PaymentQuerySet

Status = Payment.Status
#: Statuses of payments of which something is left.
HERE = (Status.PAID, Status.REFUND_DUE)


@dataclass(frozen=True, slots=True)
class Totals:
    """Amounts in minor units of one currency.

    `due` was asked for and has not come, `paid` came and stays, `to_refund` came and goes back,
    `refunded` has gone back, by a lost dispute too. `disputed` is what banks have taken for now, of
    `paid` and `to_refund`. `held` is what we have at the moment.
    """

    currency: str
    due: int = 0
    paid: int = 0
    to_refund: int = 0
    refunded: int = 0
    disputed: int = 0

    @property
    def held(self) -> int:
        return self.paid + self.to_refund - self.disputed


def totals(event: Event) -> list[Totals]:
    """Return the totals for each currency that the event has ever used, its own first."""
    due = _sums_of_due(event)
    came = _sums_of_payments(event)
    gone = _sums_of_what_went_back(event)
    disputed = _sums_of_disputes(event)
    others = {currency for currency, _status in came} | due.keys()
    currencies = [event.currency, *sorted(others - {event.currency})]
    return [
        Totals(
            currency,
            due=due.get(currency, 0),
            paid=came[currency, Status.PAID] - gone[currency, Status.PAID],
            to_refund=came[currency, Status.REFUND_DUE] - gone[currency, Status.REFUND_DUE],
            refunded=came[currency, Status.REFUNDED] + sum(gone[currency, s] for s in HERE),
            disputed=disputed[currency],
        )
        for currency in currencies
    ]


def _sums_of_due(event: Event) -> dict[str, int]:
    if not event.is_published:
        return {}  # nobody can pay for it
    held = Registration.objects.filter(
        event=event,
        status=Registration.Status.AWAITING_PAYMENT,
        hold_until__gt=timezone.now(),
    )
    return dict(held.order_by().values_list("currency").annotate(Sum("amount")))


def _sums_of_payments(event: Event) -> Counter[tuple[str, str]]:
    rows = Payment.objects.filter(registration__event=event).order_by()
    sums = rows.values_list("currency", "status").annotate(Sum("amount"))
    return Counter({(currency, status): amount for currency, status, amount in sums})


def _sums_of_what_went_back(event: Event) -> Counter[tuple[str, str]]:
    """Sum up refunds and lost disputes, by currency and the status of their payments."""
    mine = {"payment__registration__event": event}
    gone = Counter[tuple[str, str]]()
    for rows in (
        Refund.objects.filter(status=Refund.Status.DONE, **mine),
        Dispute.objects.filter(status=Dispute.Status.LOST, **mine),
    ):
        sums = rows.order_by().values_list("payment__currency", "payment__status")
        for currency, status, amount in sums.annotate(Sum("amount")):
            gone[currency, status] += amount
    return gone


def _sums_of_disputes(event: Event) -> Counter[str]:
    """Sum up what banks have taken for now, never more than is left of a payment."""
    taken = Counter[str]()
    q = Payment.objects.filter(registration__event=event, disputes__status=Dispute.Status.OPEN)
    q = q.exclude(status=Status.REFUNDED).order_by("pk").distinct()
    for payment in q.prefetch_related("refunds", "disputes"):
        taken[payment.currency] += payment.disputed
    return taken


def payments_of(event: Event) -> PaymentQuerySet:
    q = Payment.objects.filter(registration__event=event).order_by("created_at", "pk")
    q = q.select_related("registration__attendee__user", "registration__workshop", "recorded_by")
    return q.prefetch_related("refunds", "disputes")
