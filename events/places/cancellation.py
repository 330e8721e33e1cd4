"""Say before an event is cancelled what that would cost: messages that go out, money that goes
back.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from events.models import Event, Payment


@dataclass(frozen=True, slots=True)
class Cost:
    """People who would hear of it, payments that would go back, and their sums by currency."""

    people: int
    payments: int
    sums: tuple[tuple[str, int], ...]
    is_over: bool

    @property
    def token(self) -> str:
        """Name exactly this cost, so that a confirmation of another one does not count."""
        sums = "+".join(f"{amount}{currency}" for currency, amount in self.sums)
        return f"{self.people}-{self.payments}-{sums}"


def cost_of_cancelling(event: Event, now: datetime) -> Cost:
    coming = event.registrations.active()
    paid = Payment.objects.paid().filter(registration__in=coming)
    counted = list(
        paid.order_by("currency")
        .values_list("currency")
        .annotate(total=Sum("amount"), number=Count("pk"))
    )
    sums = Counter({currency: total for currency, total, _number in counted})
    is_over = event.has_ended(now)
    told = paid.values("registration__attendee") if is_over else coming.filter(workshop=None)
    return Cost(
        people=told.distinct().count(),
        payments=sum(number for _currency, _total, number in counted),
        sums=tuple(sorted(sums.items())),
        is_over=is_over,
    )
