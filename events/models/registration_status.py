"""The statuses of a registration, and which of them take up a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from datetime import datetime


class RegistrationStatus(models.TextChoices):
    WAITLISTED = "waitlisted", _("on the waitlist")
    AWAITING_PAYMENT = "awaiting_payment", _("waiting for payment")
    CONFIRMED = "confirmed", pgettext_lazy("place", "confirmed")
    CANCELLED = "cancelled", pgettext_lazy("place", "cancelled")
    EXPIRED = "expired", _("expired")


#: A place, a hold or a spot on the waitlist that has not ended.
ACTIVE = (
    RegistrationStatus.WAITLISTED,
    RegistrationStatus.AWAITING_PAYMENT,
    RegistrationStatus.CONFIRMED,
)


def takes_place_at(now: datetime, prefix: str = "") -> Q:
    """Condition for having a place; `prefix` leads to registrations from another model.

    A hold takes a place until its deadline, whether or not anybody has ended it since.
    """
    confirmed = {f"{prefix}status": RegistrationStatus.CONFIRMED}
    held = {f"{prefix}status": RegistrationStatus.AWAITING_PAYMENT}
    return Q(**confirmed) | Q(**held, **{f"{prefix}hold_until__gt": now})


def uses_up_place_at(now: datetime) -> Q:
    """Condition for a place that counts: those outside of the capacity do not; see `role`."""
    return takes_place_at(now) & Q(outside_capacity=False)
