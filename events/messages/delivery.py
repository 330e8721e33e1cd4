"""Send the messages of the outbox, each at most once, even if the process is killed.

A message is claimed before it is handed over. The claim is committed first and says "being sent"
until the result is noted, so an interrupted message is a dead letter and not sent a second time.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from events import happened
from events.formatting import mail_address
from events.models import Notification, PasswordResetRequest, Payment

from . import (
    announcements,
    claims,
    invitations,
    mail_server,
    password_reset,
    reminders,
    roles,
    sessions,
    topics,
)
from .attachments import attachments
from .fates import Fate
from .outbox import Kind, address_for
from .render import ABOUT_ACCOUNTS, words
from .rounds import go_on_or_raise
from .values import contact_for

logger = logging.getLogger(__name__)
State = Notification.State

#: The pauses before the second try, the third and so on; after the last one there is none.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))
HANDING_OVER = claims.HANDING_OVER
#: How many messages are read at a time. What they tell may be as old as that takes to send.
BATCH = 50
SUBJECTS = (
    *("attendee__user", "registration__event", "registration__workshop", "event"),
    *("announcement__event", "announcement__workshop"),
)

#: Hears how many messages are done, and of how many.
Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Delivered:
    """Numbers of messages by their outcome."""

    sent: int = 0
    retried: int = 0
    dead: int = 0
    dropped: int = 0


def deliver_due(*, report: Report | None = None) -> Delivered:
    """Send everything that is due over one connection, until the mail server is gone.

    Never call it inside a transaction: each claim is committed before its message is handed over.
    """
    password_reset.answer_requests()
    due = count_due() if report else 0
    outcomes: Counter[str] = Counter()
    with mail_server.connected() as server:
        for outcome in _work_off(server):
            outcomes[outcome] += 1
            if report:
                report(outcomes.total(), max(outcomes.total(), due))
    return Delivered(**outcomes)


def count_due() -> int:
    due = Notification.objects.due(timezone.now())
    return due.count() + PasswordResetRequest.objects.count()


def send_again(notification: Notification) -> bool:
    """Put a dead letter back into the queue, with all its tries; False when it is none."""
    dead = Notification.objects.dead(timezone.now()).filter(pk=notification.pk)
    return bool(dead.update(state=State.QUEUED, next_try_at=None, tries=0))


def _work_off(server: Any) -> Iterator[str]:
    """Yield the outcome of each message, a field of `Delivered`.

    Each is looked at once, so that one which fails does not come again and again.
    """
    last = 0
    while batch := _next_batch(after=last):
        last = batch[-1].pk
        with transaction.atomic(durable=True):
            pass  # raises an error inside of a transaction
        for notification in batch:
            try:
                server.open()
            except Exception as error:  # noqa: BLE001 - a backend may raise anything
                if _claimed(notification):
                    yield _note_failure(notification, error, is_passing=True)
                return
            if outcome := _outcome(notification, server):
                yield outcome


def _outcome(notification: Notification, server: Any) -> str:
    """Return "" for a message of another process, or one whose row fails: the others go on."""
    try:
        return _deliver(notification, server) if _claimed(notification) else ""
    except Exception:  # noqa: BLE001 - logged, and the next one has its turn
        go_on_or_raise(notification)
        return ""


def _next_batch(*, after: int) -> list[Notification]:
    """Read a few messages with all that they tell about."""
    due = Notification.objects.due(timezone.now()).filter(pk__gt=after).order_by("pk")
    return list(due.select_related(*SUBJECTS)[:BATCH])


def _claimed(notification: Notification) -> bool:
    """Claim a message, then read again whom it goes to.

    False if another process has it, or the person was erased.
    """
    if not (_claim(notification.pk) and claims.read_again(notification)):
        return False
    notification.tries += 1
    if notification.kind in ABOUT_ACCOUNTS:
        notification.attendee.refresh_from_db()  # links of an account are made of all of it
    return True


def _claim(pk: int) -> bool:
    return claims.claim(pk)


def _deliver(notification: Notification, server: Any) -> str:
    fate = _fate(notification)
    if fate is Fate.LATER:
        invitations.withdraw(notification)
        return "dropped"
    address = _address(notification) if fate is Fate.GOES else ""
    if not address:
        _note_nobody(notification)
        happened.note_mail(happened.Kind.MAIL_DROPPED, notification)
        return "dropped"
    try:
        with happened.timed(happened.PROVIDER, "mail ok", failed="mail failed"):
            server.send_messages([_mail(notification, address)])
    except Exception as error:  # noqa: BLE001 - whatever a backend raises, the others get theirs
        mail_server.close(server)  # in whatever state it is
        return _note_failure(notification, error, is_passing=mail_server.is_passing(error))
    _note_sent(notification)
    happened.note_mail(happened.Kind.MAIL_SENT, notification)
    return "sent"


def _fate(notification: Notification) -> Fate:
    """Ask again what time or people may have changed since the message was written."""
    if topics.is_muted(notification) or not _is_still_true(notification):
        return Fate.NEVER
    if notification.kind in invitations.KINDS:
        return invitations.judge(notification)
    if notification.kind in reminders.KINDS:
        return reminders.judge(notification, timezone.now())
    if notification.kind == Kind.SESSION_CHANGED:
        return sessions.judge(notification, timezone.now())
    if notification.kind == Kind.ROLE_GIVEN:
        return roles.judge(notification)
    if notification.kind == Kind.ANNOUNCEMENT:
        return announcements.judge(notification, timezone.now())
    return Fate.GOES


def _is_still_true(notification: Notification) -> bool:
    """Return False for the receipt of money that was noted by mistake."""
    if notification.kind != Kind.PAID:
        return True
    payments = Payment.objects.filter(pk=notification.facts.get("payment"))
    return payments.exclude(status=Payment.Status.MISTAKEN).exists()


def _address(notification: Notification) -> str:
    if not _has_subject(notification):
        return ""  # nothing is left to tell about
    address = address_for(notification.attendee, notification.kind, notification.facts)
    if notification.kind == Kind.CONFIRM_ADDRESS and notification.facts.get("address") != address:
        return ""  # the link was asked for another address
    return address


def _has_subject(notification: Notification) -> bool:
    need_no_place = (*ABOUT_ACCOUNTS, *invitations.KINDS, Kind.ANNOUNCEMENT, Kind.ROLE_GIVEN)
    return notification.kind in need_no_place or notification.registration is not None


def _mail(notification: Notification, address: str) -> EmailMultiAlternatives:
    made = words(notification)
    answers_to = contact_for(notification).reply_to
    mail = EmailMultiAlternatives(
        made.subject,
        made.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail_address.for_mail(address)],
        reply_to=[answers_to] if answers_to else None,
        headers={"Message-ID": _message_id(notification), **topics.headers(notification)},
    )
    mail.attach_alternative(made.html, "text/html")
    for name, content, kind in attachments(notification):
        mail.attach(name, content, kind)
    return mail


def _message_id(notification: Notification) -> str:
    """Return the same id for each try, so that mailboxes know a repeated message."""
    n = notification
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{n.attendee_id} {n.kind} {n.subject}")
    return f"<{name}@{settings.SITE_HOST}>"


# --- The results ---------------------------------------------------------------------------------
#
# Each is an UPDATE by key, never `save()`, which would insert the row of an erased person again.


def _note_sent(notification: Notification) -> None:
    if notification.kind not in invitations.KINDS:
        claims.note_sent(notification.pk)
        return
    with transaction.atomic():
        claims.note_sent(notification.pk)
        invitations.spend(notification)


def _note_nobody(notification: Notification) -> None:
    row = Notification.objects.filter(pk=notification.pk, state=State.SENDING)
    with transaction.atomic():
        row.update(state=State.NOBODY, facts={}, last_error="", next_try_at=None)
        invitations.spend(notification)


def _note_failure(notification: Notification, error: Exception, *, is_passing: bool) -> str:
    """Try again later, or leave a dead letter. The log names no address and no server text."""
    tries = notification.tries
    is_dead = not is_passing or tries > len(DELAYS)
    kind = type(error).__name__
    row = Notification.objects.filter(pk=notification.pk, state=State.SENDING)
    row.update(
        state=State.DEAD if is_dead else State.QUEUED,
        next_try_at=None if is_dead else timezone.now() + DELAYS[tries - 1],
        # A mail server may say anything; in ASCII, every database takes it.
        last_error=f"{kind}: {ascii(error)[:1000]}",
    )
    outcome = happened.Kind.MAIL_DEAD if is_dead else happened.Kind.MAIL_RETRIED
    happened.note_mail(outcome, notification, error=kind)
    what = "is a dead letter" if is_dead else "is tried again later"
    logger.warning("Message of notification %s %s: %s", notification.pk, what, kind)
    return "dead" if is_dead else "retried"
