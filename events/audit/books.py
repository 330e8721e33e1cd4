"""Read everything about one event, once for all checks."""

from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from django.db.models import QuerySet

from events.models import (
    Bookable,
    Dispute,
    Event,
    Notification,
    Payment,
    Refund,
    Registration,
    Role,
)

from .invariants import TITLES

OfPayment = TypeVar("OfPayment", Refund, Dispute)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """`invariant` is a number in `invariants`; `about` names an event, workshop or registration."""

    invariant: int
    event: str
    about: str
    text: str

    @property
    def title(self) -> str:
        return TITLES[self.invariant]

    def as_row(self) -> dict[str, object]:
        return {"invariant": self.invariant, "title": self.title} | asdict(self)


@dataclass(frozen=True)
class Books:
    """`payments` are by registration, `refunds` and `disputes` by payment. `told` has the kind and
    the subject of every message, by attendee; `erased` are attendees. `roles` are by attendee.
    """

    event: Event
    now: datetime
    bookables: list[Bookable]
    registrations: list[Registration]
    payments: dict[int, list[Payment]]
    told: dict[int, set[tuple[str, str]]]
    refunds: dict[int, list[Refund]] = field(default_factory=dict)
    disputes: dict[int, list[Dispute]] = field(default_factory=dict)
    erased: frozenset[int] = frozenset()
    roles: dict[int, list[Role]] = field(default_factory=dict)

    @cached_property
    def own(self) -> dict[int, list[Registration]]:
        """Registrations for the event itself, by attendee."""
        found = defaultdict(list)
        for registration in self.registrations:
            if registration.workshop_id is None:
                found[registration.attendee_id].append(registration)
        return found

    def of(self, bookable: Bookable) -> list[Registration]:
        return [r for r in self.registrations if r.workshop_id == bookable.workshop_id]

    def mismatch(self, invariant: int, about: Bookable | Registration, text: str) -> Mismatch:
        name = str(about.code) if isinstance(about, Registration) else about.slug
        return Mismatch(invariant, self.event.slug, name, text)


def open_books(event: Event, now: datetime) -> Books:
    bookables = event.bookables()
    return Books(
        event=event,
        now=now,
        bookables=bookables,
        registrations=_registrations(event, bookables),
        payments=_payments(event),
        refunds=_by_payment(Refund.objects.filter(payment__registration__event=event)),
        disputes=_by_payment(Dispute.objects.filter(payment__registration__event=event)),
        erased=_erased(event),
        told=_told(event),
        roles=_roles(event),
    )


def _registrations(event: Event, bookables: list[Bookable]) -> list[Registration]:
    found = list(event.registrations.order_by("pk"))
    workshops = {bookable.pk: bookable.workshop for bookable in bookables if bookable.workshop}
    for registration in found:
        if registration.workshop_id is not None:
            registration.workshop = workshops[registration.workshop_id]
    return found


def _payments(event: Event) -> dict[int, list[Payment]]:
    found = defaultdict(list)
    for payment in Payment.objects.filter(registration__event=event).order_by("pk"):
        found[payment.registration_id].append(payment)
    return found


def _by_payment(rows: QuerySet[OfPayment]) -> dict[int, list[OfPayment]]:
    found = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.payment_id].append(row)
    return found


def _erased(event: Event) -> frozenset[int]:
    q = event.registrations.filter(attendee__erased_at__isnull=False).order_by()
    return frozenset(q.values_list("attendee", flat=True))


def _roles(event: Event) -> dict[int, list[Role]]:
    found = defaultdict(list)
    for role in event.roles.order_by("pk"):
        found[role.attendee_id].append(role)
    return found


def _told(event: Event) -> dict[int, set[tuple[str, str]]]:
    found = defaultdict(set)
    people = Registration.objects.filter(event=event).values("attendee")
    q = Notification.objects.filter(attendee__in=people)
    for attendee, kind, subject in q.values_list("attendee", "kind", "subject"):
        found[attendee].add((kind, subject))
    return found
