"""Name rows in the fields of a line: by their ids, never by what people or organizers typed."""

from events.models import Event, Notification, Payment, Refund, Registration, Workshop

from .kinds import Kind
from .note import Value, note, note_at_once

Fields = dict[str, Value]


def note_place(kind: Kind, registration: Registration) -> None:
    note_places(kind, registration.event_id, registration.workshop_id, [registration.pk])


def note_places(kind: Kind, event: int, workshop: int | None, registrations: list[int]) -> None:
    for pk in registrations:
        note(kind, registration=pk, event=event, workshop=workshop)


def note_refused(bookable: Event | Workshop, codes: list[str]) -> None:
    workshop = bookable.workshop.pk if bookable.workshop is not None else None
    note_at_once(
        Kind.REFUSED, event=bookable.event.pk, workshop=workshop, codes="+".join(sorted(codes))
    )


def note_payment(kind: Kind, payment: Payment, **more: Value) -> None:
    note(
        kind,
        payment=payment.pk,
        registration=payment.registration_id,
        amount=payment.amount,
        currency=payment.currency,
        provider=payment.provider,
        reference=_reference(payment, payment.intent or payment.reference),
        **more,
    )


def note_refund(kind: Kind, refund: Refund, reference: str, **more: Value) -> None:
    payment = refund.payment
    note(
        kind,
        refund=refund.pk,
        payment=payment.pk,
        registration=payment.registration_id,
        amount=refund.amount,
        currency=refund.currency,
        reference=_reference(payment, reference or refund.reference),
        **more,
    )


def _reference(payment: Payment, reference: str) -> str:
    """Return the provider's id. What an organizer typed for money by hand may name somebody."""
    return "" if payment.provider == Payment.BY_HAND else reference


def note_mail(kind: Kind, notification: Notification, **more: Value) -> None:
    note(kind, notification=notification.pk, about=notification.kind, **more)
