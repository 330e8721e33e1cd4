"""Payments that people arrange themselves: an organizer notes that the money came, or went back."""

from django.contrib.auth.models import User

from events.models import Payment, Registration
from events.payments import ledger

PROVIDER = "manual"
#: What money may still be noted for: a held place, also when its deadline has passed.
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
    """Note that money was received (the frozen amount, if no other is named) and by whom it was
    noted, and confirm the place.

    Another amount, or money for a place that is gone, is kept as `refund_due`, for a person to give
    back. Raises `ReferenceUsed`.
    """
    return ledger.record(
        registration=registration,
        provider=PROVIDER,
        amount=amount,
        reference=reference,
        recorded_by=by,
        note=note,
    )
