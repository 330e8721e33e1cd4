"""Sends what `notifications` left in the mail queue: each message at most once, whatever crashes.

The rows are post_office's, the loop is not: its own marks a batch only once all of it went out, so
that a crash would send it a second time. Here a message is claimed before it is handed over, and
counts as a dead letter until the mail server has taken it.
"""

import logging
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.mail import get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from post_office.models import STATUS, Email, Log

from events.messages import confirmation
from events.models import Notification

from .texts import CONFIRM_ADDRESS, LINK, address_for

logger = logging.getLogger(__name__)

#: How long after the first, second ... try the next one comes; after the last one there is none.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
#: Longer than any server keeps us waiting: until then, a claimed message is being handed over.
HANDING_OVER = timedelta(minutes=10)
#: How many messages are looked up at a time.
BATCH = 100

#: Hears how many messages are done, and of how many.
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Delivered:
    """What became of the messages of one call."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    dropped: int = 0


def deliver_due(*, report: Report | None = None) -> Delivered:
    """Send whatever is due, over one connection, until nothing is or the mail server is gone.

    Never inside a transaction: each claim is committed before its message is handed over.
    """
    due = count_due() if report else 0
    outcomes: Counter[str] = Counter()
    with _mail_server() as server:
        for outcome in _work_off(server):
            outcomes[outcome] += 1
            if report:
                report(outcomes.total(), max(outcomes.total(), due))
    return Delivered(**outcomes)


def count_due() -> int:
    """How many messages the next call would try to send."""
    return _due(timezone.now()).count()


def send_again(notification: Notification) -> bool:
    """Put a dead letter back into the queue, with all its tries; False when it is none."""
    now = timezone.now()
    dead = _timely(now, STATUS.failed).filter(notification=notification)
    values = {"status": STATUS.queued, "scheduled_time": None, "number_of_retries": 0}
    return bool(dead.update(**values, last_updated=now))


def is_being_sent(email: Email, now: datetime) -> bool:
    """Whether a process has claimed the message just now: only then a failed one has a time."""
    until = email.scheduled_time
    return email.status == STATUS.failed and until is not None and now < until


def purge(before: datetime) -> int:
    """Delete the words that were sent before, return how many messages; the keys stay.

    Dead letters stay for the staff, but not those whose person is gone.
    """
    is_over = Q(status=STATUS.sent) | Q(status=STATUS.failed, notification=None)
    _total, rows = Email.objects.filter(is_over, last_updated__lt=before).delete()
    return rows.get("post_office.Email", 0)


# --- The queue ---------------------------------------------------------------------------------


def _due(now: datetime) -> QuerySet[Email]:
    return _timely(now, STATUS.queued, STATUS.requeued)


def _timely(now: datetime, *statuses: int) -> QuerySet[Email]:
    has_come = Q(scheduled_time=None) | Q(scheduled_time__lte=now)
    return Email.objects.filter(has_come, status__in=statuses)


def _claim(pk: int) -> bool:
    """Compare and set: from here on no other process has the message, and a crash leaves it dead.

    Durable: it is an error to call this where the claim would not be committed at once.
    """
    now = timezone.now()
    with transaction.atomic(durable=True):
        claimed = (
            _due(now)
            .filter(pk=pk)
            .update(
                status=STATUS.failed,
                number_of_retries=Coalesce(F("number_of_retries"), 0) + 1,
                scheduled_time=now + HANDING_OVER,
                last_updated=now,
            )
        )
    return bool(claimed)


def _work_off(server: Any) -> Iterator[str]:
    """What became of each message: a field of `Delivered`."""
    while pks := list(_due(timezone.now()).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        for pk in pks:
            try:
                server.open()
            except OSError as error:  # smtplib's errors too
                if _claim(pk):
                    yield _note_failure(Email.objects.get(pk=pk), error, is_passing=True)
                return
            if _claim(pk):
                yield _deliver(pk, server)


def _deliver(pk: int, server: Any) -> str:
    """From the claim to the result. Whom it is for is read after the claim: people leave."""
    q = Email.objects.filter(pk=pk).select_related("notification__attendee__user")
    email = q.first()
    if email is None:
        return "dropped"
    address = _address(email)
    if not address:
        email.delete()
        return "dropped"
    try:
        _send(email, address, server)
    except Exception as error:  # noqa: BLE001 - whatever a backend raises, the others get theirs
        _close(server)  # in whatever state it is
        return _note_failure(email, error, is_passing=_is_passing(error))
    _note_sent(email)
    return "sent"


def _address(email: Email) -> str:
    """Where the message may go to as of now, or an empty string."""
    notification: Notification | None = getattr(email, "notification", None)
    if notification is None:
        return ""  # the person is gone, or the same had been said before
    address = address_for(notification.attendee, notification.kind)
    written_for = [part.strip() for part in address.split(",")]  # as post_office reads the column
    if notification.kind == CONFIRM_ADDRESS and email.to != written_for:
        return ""
    return address


# --- The mail server ---------------------------------------------------------------------------


@contextmanager
def _mail_server() -> Iterator[Any]:
    server = get_connection()
    try:
        yield server
    finally:
        _close(server)


def _close(server: Any) -> None:
    with suppress(OSError):  # smtplib's errors too: it is gone already
        server.close()


def _send(email: Email, address: str, server: Any) -> None:
    """Hand the message over, nothing of it stored: neither the link nor another address."""
    email.to = [address]
    if email.notification.kind == CONFIRM_ADDRESS:
        link = confirmation.confirmation_link(email.notification.attendee)
        email.message = email.message.replace(LINK, link)
    email.dispatch(  # type: ignore[no-untyped-call]  # post_office is not annotated
        commit=False, disconnect_after_delivery=False, connection=server
    )


def _is_passing(error: Exception) -> bool:
    """Whether the server said that it did not take the message, and may take it later.

    A connection that broke says nothing: it may have been taken, so it is not sent again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 500


# --- The results -------------------------------------------------------------------------------


def _note_sent(email: Email) -> None:
    """The notification first, as where its person is forgotten: the other way round, each of the
    two transactions would wait for the other.
    """
    now = timezone.now()
    with transaction.atomic():
        Notification.objects.filter(email=email.pk).update(sent_at=now)
        taken = Email.objects.filter(pk=email.pk)
        taken.update(status=STATUS.sent, scheduled_time=None, last_updated=now)


def _note_failure(email: Email, error: Exception, *, is_passing: bool) -> str:
    """Try again later, or leave a dead letter; the log names no address and repeats no server."""
    now = timezone.now()
    tries = email.number_of_retries or 1
    is_dead = not is_passing or tries > len(DELAYS)
    # What another program said may hold anything; in ASCII, every database takes it.
    kind, said = type(error).__name__, ascii(error)[:1000]
    with transaction.atomic():
        is_there = Email.objects.filter(pk=email.pk).update(
            status=STATUS.failed if is_dead else STATUS.requeued,
            scheduled_time=None if is_dead else now + DELAYS[tries - 1],
            last_updated=now,
        )
        if is_there:  # else the person has just been erased
            Log.objects.create(email=email, status=STATUS.failed, exception_type=kind, message=said)
    notification = Notification.objects.filter(email=email.pk).values_list("pk", flat=True).first()
    what = "is a dead letter" if is_dead else "is tried again later"
    logger.warning("Message of notification %s %s: %s", notification, what, kind)
    return "dead" if is_dead else "retried"
