"""One function per message: it writes the rows of the outbox and decides nothing.

Each takes any number of registrations, or sets of rows of them, which are not read. What a message
says is in `templates/messages/`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from events.access.refusals import Refusal
from events.models import Attendee, Payment, Refund, Registration

from .outbox import Facts, Kind, People, about, owed, tell, write


def registered(*people: People) -> None:
    tell(Kind.REGISTERED, people)


def waitlisted(*people: People) -> None:
    tell(Kind.WAITLISTED, people)


def entered_draw(*people: People) -> None:
    tell(Kind.WAITLISTED, people, facts={"draw": True})


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


def place_given(*people: People) -> None:
    tell(Kind.PLACE_GIVEN, people)


def drawn(*people: People) -> None:
    tell(Kind.PLACE_GIVEN, people, facts={"drawn": True})


def draw_moved(*people: People, revision: int) -> None:
    tell(Kind.DRAW_MOVED, people, suffix=str(revision))


def payment_due(*people: People) -> None:
    tell(Kind.PAYMENT_DUE, people)


def hold_lapsed(*people: People) -> None:
    tell(Kind.HOLD_LAPSED, people)


def cancelled(*people: People) -> None:
    tell(Kind.CANCELLED, people)


def event_cancelled(*people: People, revision: int) -> None:
    tell(Kind.EVENT_CANCELLED, people, suffix=str(revision))


def event_restored(*people: People, revision: int) -> None:
    tell(Kind.EVENT_RESTORED, people, suffix=str(revision))


def time_changed(*people: People, before: datetime, revision: int) -> None:
    facts: Facts = {"before": before.isoformat()}
    tell(Kind.TIME_CHANGED, people, suffix=str(revision), facts=facts)


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
