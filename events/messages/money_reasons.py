"""Why money that came cannot be kept, as the person who paid reads it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Payment

Problem = Payment.Problem

REASONS: dict[str, str | Promise] = {
    Problem.CANCELLED: _("Your place had been cancelled."),
    Problem.EVENT_CANCELLED: _("The event was cancelled."),
    Problem.LATE: _("It came too late for the place."),
    Problem.TWICE: _("The place was paid for already."),
    Problem.AMOUNT: _("It is not the amount that was agreed."),
    Problem.REFUSED: _("You could not have the place."),
}


def why_back(problem: str) -> str:
    """Return a sentence; "" for a problem that needs no words, or is not known any more."""
    return str(REASONS.get(problem, ""))
