"""Read everything about one event, once for all checks."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime

from events.models import Bookable, Event, Notification, Payment, Registration

from .invariants import TITLES

ATTENDEE = (
    *("erased_at", "email_confirmed_at", "verified_at", "user__is_active"),
    *("neos_id", "neos_email_verified", "neos_locked", "neos_banned_until"),
    *("patreon_known", "patreon_cents", "patreon_until"),
)
COLUMNS = (
    *("attendee", "event", "workshop", "code", "status", "amount", "currency", "refund_until"),
    *("hold_until", "waitlisted_at", "turn", "draw_rank", "promoted_at", "taken_at", "overtook"),
    *("confirmed_at", "ended_at"),
    *(f"attendee__{name}" for name in ATTENDEE),
)


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
    bookables = event.bookables()
    return Books(
        event=event,
        now=now,
        bookables=bookables,
        registrations=_registrations(event, bookables),
        payments=_payments(event),
        told=_told(event),
    )


def _registrations(event: Event, bookables: list[Bookable]) -> list[Registration]:
    """Read all of the event's, without what no check asks for: a person has many columns."""
    found = list(event.registrations.select_related("attendee__user").only(*COLUMNS).order_by("pk"))
    workshops = {bookable.pk: bookable.workshop for bookable in bookables if bookable.workshop}
    for registration in found:
        if registration.workshop_id is not None:
            registration.workshop = workshops[registration.workshop_id]
    return found


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
