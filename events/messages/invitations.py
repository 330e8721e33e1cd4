"""Judge messages to people who follow once more, at the moment in which they would be sent.

An event may have moved its opening, lost a host or left the site since the message was written, and
the person may have stopped following. What is not true now is not said. If it may become true, the
message is withdrawn, and owed anew once it is: a key has one row, so nobody is told twice.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from events.access import openings
from events.models import Event, Follow, Notification

from .fates import Fate

Kind = Notification.Kind
KINDS = (Kind.REGISTRATION_OPEN, Kind.NEW_EVENT)


def judge(notification: Notification) -> Fate:
    """Read again what the message says. Only for messages of `KINDS`."""
    now = timezone.now()
    if notification.kind == Kind.REGISTRATION_OPEN:
        return _judge_opening(notification, now)
    return _judge_new_event(notification, now)


def _judge_opening(notification: Notification, now: datetime) -> Fate:
    mine = _asked(notification)
    opened = openings.opened(now).filter(pk__in=mine.values("pk"))
    found = opened.annotate(has_signed_up=openings.has_signed_up(now))
    for has_signed_up in found.values_list("has_signed_up", flat=True):
        return Fate.NEVER if has_signed_up else Fate.GOES
    return Fate.LATER if mine.exists() else Fate.NEVER


def _judge_new_event(notification: Notification, now: datetime) -> Fate:
    if notification.event_id is None:
        return Fate.NEVER
    theirs = Follow.objects.filter(attendee=notification.attendee_id)
    is_followed = Exists(theirs.filter(host__events=OuterRef("pk")))
    found = Event.objects.inviting(now).filter(pk=notification.event_id)
    for goes in found.annotate(is_followed=is_followed).values_list("is_followed", flat=True):
        return Fate.GOES if goes else Fate.NEVER
    return Fate.LATER


def withdraw(notification: Notification) -> None:
    """Forget a message that was claimed and not sent, so that it can be owed again.

    The event is then announced again, to those who have no message about it.
    """
    with transaction.atomic():
        if notification.kind == Kind.NEW_EVENT and notification.event_id is not None:
            told = Event.objects.filter(pk=notification.event_id, announced_at__isnull=False)
            told.update(announced_at=None)
        claimed = Notification.objects.filter(pk=notification.pk, state=Notification.State.SENDING)
        claimed.delete()


def spend(notification: Notification) -> None:
    """Forget that the person asked for an opening: they were told, or need not be told."""
    if notification.kind == Kind.REGISTRATION_OPEN:
        _asked(notification).delete()


def _asked(notification: Notification) -> QuerySet[Follow]:
    """Return the follow of an event that the message is about; its key names it."""
    pk = notification.subject.removeprefix("follow:")
    return Follow.objects.filter(pk=pk, attendee=notification.attendee_id, event__isnull=False)
