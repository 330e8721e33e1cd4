"""Read everything about one event, once for all checks."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime

from events.models import Bookable, Event, Notification, Payment, Registration

from .invariants import TITLES


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


@dataclass(frozen=True, slots=True)
class Books:
    """`payments` are by registration, with their refunds; `told` has the kind and the subject of
    every message, by attendee.
    """

    event: Event
    now: datetime
    bookables: list[Bookable]
    registrations: list[Registration]
    payments: dict[int, list[Payment]]
    told: dict[int, set[tuple[str, str]]]

    def of(self, bookable: Bookable) -> list[Registration]:
        return [r for r in self.registrations if r.workshop_id == bookable.workshop_id]

    def mismatch(self, invariant: int, about: Bookable | Registration, text: str) -> Mismatch:
        name = str(about.code) if isinstance(about, Registration) else about.slug
        return Mismatch(invariant, self.event.slug, name, text)


def open_books(event: Event, now: datetime) -> Books:
    q = event.registrations.select_related("attendee", "workshop").order_by("pk")
    return Books(
        event=event,
        now=now,
        bookables=event.bookables(),
        registrations=list(q),
        payments=_payments(event),
        told=_told(event),
    )


def _payments(event: Event) -> dict[int, list[Payment]]:
    found = defaultdict(list)
    q = Payment.objects.filter(registration__event=event).prefetch_related("refunds", "disputes")
    for payment in q.order_by("pk"):
        found[payment.registration_id].append(payment)
    return found


def _told(event: Event) -> dict[int, set[tuple[str, str]]]:
    found = defaultdict(set)
    people = Registration.objects.filter(event=event).values("attendee")
    q = Notification.objects.filter(attendee__in=people)
    for attendee, kind, subject in q.values_list("attendee", "kind", "subject"):
        found[attendee].add((kind, subject))
    return found
