"""Payments that people arrange themselves; an organizer records that the money came."""

from django.contrib.auth.models import User

from events.models import Payment, Registration
from events.payments import ledger

PROVIDER = Payment.BY_HAND
#: Statuses for which money may be recorded: held, also when the deadline has passed.
PAYABLE = (Registration.Status.AWAITING_PAYMENT, Registration.Status.EXPIRED)
ReferenceUsed = ledger.ReferenceUsed


def mark_paid(
    *,
    registration: Registration,
    by: User,
    amount: int | None = None,
    reference: str = "",
    note: str = "",
) -> Payment:
    """Record money that was received (by default the frozen amount), and confirm the place.

    Another amount, or money for a place that is gone, becomes `refund_due`, for a person to give
    back. Raises `ReferenceUsed`.
    """
    return ledger.record(
        registration=registration,
        provider=PROVIDER,
        amount=amount,
        reference=reference,
        by=by,
        note=note,
    )
