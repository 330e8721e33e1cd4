"""One function per message: it writes the rows of the outbox and decides nothing.

Each takes any number of registrations. Those for many people take a set of rows as well, which
is not read. What a message says is in `templates/messages/`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from events.access.refusals import Refusal
from events.models import Attendee, Payment, Refund, Registration

from .outbox import Facts, Kind, about, owed, tell, write


def registered(*registrations: Registration) -> None:
    tell(Kind.REGISTERED, registrations)


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
    write(rows)


def _codes(refusals: Sequence[Refusal]) -> str:
    return "+".join(refusal.code.value for refusal in refusals)


def _reasons(refusals: Sequence[Refusal]) -> Facts:
    reasons = [
        {"code": refusal.code.value, "held": refusal.held.pk if refusal.held else None}
        for refusal in refusals
    ]
    return {"refusals": reasons}


def place_given(registrations: Iterable[Registration]) -> None:
    tell(Kind.PLACE_GIVEN, registrations)


def drawn(registrations: Iterable[Registration]) -> None:
    tell(Kind.PLACE_GIVEN, registrations, facts={"drawn": True})


def draw_moved(registrations: Iterable[Registration], *, revision: int) -> None:
    tell(Kind.DRAW_MOVED, registrations, suffix=str(revision))


def payment_due(registrations: Iterable[Registration]) -> None:
    tell(Kind.PAYMENT_DUE, registrations)


def hold_lapsed(registrations: Iterable[Registration]) -> None:
    tell(Kind.HOLD_LAPSED, registrations)


def cancelled(*registrations: Registration) -> None:
    tell(Kind.CANCELLED, registrations)


def event_cancelled(registrations: Iterable[Registration], *, revision: int) -> None:
    tell(Kind.EVENT_CANCELLED, registrations, suffix=str(revision))


def event_restored(registrations: Iterable[Registration], *, revision: int) -> None:
    tell(Kind.EVENT_RESTORED, registrations, suffix=str(revision))


def time_changed(registrations: Iterable[Registration], *, before: datetime, revision: int) -> None:
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
    facts: Facts = {"amount": refund.amount, "currency": refund.currency}
    tell(Kind.REFUNDED, [registration], suffix=str(refund.payment_id), facts=facts)


def confirm_address(attendee: Attendee) -> None:
    """Owe the link that proves an address, for each request anew."""
    subject = f"address:{timezone.now().isoformat()}"
    facts: Facts = {"address": attendee.user.email}
    write([owed(attendee, Kind.CONFIRM_ADDRESS, subject, facts)])


def password_reset(*attendees: Attendee, asked_at: datetime) -> None:
    """Owe the link to choose a new password; `asked_at` tells requests apart."""
    subject = f"password:{asked_at.isoformat()}"
    write([owed(attendee, Kind.PASSWORD_RESET, subject) for attendee in attendees])
