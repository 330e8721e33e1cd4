"""Payments that people arrange themselves: an organizer notes that the money came."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from events import places
from events.models import Payment, Registration

PROVIDER = "manual"
#: What money may still be noted for: a held place, also when its deadline has passed.
PAYABLE = (Registration.Status.AWAITING_PAYMENT, Registration.Status.EXPIRED)


class ReferenceUsed(Exception):
    """Another payment has this reference: the same money must not count twice."""


def mark_paid(
    *, registration: Registration, by: User, reference: str = "", note: str = ""
) -> Payment:
    """Note that the frozen amount was received, by whom it was noted, and confirm the place.

    When the place is gone the payment is kept as `refund_due`, for a person to give back. Raises
    `ReferenceUsed`.
    """
    try:
        return _note(registration, by, reference, note)
    except IntegrityError as error:
        raise ReferenceUsed from error


@transaction.atomic
def _note(registration: Registration, by: User, reference: str, note: str) -> Payment:
    has_place = places.confirm_paid(registration=registration)
    return Payment.objects.create(
        registration=registration,
        provider=PROVIDER,
        reference=reference,
        amount=registration.amount,
        currency=registration.currency,
        status=Payment.Status.PAID if has_place else Payment.Status.REFUND_DUE,
        recorded_by=by,
        note=note,
        created_at=timezone.now(),
    )
