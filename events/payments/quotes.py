"""What organizers are asked about money, and what their decisions give back."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q

from events.access.pricing import Price
from events.models import Event, Payment, Refund, Registration
from events.models.payment import PaymentQuerySet

from .providers import manual


def undecided(payments: PaymentQuerySet) -> PaymentQuerySet:
    """Those that go back and stay where they are until a person does something: decides, looks
    after an attempt that failed, or gives the money back by hand.
    """
    attempts = Refund.objects.filter(payment=OuterRef("pk"))
    under_way = attempts.filter(status__in=[Refund.Status.OPEN, Refund.Status.DONE])
    failed = attempts.filter(status=Refund.Status.FAILED)
    is_for_a_person = (
        ~Q(problem__in=Payment.AUTOMATIC) | Q(provider=manual.PROVIDER) | Exists(failed)
    )
    return payments.to_refund().filter(is_for_a_person, ~Exists(under_way))


def is_given_back(event: Event) -> bool:
    """Whether money went back, or is on its way, because the event does not take place."""
    back = [Payment.Status.REFUND_DUE, Payment.Status.REFUNDED]
    q = Payment.objects.filter(registration__event=event, status__in=back)
    return q.filter(problem=Payment.Problem.EVENT_CANCELLED).exists()


def quotes_in_full(registrations: Sequence[Registration]) -> dict[int, list[Price]]:
    """What comes back if organizers cancel these now, by registration and for each currency, as
    `places.cancel` will have it.
    """
    events = {registration.event_id for registration in registrations}
    people = {registration.attendee_id for registration in registrations}
    held = Registration.objects.active().filter(event__in=events, attendee__in=people)
    paid = list(Payment.objects.paid().filter(registration__in=held).select_related("registration"))
    return {r.pk: _sums(p for p in paid if _falls_with(p.registration, r)) for r in registrations}


def _falls_with(other: Registration, registration: Registration) -> bool:
    """With the place at an event its workshops are lost."""
    if registration.workshop_id is not None or not registration.is_active:
        return other.pk == registration.pk
    whose = (registration.event_id, registration.attendee_id)
    return (other.event_id, other.attendee_id) == whose


def _sums(payments: Iterable[Payment]) -> list[Price]:
    sums = Counter[str]()
    for payment in payments:
        sums[payment.currency] += payment.amount
    return [Price(amount, currency) for currency, amount in sorted(sums.items())]
