"""The story of one registration: what happened to it, when, and who did it, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet
from django.utils.translation import gettext, gettext_noop

from events.access.refusal_words import reason_of
from events.formatting import money, times
from events.models import Block, Notification, Payment, PlaceInvitation, Registration

from . import reasons

Status, Kind = Registration.Status, Notification.Kind
#: The log says who did something right after it was done.
LOGGED_WITHIN = timedelta(seconds=60)
#: What the log says too, in the language of who did it.
BY_HAND = gettext_noop("Given a place by hand.")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened. `by` is the name of the account of who did it, "" if nobody did."""

    at: datetime
    sentence: str
    by: str = ""
    details: tuple[str, ...] = ()


@dataclass(slots=True)
class Log:
    """What organizers did here, as the admin's log has it."""

    lines: list[LogEntry] = field(default_factory=list)

    def take(self, at: datetime) -> str:
        """Return who did something at this instant; the line is not told a second time."""
        line = self.take_line(at)
        return line.user.get_username() if line else ""

    def take_line(self, at: datetime) -> LogEntry | None:
        for line in self.lines:
            if at <= line.action_time <= at + LOGGED_WITHIN:
                self.lines.remove(line)
                return line
        return None

    def take_addition(self) -> LogEntry | None:
        """Return the line that says who made the registration by hand, if somebody did."""
        for line in self.lines:
            if line.action_flag == ADDITION:
                self.lines.remove(line)
                return line
        return None


def story(registration: Registration, now: datetime) -> list[Entry]:
    """Read all of it in a constant number of statements.

    The registration comes with its attendee, event, workshop, and who promoted it.
    """
    payments = list(
        registration.payments.order_by("pk")
        .select_related("recorded_by")
        .prefetch_related("refunds__requested_by", "disputes")
    )
    messages = list(registration.notifications.order_by("created_at", "pk"))
    log = Log(list(_logged(registration, payments)))
    found = [
        *_of_place(registration, log, {message.kind for message in messages}),
        *(entry for payment in payments for entry in _of_payment(payment, log)),
        *(_of_message(message, now) for message in messages),
        *map(_of_block, _blocks(registration)),
    ]
    found += [
        Entry(at=line.action_time, sentence=line.get_change_message(), by=line.user.get_username())
        for line in log.lines
    ]
    return sorted(found, key=lambda entry: entry.at)


def _logged(registration: Registration, payments: list[Payment]) -> Iterator[LogEntry]:
    types = ContentType.objects.get_for_models(Registration, Payment)
    mine = Q(content_type=types[Registration], object_id=str(registration.pk))
    pks = [str(payment.pk) for payment in payments]
    mine |= Q(content_type=types[Payment], object_id__in=pks)
    lines = LogEntry.objects.filter(mine).select_related("user")
    yield from lines.order_by("action_time", "pk")


# --- The place -----------------------------------------------------------------------------------


def _of_place(one: Registration, log: Log, told: set[str]) -> Iterator[Entry]:
    yield _beginning(one, log)
    if one.draw_rank is not None and one.event.drawn_at is not None:
        sentence = gettext("Drawn as number %(n)d.") % {"n": one.draw_rank}
        yield Entry(one.event.drawn_at, sentence)
    if one.promoted_at is not None and one.promoted_at != one.created_at:
        yield _acted(one, log)
    is_told = _is_given(one) or _is_taken_at_once(one)
    if one.taken_at is not None and not is_told:
        yield Entry(one.taken_at, _got_place(one), details=tuple(_about_place(one)))
    if one.confirmed_at is not None and one.confirmed_at != one.taken_at:
        yield Entry(one.confirmed_at, gettext("The place is confirmed."))
    if one.checked_in_at is not None:
        yield Entry(one.checked_in_at, gettext("Came."), log.take(one.checked_in_at))
    if one.left_at is not None:
        yield Entry(one.left_at, gettext("Went out of the session."))
    if one.ended_at is not None:
        who = log.take(one.ended_at)
        yield Entry(one.ended_at, _ended(one, told, is_by_organizers=bool(who)), who)


def _is_given(one: Registration) -> bool:
    """Return whether an organizer gave the place. The reason is empty once its person is erased."""
    if one.promoted_at is None:
        return False
    return one.waitlisted_at is None or bool(one.given_because or one.overruled)


def _is_taken_at_once(one: Registration) -> bool:
    return one.waitlisted_at is None and one.taken_at == one.created_at


def _beginning(one: Registration, log: Log) -> Entry:
    """Tell how the registration was made. After a later act only the log knows that it was by hand:
    the row keeps who did the last act, and why.
    """
    added = log.take_addition()
    if one.promoted_at is not None and one.promoted_at == one.created_at:
        return _given(one, added)
    if added is not None:
        return Entry(one.created_at, gettext(BY_HAND), added.user.get_username())
    about = tuple(_about_place(one)) if _is_taken_at_once(one) else ()
    return Entry(one.created_at, _signed_up(one), details=about)


def _acted(one: Registration, log: Log) -> Entry:
    """Tell of the act by which an organizer promoted, moved or let in who was there already."""
    at = one.promoted_at or one.created_at
    line = log.take_line(at)
    if _is_given(one):
        return _given(one, line)
    return Entry(at, gettext("Put first on the waitlist."), _who_promoted(one, line))


def _given(one: Registration, line: LogEntry | None) -> Entry:
    """The log has the words, because the row does not say from where somebody was moved."""
    at = one.promoted_at or one.created_at
    said = line.get_change_message() if line else ""
    why = gettext("Reason: %(reason)s") % {"reason": one.given_because}
    details = (*([why] if one.given_because else []), *_about_place(one))
    return Entry(at, said or _without_words(one, at), _who_promoted(one, line), details)


def _without_words(one: Registration, at: datetime) -> str:
    """Say of a place of which the log says nothing how it was taken."""
    used = PlaceInvitation.objects.filter(event=one.event_id, used_by=one.attendee_id, used_at=at)
    return gettext("Took the place with an invitation link.") if used else gettext(BY_HAND)


def _who_promoted(one: Registration, line: LogEntry | None) -> str:
    if one.promoted_by:
        return one.promoted_by.get_username()
    return line.user.get_username() if line else ""


def _signed_up(one: Registration) -> str:
    if one.waitlisted_at is None:
        return gettext("Signed up and got a place.")
    if one.workshop_id is None and one.event.draw_at is not None:
        return gettext("Signed up and took part in the draw.")
    return gettext("Signed up and went on the waitlist.")


def _got_place(one: Registration) -> str:
    if one.waitlisted_at is not None:
        return gettext("Moved up and got a place.")
    return gettext("Got a place.")


def _about_place(one: Registration) -> Iterator[str]:
    if one.hold_until is not None and one.amount:
        yield _held(one.hold_until, one)
    if one.overtook:
        yield gettext("People before them who could not have the place: %(n)d") % {
            "n": one.overtook
        }


def _held(until: datetime, one: Registration) -> str:
    return gettext("%(sum)s to be paid until %(when)s") % {
        "sum": money.format_amount(one.amount, one.currency),
        "when": times.in_words(until, one.event.zone),
    }


def _ended(one: Registration, told: set[str], *, is_by_organizers: bool) -> str:
    if one.status == Status.EXPIRED:
        return gettext("Not paid in time: the place was given up.")
    if is_by_organizers or Kind.CANCELLED in told:
        return gettext("Cancelled by the organizers.")
    if Kind.GIVEN_UP in told:
        return gettext("Given up by the person.")
    return gettext("Cancelled.")


# --- Money ---------------------------------------------------------------------------------------


def _of_payment(payment: Payment, log: Log) -> Iterator[Entry]:
    amount = {"sum": money.format_amount(payment.amount, payment.currency)}
    if payment.recorded_by is not None:
        log.take(payment.created_at)
        sentence = gettext("%(sum)s noted as received.") % amount
        yield Entry(payment.created_at, sentence, payment.recorded_by.get_username())
    else:
        yield Entry(payment.created_at, gettext("Began to pay %(sum)s.") % amount)
        if payment.paid_at is not None:
            yield Entry(payment.paid_at, gettext("%(sum)s received.") % amount)
    for refund in sorted(payment.refunds.all(), key=attrgetter("pk")):
        amount = {"sum": money.format_amount(refund.amount, refund.currency)}
        who = refund.requested_by.get_username() if refund.requested_by else ""
        if refund.finished_at != refund.created_at:
            yield Entry(refund.created_at, gettext("Giving back %(sum)s began.") % amount, who)
        if refund.finished_at is not None:
            is_done = refund.status == "done"
            done, failed = (
                gettext("%(sum)s given back."),
                gettext("%(sum)s could not be given back."),
            )
            yield Entry(refund.finished_at, (done if is_done else failed) % amount, who)
    for dispute in payment.disputes.all():
        sentence = gettext("The payer's bank disputes the payment.")
        yield Entry(dispute.created_at, sentence, details=(str(dispute.get_status_display()),))


# --- Blocks --------------------------------------------------------------------------------------


def _blocks(one: Registration) -> QuerySet[Block]:
    return Block.objects.at(one.event).on(one.attendee).select_related("created_by")


def _of_block(block: Block) -> Entry:
    """Organizers do not read who blocked somebody from the whole site."""
    if block.event_id is None:
        return Entry(block.created_at, gettext("Blocked from the whole site."))
    by = block.created_by.get_username() if block.created_by else ""
    return Entry(block.created_at, gettext("Blocked by the organizers."), by)


# --- Messages ------------------------------------------------------------------------------------


def _of_message(message: Notification, now: datetime) -> Entry:
    state = gettext("Message “%(about)s”: %(state)s") % {
        "about": message.get_kind_display(),
        "state": _state(message, now),
    }
    if message.kind != Kind.PASSED_OVER:
        return Entry(message.sent_at or message.created_at, state)
    together = message.subject.rpartition(":")[2]  # the facts are forgotten after a while
    why = tuple(reason_of(code) for code in reasons.codes_of(together))
    return Entry(message.created_at, gettext("Passed over for a free place."), "", (*why, state))


def _state(message: Notification, now: datetime) -> str:
    is_interrupted = message.state == message.State.SENDING and not message.is_being_sent(now)
    return str(message.State.DEAD.label if is_interrupted else message.get_state_display())
