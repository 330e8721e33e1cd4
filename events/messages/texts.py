"""One function per message: it writes the rows of the outbox and decides nothing.

Each takes any number of registrations. What a message says is in `templates/messages/`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from events.access.refusals import Refusal
from events.models import Attendee, Notification, Payment, Refund, Registration

from .outbox import Facts, Kind, about, owed, tell, write


def registered(*registrations: Registration, again: int = 0) -> None:
    """`again` counts how often they lost the place since they were told the first time."""
    tell(Kind.REGISTERED, registrations, suffix=str(again) if again else "")


def waitlisted(*registrations: Registration) -> None:
    tell(Kind.WAITLISTED, registrations)


def entered_draw(*registrations: Registration) -> None:
    tell(Kind.WAITLISTED, registrations, facts={"draw": True})


def passed_over(refused: Iterable[tuple[Registration, Sequence[Refusal]]]) -> None:
    """Tell people on a waitlist why a free place was not theirs, once for the same reasons."""
    rows = [
        about(registration, Kind.PASSED_OVER, suffix=_codes(refusals), facts=_reasons(refusals))
        for registration, refusals in refused
        if refusals
    ]
    people = [row.attendee_id for row in rows]
    told = Notification.objects.filter(kind=Kind.PASSED_OVER, attendee__in=people)
    known = set(told.values_list("subject", flat=True))
    write([row for row in rows if row.subject not in known])


def _codes(refusals: Sequence[Refusal]) -> str:
    return "+".join(refusal.code.value for refusal in refusals)


def _reasons(refusals: Sequence[Refusal]) -> Facts:
    reasons = [
        {"code": refusal.code.value, "held": refusal.held.pk if refusal.held else None}
        for refusal in refusals
    ]
    return {"refusals": reasons}


def place_given(*registrations: Registration) -> None:
    tell(Kind.PLACE_GIVEN, registrations)


def drawn(*registrations: Registration) -> None:
    tell(Kind.PLACE_GIVEN, registrations, facts={"drawn": True})


def draw_moved(*registrations: Registration, revision: int) -> None:
    tell(Kind.DRAW_MOVED, registrations, suffix=str(revision))


def payment_due(*registrations: Registration) -> None:
    tell(Kind.PAYMENT_DUE, registrations)


def hold_lapsed(*registrations: Registration) -> None:
    tell(Kind.HOLD_LAPSED, registrations)


def cancelled(*registrations: Registration) -> None:
    tell(Kind.CANCELLED, registrations)


def event_cancelled(*registrations: Registration, revision: int) -> None:
    tell(Kind.EVENT_CANCELLED, registrations, suffix=str(revision))


def event_restored(*registrations: Registration, revision: int) -> None:
    tell(Kind.EVENT_RESTORED, registrations, suffix=str(revision))


def time_changed(*registrations: Registration, before: datetime, revision: int) -> None:
    facts: Facts = {"before": before.isoformat()}
    tell(Kind.TIME_CHANGED, registrations, suffix=str(revision), facts=facts)


def time_clash(*clashes: tuple[Registration, Registration], revision: int) -> None:
    rows = [
        about(
            one,
            Kind.TIME_CLASH,
            suffix=f"{other.code}:{revision}",
            facts={"other": str(other.code)},
        )
        for one, other in clashes
    ]
    write(rows)


def money_goes_back(registration: Registration, payment: Payment) -> None:
    facts: Facts = {"problem": str(payment.problem)}
    tell(Kind.MONEY_GOES_BACK, [registration], suffix=str(payment.pk), facts=facts)


def refunded(registration: Registration, refund: Refund) -> None:
    """Tell once for each payment, but of each refund that was made at the provider."""
    facts: Facts = {"amount": refund.amount, "currency": refund.currency}
    suffix = f"{refund.payment_id}:{refund.pk}" if refund.by_provider else str(refund.payment_id)
    tell(Kind.REFUNDED, [registration], suffix=suffix, facts=facts)


def payment_mistaken(registration: Registration, payment: Payment) -> None:
    """Tell that a payment was noted by mistake, and until when the place is held, if it is."""
    is_held = registration.status == Registration.Status.AWAITING_PAYMENT
    facts: Facts = {
        "amount": payment.amount,
        "currency": payment.currency,
        "held": is_held,
    }
    tell(Kind.PAYMENT_MISTAKEN, [registration], suffix=str(payment.pk), facts=facts)


def confirm_address(attendee: Attendee) -> None:
    """Owe the link that proves an address, for each request anew."""
    subject = f"address:{timezone.now().isoformat()}"
    facts: Facts = {"address": attendee.user.email}
    write([owed(attendee, Kind.CONFIRM_ADDRESS, subject, facts)])


def password_reset(*attendees: Attendee, asked_at: datetime) -> None:
    """Owe the link to choose a new password; `asked_at` tells requests apart."""
    subject = f"password:{asked_at.isoformat()}"
    write([owed(attendee, Kind.PASSWORD_RESET, subject) for attendee in attendees])
