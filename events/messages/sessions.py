"""Owe mail about a link into a session that has changed, and judge it once more when it is sent."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from events.access import entrance
from events.models import Event, MailTopic, Notification, Registration
from events.models.notification import NotificationQuerySet
from events.models.registration import RegistrationQuerySet

from . import texts, topics
from .fates import Fate

Kind, State = Notification.Kind, Notification.State
#: Mail that has the link in it, or said that it was taken away.
ABOUT_THE_LINK = (Kind.SESSION_OPEN, Kind.SESSION_CHANGED)
MINUTE = timedelta(minutes=1)


def who_saw_the_link(
    event: Event, *, opened_at: datetime | None, seen_at: datetime | None, now: datetime
) -> RegistrationQuerySet:
    """Return people with a place who could see the former link, or have it in a mail.

    `opened_at` is when the page showed that link to people without a role; None if there was none.
    `seen_at` is until when people saw it before an earlier edit: who had a place by then knows it.
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
    if seen_at is not None:
        seen |= Q(confirmed_at__lte=seen_at)
    inside = event.registrations.filter(seen, workshop=None, status=Registration.Status.CONFIRMED)
    return inside.exclude(topics.has_muted(MailTopic.SESSIONS)).exclude(
        entrance.shut_out(event, now)
    )


def tell(people: RegistrationQuerySet, *, changed_at: datetime, note: str) -> None:
    """Owe the mail about the link of now.

    It takes the place of mail about earlier changes that was not sent yet, so it carries the
    organizer's note of the newest of those before its own.
    """
    for former in _unsent_notes(people):
        group = people.filter(Exists(_unsent(former).filter(registration=OuterRef("pk"))))
        texts.session_changed(group, changed_at=changed_at, note=_joined(former, note))
    texts.session_changed(people, changed_at=changed_at, note=note)  # a key keeps its first row


def _unsent_notes(people: RegistrationQuerySet) -> list[str]:
    """Return different notes that were not sent yet, the newest first."""
    rows = _unsent().filter(registration__in=people).order_by("-pk")
    found = rows.filter(facts__has_key="note").values_list("facts__note", flat=True)
    return list(dict.fromkeys(found))


def _unsent(note: str | None = None) -> NotificationQuerySet:
    rows = Notification.objects.queued().filter(kind=Kind.SESSION_CHANGED)
    return rows if note is None else rows.filter(facts__note=note)


def _joined(former: str, note: str) -> str:
    return former if note in ("", former) else f"{former}\n\n{note}"


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
