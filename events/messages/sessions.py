"""Owe mail about a link into a session that has changed, and judge it once more when it is sent."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from events.access import entrance
from events.models import Event, MailTopic, Notification, Registration
from events.models.registration import RegistrationQuerySet

from . import topics
from .fates import Fate

Kind, State = Notification.Kind, Notification.State
#: Mail that has the link in it, or said that it was taken away.
ABOUT_THE_LINK = (Kind.SESSION_OPEN, Kind.SESSION_CHANGED)
MINUTE = timedelta(minutes=1)


def who_saw_the_link(
    event: Event, *, opened_at: datetime | None, now: datetime
) -> RegistrationQuerySet:
    """Return people with a place who could see the former link, or have it in a mail.

    `opened_at` is when the page showed that link to people without a role; None if there was none.
    """
    is_mailed = Exists(
        Notification.objects.filter(
            registration=OuterRef("pk"),
            kind__in=ABOUT_THE_LINK,
            state__in=[State.SENT, State.SENDING],
        )
    )
    seen = Q(is_mailed)
    if opened_at is not None:
        seen |= Q(early_minutes__gte=-((now - opened_at) // MINUTE))
    inside = event.registrations.filter(seen, workshop=None, status=Registration.Status.CONFIRMED)
    return inside.exclude(topics.has_muted(MailTopic.SESSIONS)).exclude(
        entrance.shut_out(event, now)
    )


def judge(notification: Notification, now: datetime) -> Fate:
    """Withdraw the mail if the link changed again, or if the person has no place any more.

    Whom the doors turn away hears nothing of it, also if the block is removed later.
    """
    registration = notification.registration
    if registration is None or entrance.is_shut_out(registration, now):
        return Fate.NEVER
    told = registration.notifications.filter(kind=Kind.SESSION_CHANGED)
    is_old = told.filter(pk__gt=notification.pk).exists()
    inside = Registration.objects.filter(
        pk=registration.pk,
        status=Registration.Status.CONFIRMED,
        event__status=Event.Status.PUBLISHED,
        event__ends_at__gt=now,
    )
    return Fate.GOES if not is_old and inside.exists() else Fate.LATER
