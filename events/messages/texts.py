"""One function per message: it writes the rows of the outbox and decides nothing.

Most take any number of registrations, or sets of rows of them, which are not read. What a message
says is in `templates/messages/`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from events.access.refusals import Refusal
from events.formatting import times
from events.models import Attendee, Follow, Payment, Refund, Registration, Role, Workshop

from . import crowds
from .confirmation import mark_of
from .outbox import Facts, Kind, People, about, owed, tell, write

Sums = tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a registration. `fallen`: workshops of the same person that ended with it. `back`:
    sums that go back, in minor units with currencies. `is_kept`: money was paid, none goes back.
    """

    fallen: Sequence[Registration] = ()
    back: Sums = ()
    is_kept: bool = False

    def as_facts(self) -> Facts:
        fallen = [str(registration.code) for registration in self.fallen]
        return {"with": fallen, "sums": [list(one) for one in self.back], "kept": self.is_kept}


#: Characters of a page that a mailed link leads back to; a longer link would be cut off.
MOST_OF_AN_ADDRESS = 500


def registered(*people: People, again: int = 0, added: bool = False) -> None:
    """`again` counts how often they lost the place since they were told the first time; `added`
    says that organizers gave it to them.
    """
    facts: Facts = {"added": True} if added else {}
    tell(Kind.REGISTERED, people, suffix=str(again) if again else "", facts=facts)


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


def draw_moved(*people: People, revision: int, note: str = "") -> None:
    tell(Kind.DRAW_MOVED, people, suffix=str(revision), facts=_noted(note))


def _noted(note: str) -> Facts:
    """Return the words of the organizer about an edit, if there are any."""
    return {"note": note} if note else {}


def payment_due(*people: People, added: bool = False) -> None:
    """`added` says that organizers gave them the place."""
    tell(Kind.PAYMENT_DUE, people, facts={"added": True} if added else None)


def moved(registration: Registration, before: Workshop) -> None:
    """Tell somebody whom organizers have moved from the workshop `before` what they have now.

    The key tells moves apart, except for the first message of its kind about the registration.
    """
    is_held = registration.status == Registration.Status.AWAITING_PAYMENT
    kind = Kind.PAYMENT_DUE if is_held else Kind.REGISTERED
    told = registration.notifications.filter(kind=kind)
    suffix = f"moved:{times.for_machines(timezone.now())}" if told.exists() else ""
    tell(kind, [registration], suffix=suffix, facts={"former": before.pk})


def hold_lapsed(*people: People, again: int = 0) -> None:
    """`again` counts how often they were told before."""
    tell(Kind.HOLD_LAPSED, people, suffix=str(again) if again else "")


def hold_ends(people: QuerySet[Registration]) -> None:
    """Tell people that their time to pay ends soon, once for each deadline."""
    deadline = Cast("hold_until", TextField())
    crowds.tell(people, kind=Kind.HOLD_ENDS, suffix=deadline, facts={})


def on_time(kind: Kind, people: QuerySet[Registration], *, suffix: str) -> None:
    """Tell a set of people what `reminders` finds due; `suffix` names the start."""
    crowds.tell(people, kind=kind, suffix=suffix, facts={})


def session_changed(people: People, *, changed_at: datetime, note: str = "") -> None:
    """Tell people who saw the former link, once for each change of it."""
    suffix = times.for_machines(changed_at)
    tell(Kind.SESSION_CHANGED, [people], suffix=suffix, facts=_noted(note))


def given_up(*people: People, ending: Ending | None = None) -> None:
    """Tell once what the person gave up themselves, with all that fell with it."""
    tell(Kind.GIVEN_UP, people, facts=ending.as_facts() if ending else None)


def cancelled(*people: People, ending: Ending | None = None) -> None:
    """Tell once what organizers cancelled, with all that fell with it."""
    tell(Kind.CANCELLED, people, facts=ending.as_facts() if ending else None)


def event_cancelled(*people: People, revision: int, is_over: bool = False, note: str = "") -> None:
    facts: Facts = {"over": True} if is_over else {}
    tell(Kind.EVENT_CANCELLED, people, suffix=str(revision), facts=facts | _noted(note))


def event_restored(*people: People, revision: int, note: str = "") -> None:
    tell(Kind.EVENT_RESTORED, people, suffix=str(revision), facts=_noted(note))


def time_changed(
    *people: People,
    before: datetime,
    before_end: datetime | None = None,
    revision: int,
    note: str = "",
) -> None:
    """`before` and `before_end` are when it was to start and to end."""
    facts: Facts = {"before": times.for_machines(before)} | _noted(note)
    if before_end is not None:
        facts["before_end"] = times.for_machines(before_end)
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


def paid(registration: Registration, payment: Payment) -> None:
    """Tell that the money has come, with the number of the receipt."""
    tell(Kind.PAID, [registration], suffix=str(payment.pk), facts={"payment": payment.pk})


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


def role_given(*roles: Role) -> None:
    """Tell of roles, once of each, also people without a place."""
    rows = []
    for role in roles:
        row = owed(role.attendee, Kind.ROLE_GIVEN, f"role:{role.pk}")
        row.event = role.event
        rows.append(row)
    write(rows)


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


# --- The second factor ---------------------------------------------------------------------------


def second_factor_set_up(attendee: Attendee) -> None:
    """Tell of a first app, or of another one in place of it."""
    _second_factor(attendee, "set-up")


def second_factor_removed(attendee: Attendee) -> None:
    _second_factor(attendee, "removed")


def second_factor_reset(attendee: Attendee) -> None:
    """Tell that the people who run the site removed it."""
    _second_factor(attendee, "reset")


def second_factor_guessed(attendee: Attendee) -> None:
    """Tell that somebody who is signed in as this person types wrong codes again and again."""
    _second_factor(attendee, "guessed")


def recovery_codes_renewed(attendee: Attendee) -> None:
    _second_factor(attendee, "codes-renewed")


def recovery_code_used(attendee: Attendee, left: int) -> None:
    """Tell each time, with the number of codes that are `left`."""
    _second_factor(attendee, "code-used", left=left)


def _second_factor(attendee: Attendee, what: str, **facts: object) -> None:
    marks = [what, *map(str, facts.values()), times.for_machines(timezone.now())]
    subject = ":".join(["second-factor", *marks])
    write([owed(attendee, Kind.SECOND_FACTOR, subject, {"what": what} | facts)])
