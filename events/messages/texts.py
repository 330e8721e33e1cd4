"""One function per message: it writes the rows of the outbox and decides nothing.

Most take any number of registrations, or sets of rows of them, which are not read. What a message
says is in `templates/messages/`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from events.access.refusals import Refusal
from events.formatting import times
from events.models import Attendee, Follow, Payment, Refund, Registration

from . import crowds
from .confirmation import mark_of
from .outbox import Facts, Kind, People, about, owed, tell, write

#: Characters of a page that a mailed link leads back to; a longer link would be cut off.
MOST_OF_AN_ADDRESS = 500


def registered(*people: People, again: int = 0) -> None:
    """`again` counts how often they lost the place since they were told the first time."""
    tell(Kind.REGISTERED, people, suffix=str(again) if again else "")


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
    return {"refusals": [_reason(refusal) for refusal in refusals]}


def _reason(refusal: Refusal) -> dict[str, object]:
    also = [one.pk for one in refusal.also_held]
    held = refusal.held.pk if refusal.held else None
    return {"code": refusal.code.value, "held": held} | ({"also_held": also} if also else {})


def place_given(*people: People) -> None:
    tell(Kind.PLACE_GIVEN, people)


def drawn(*people: People) -> None:
    tell(Kind.PLACE_GIVEN, people, facts={"drawn": True})


def draw_moved(*people: People, revision: int) -> None:
    tell(Kind.DRAW_MOVED, people, suffix=str(revision))


def payment_due(*people: People) -> None:
    tell(Kind.PAYMENT_DUE, people)


def hold_lapsed(*people: People, again: int = 0) -> None:
    """`again` counts how often they were told before."""
    tell(Kind.HOLD_LAPSED, people, suffix=str(again) if again else "")


def cancelled(*people: People) -> None:
    tell(Kind.CANCELLED, people)


def event_cancelled(*people: People, revision: int, is_over: bool = False) -> None:
    facts: Facts = {"over": True} if is_over else {}
    tell(Kind.EVENT_CANCELLED, people, suffix=str(revision), facts=facts)


def event_restored(*people: People, revision: int) -> None:
    tell(Kind.EVENT_RESTORED, people, suffix=str(revision))


def time_changed(*people: People, before: datetime, revision: int) -> None:
    facts: Facts = {"before": times.for_machines(before)}
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
    """Tell why; if another sum came than was agreed, what came too."""
    facts: Facts = {"problem": str(payment.problem)}
    if payment.problem == Payment.Problem.AMOUNT:
        facts |= {"amount": payment.amount, "currency": payment.currency}
    tell(Kind.MONEY_GOES_BACK, [registration], suffix=str(payment.pk), facts=facts)


def refunded(registration: Registration, refund: Refund) -> None:
    """Tell once for each payment, but of each refund that was made at the provider."""
    facts: Facts = {"amount": refund.amount, "currency": refund.currency}
    suffix = f"{refund.payment_id}:{refund.pk}" if refund.by_provider else str(refund.payment_id)
    tell(Kind.REFUNDED, [registration], suffix=suffix, facts=facts)


def payment_mistaken(registration: Registration, payment: Payment) -> None:
    """Tell that a payment was noted by mistake, and until when the place is held, if it is."""
    is_held = registration.is_payable(timezone.now())
    facts: Facts = {
        "amount": payment.amount,
        "currency": payment.currency,
        "held": is_held,
    }
    tell(Kind.PAYMENT_MISTAKEN, [registration], suffix=str(payment.pk), facts=facts)


def registration_open(asked: QuerySet[Follow]) -> None:
    """Tell everybody who asked to be told when an event opens, once for each time they asked."""
    crowds.tell_followers(asked, kind=Kind.REGISTRATION_OPEN, key="pk", event="event")


def new_event(followers: QuerySet[Follow]) -> None:
    """Tell people who follow a host of it. The set has a row for each host and event."""
    path = "host__events"
    crowds.tell_followers(followers, kind=Kind.NEW_EVENT, key=path, event=path)


def confirm_address(attendee: Attendee, back: str = "") -> None:
    """Owe the link that proves an address, for each request anew."""
    address = attendee.address_to_prove
    subject = f"address:{times.for_machines(timezone.now())}:{mark_of(address)}"
    facts: Facts = {"address": address}
    if 0 < len(back) <= MOST_OF_AN_ADDRESS:
        facts["back"] = back
    write([owed(attendee, Kind.CONFIRM_ADDRESS, subject, facts)])


def address_change(attendee: Attendee, old: str) -> None:
    """Tell a proved address that the account is to have another one, or has none any more."""
    subject = f"address:{times.for_machines(timezone.now())}:{mark_of(attendee.pending_email)}"
    facts: Facts = {"address": old}
    write([owed(attendee, Kind.ADDRESS_CHANGE, subject, facts)])


def password_reset(*attendees: Attendee, asked_at: datetime) -> None:
    """Owe the link to choose a new password; `asked_at` tells requests apart."""
    subject = f"password:{times.for_machines(asked_at)}"
    write([owed(attendee, Kind.PASSWORD_RESET, subject) for attendee in attendees])
