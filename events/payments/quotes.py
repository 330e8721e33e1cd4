"""Previews of what comes back if registrations are cancelled, as `places.cancel` does it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from events.access.pricing import Price
from events.models import Payment, Registration


@dataclass(frozen=True, slots=True)
class Quote:
    """Say what giving a place up does: money that comes back, and workshops that fall with it.

    `has_price`: something of it costs money. `is_unpaid`: nothing of it has a confirmed place, so
    nobody has paid for it. Amounts are in the currency's minor unit.
    """

    amount: int
    currency: str
    has_price: bool = False
    is_unpaid: bool = False
    workshops: int = 0


def quotes(registrations: Sequence[Registration], now: datetime) -> dict[int, Quote]:
    """Return what happens by the policy if the person cancels now, by registration.

    `registrations` must be all active ones of one person, so that what falls together is counted.
    """
    back = [r.pk for r in registrations if r.amount and r.gets_money_back(now)]
    paid = Payment.objects.paid().filter(registration__in=back) if back else Payment.objects.none()
    paid = paid.prefetch_related("refunds", "disputes")
    amounts = {payment.registration_id: payment.left for payment in paid}
    return {
        r.pk: _quote(r, [other for other in registrations if other.falls_with(r)], amounts)
        for r in registrations
    }


def _quote(
    registration: Registration, falling: Sequence[Registration], amounts: Mapping[int, int]
) -> Quote:
    priced = [other for other in falling if other.amount]
    return Quote(
        amount=sum(amounts.get(other.pk, 0) for other in falling),
        currency=registration.currency,
        has_price=bool(priced),
        is_unpaid=not any(other.status == Registration.Status.CONFIRMED for other in priced),
        workshops=sum(other.pk != registration.pk for other in falling),
    )


def quote(registration: Registration) -> Quote:
    q = Registration.objects.active().filter(attendee=registration.attendee_id)
    held = list(q.filter(event=registration.event_id))
    found = quotes(held, timezone.now())
    return found.get(registration.pk, Quote(0, registration.currency))


def quotes_in_full(registrations: Sequence[Registration]) -> dict[int, list[Price]]:
    """Return what comes back if organizers cancel each of these now: a sum for each currency."""
    active = [r for r in registrations if r.is_active]
    held = Registration.objects.active().filter(
        event__in={r.event_id for r in active}, attendee__in={r.attendee_id for r in active}
    )
    q = Payment.objects.paid().filter(registration__in=held).select_related("registration")
    paid = list(q.prefetch_related("refunds", "disputes"))
    none: dict[int, list[Price]] = {r.pk: [] for r in registrations}
    return none | {r.pk: _sums(p for p in paid if p.registration.falls_with(r)) for r in active}


def _sums(payments: Iterable[Payment]) -> list[Price]:
    sums = Counter[str]()
    for payment in payments:
        sums[payment.currency] += payment.left
    return [Price(amount, currency) for currency, amount in sorted(sums.items())]
