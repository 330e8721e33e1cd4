"""Let the sign-ups of the demo have come one after the other. Nothing else asks for this."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from events.models import Answer, Event, Payment, Registration

from .lock import locked_event

#: So long after their place at the event people take one at a workshop.
LATER = timedelta(minutes=20)
TIMES = ("created_at", "waitlisted_at", "taken_at", "confirmed_at", "hold_until")
PAID = ("created_at", "paid_at")


def backdate(*, event: Event, moments: Sequence[datetime]) -> None:
    """Give the registrations of an event the times of `moments`, one for each person, in the order
    in which they came. The order of every waitlist stays.

    Who moved up later, as in a draw, has the place since then.
    """
    with locked_event(event.pk):
        rows = list(event.registrations.order_by("pk"))
        people = [row.attendee_id for row in rows if row.workshop_id is None]
        came = dict(zip(people, moments, strict=True))
        shifts = {row.pk: _move(row, came[row.attendee_id]) for row in rows}
        Registration.objects.bulk_update(rows, TIMES)
        _follow(event, shifts)


def _move(row: Registration, at: datetime) -> timedelta:
    """Move the times of a row to `at`, and return by how much."""
    shift = at + (LATER if row.workshop_id else timedelta()) - row.created_at
    is_up_later = row.waitlisted_at is not None
    for name in TIMES[:2] if is_up_later else TIMES:
        if (former := getattr(row, name)) is not None:
            setattr(row, name, former + shift)
    return shift


def _follow(event: Event, shifts: dict[int, timedelta]) -> None:
    """Move along what came with the sign-up: its payment and its answers."""
    payments = list(Payment.objects.filter(registration__event=event))
    for payment in payments:
        shift = shifts[payment.registration_id]
        payment.created_at += shift
        payment.paid_at = payment.paid_at and payment.paid_at + shift
    Payment.objects.bulk_update(payments, PAID)
    answers = list(Answer.objects.filter(registration__event=event))
    for answer in answers:
        answer.answered_at += shifts[answer.registration_id]
    Answer.objects.bulk_update(answers, ["answered_at"])
