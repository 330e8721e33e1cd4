"""Forget personal data that nobody needs any more; numbers of places and money stay as they are.

What goes once its time is over (`ENDED`): sessions, sign-ins that nobody finished, the facts of
messages that were sent, and agreements of erased people.

What goes if staff say so, and it is older than their instant:

- accounts that nobody has used since: erased like one that its owner deletes. Never those of staff,
  of organizers, of somebody who has or had a place at something that ended later, or whose money is
  still on its way;
- messages about what is over, but for those that `audit` recounts;
- words of the admin's history about people; that somebody did something stays;
- answers to the questions at sign-up of what is over;
- who used a link to a place, and why it was given; follows of events that are over; requests for a
  new password that nobody answered.

Each batch is a transaction of its own. A run that was killed is finished by the next one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from social_django.models import Partial

from events.messages import retention as messages
from events.models import (
    Agreement,
    Answer,
    Follow,
    PasswordResetRequest,
    Payment,
    PlaceInvitation,
    Registration,
    Role,
)

from . import admin_log, closing

BATCH = 500
ACCOUNTS = "accounts"
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one sort: which are old, how some of them are forgotten, and for how long they are
    kept. Without that, until staff say so.
    """

    name: str
    old: Callable[[datetime], Rows]
    forget: Callable[[Rows], object]
    kept: timedelta | None = None


def _delete(rows: Rows) -> object:
    return rows.delete()


def _forget_user(rows: Rows) -> object:
    return rows.update(used_by=None, reason="")


def old_invitations(before: datetime) -> Rows:
    q = PlaceInvitation.objects.filter(event__ends_at__lt=before, created_at__lt=before)
    return q.exclude(used_by=None, reason="")


def old_answers(before: datetime) -> Rows:
    return Answer.objects.filter(registration__event__ends_at__lt=before, answered_at__lt=before)


def old_follows(before: datetime) -> Rows:
    return Follow.objects.filter(event__ends_at__lt=before, created_at__lt=before)


def old_requests(before: datetime) -> Rows:
    return PasswordResetRequest.objects.filter(created_at__lt=before)


def old_sessions(before: datetime) -> Rows:
    """Each says when it ends: so long after the sign-in, or the last change."""
    return Session.objects.filter(expire_date__lt=before + KEEP_SESSIONS)


def old_sign_ins(before: datetime) -> Rows:
    return Partial.objects.filter(timestamp__lt=before)


def left_agreements(before: datetime) -> Rows:
    """Agreements that an erasure left: code of before them serves on the tables of now, too."""
    return Agreement.objects.filter(attendee__erased_at__lte=before)


KEEP_SESSIONS = timedelta(seconds=settings.SESSION_COOKIE_AGE)
KEEP_SIGN_INS = timedelta(days=14)
ENDED = (
    Kind("sessions", old_sessions, _delete, KEEP_SESSIONS),
    Kind("sign_ins", old_sign_ins, _delete, KEEP_SIGN_INS),
    Kind("sent_mail", messages.with_facts, messages.forget_facts, messages.KEEP_FACTS),
    Kind("agreements", left_agreements, _delete, timedelta()),
)
KINDS = (
    Kind("messages", messages.old, _delete),
    Kind("history", admin_log.old, admin_log.empty),
    Kind("answers", old_answers, _delete),
    Kind("invitations", old_invitations, _forget_user),
    Kind("follows", old_follows, _delete),
    Kind("password_requests", old_requests, _delete),
)


def count(before: datetime | None) -> dict[str, int]:
    """Return how much `purge` would forget, by kind."""
    numbers = {kind.name: kind.old(limit).count() for kind, limit in _due(before)}
    return numbers if before is None else {ACCOUNTS: unused(before).count(), **numbers}


def purge(before: datetime | None) -> Iterator[tuple[str, int]]:
    """Yield the kind and the number after each step; an account that is used again counts as 0.

    Without an instant, forget only what has `ENDED`.
    """
    if before is not None:
        for pk in list(unused(before).order_by("pk").values_list("pk", flat=True)):
            yield ACCOUNTS, int(forget(pk, before))
    for kind, limit in _due(before):
        for number in _in_batches(kind, limit):
            yield kind.name, number


def _due(before: datetime | None) -> list[tuple[Kind, datetime]]:
    """Return the kinds that are forgotten now, each with the instant before which it is old."""
    now = timezone.now()
    ended = [(kind, now - kind.kept) for kind in ENDED if kind.kept is not None]
    return ended if before is None else [*((kind, before) for kind in KINDS), *ended]


def _in_batches(kind: Kind, before: datetime) -> Iterator[int]:
    """Forget some rows at a time: on SQLite nobody else can write meanwhile."""
    while pks := list(kind.old(before).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            kind.forget(kind.old(before).filter(pk__in=pks))
        yield len(pks)


# --- Accounts ----------------------------------------------------------------------------------


def unused(before: datetime) -> QuerySet[User]:
    """Return accounts that nobody has used since, and whose money is settled."""
    return _idle(before).filter(~Exists(_moving_money()))


def kept_for_money(before: datetime) -> int:
    """Count accounts that nobody uses, and whose money is still on its way."""
    return _idle(before).filter(Exists(_moving_money())).count()


def forget(pk: int, before: datetime) -> bool:
    """Erase the account if it is still unused, which is asked again under its lock."""
    user = User(pk=pk)
    return closing.erase_if(user, is_due=lambda: is_unused(pk, before))


def is_unused(pk: int, before: datetime) -> bool:
    return unused(before).filter(pk=pk).exists()


def _idle(before: datetime) -> QuerySet[User]:
    """Signing in writes `last_login`; signing up and proving an address or Neos leave a time."""
    ordinary = User.objects.filter(
        is_staff=False,
        is_superuser=False,
        groups=None,
        user_permissions=None,
        organized_events=None,
        hosts=None,
    )
    there = ordinary.filter(Q(attendee=None) | Q(attendee__erased_at=None))
    used = Q(last_login__gte=before) | Q(date_joined__gte=before)
    proved = Q(attendee__email_confirmed_at__gte=before) | Q(attendee__verified_at__gte=before)
    idle = there.exclude(used).exclude(proved)
    return idle.filter(~Exists(_recent_places(before)), ~Exists(_recent_roles(before)))


def _recent_places(before: datetime) -> QuerySet[Registration]:
    mine = Registration.objects.filter(attendee__user=OuterRef("pk")).order_by()
    return mine.filter(Q(event__ends_at__gte=before) | Q(created_at__gte=before))


def _recent_roles(before: datetime) -> QuerySet[Role]:
    """Speakers and helpers may have no place."""
    mine = Role.objects.filter(attendee__user=OuterRef("pk")).order_by()
    return mine.filter(Q(event__ends_at__gte=before) | Q(created_at__gte=before))


def _moving_money() -> QuerySet[Payment]:
    mine = Payment.objects.filter(registration__attendee__user=OuterRef("pk")).order_by()
    open_ones = Q(status__in=[Payment.Status.OPEN, Payment.Status.REFUND_DUE])
    return mine.filter(
        open_ones
        | Q(refunds__status="open")
        | Q(disputes__status__in=["asked", "open"])
        | Q(pk__in=Payment.objects.undecided().order_by().values("pk"))
    )
