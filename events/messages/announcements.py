"""Save, send and finish what organizers write to people of their event.

A draft is sent once: the press that finds it as it was seen marks it as sent, and every other one
finds it sent. Then its rows of the outbox are written in steps, outside of any lock, each person's
once by its key. If that is interrupted, housekeeping goes on with those who have none yet; where
people who join later are included, it does so until that ends.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from events.formatting import times
from events.models import Announcement, Attendee, Event, Notification, Registration

from . import audiences, crowds, outbox
from .fates import Fate

Kind = Notification.Kind
HOUR = timedelta(hours=1)
#: How many announcements people of one event may be sent in an hour, by all its organizers.
MOST_AN_HOUR = 5
#: How many tests an organizer may send to themselves in an hour.
MOST_TESTS_AN_HOUR = 20
#: How many people one statement tells.
STEP = 500
#: Who joined just before the end may be committed after it.
GRACE = timedelta(minutes=10)


class Outcome(Enum):
    """What came of an attempt to save or send."""

    DONE = auto()
    CHANGED = auto()  # somebody saved it since it was shown
    GONE = auto()  # somebody sent or deleted it since it was shown
    NOBODY = auto()
    TOO_OFTEN = auto()


@dataclass(frozen=True, slots=True)
class Draft:
    """All that an organizer chooses for an announcement."""

    audience: str
    workshop: int | None
    texts: Mapping[str, Mapping[str, str]]
    includes_later: bool = False
    later_until: datetime | None = None

    def as_fields(self) -> dict[str, object]:
        return {
            "audience": self.audience,
            "workshop_id": self.workshop,
            "texts": self.texts,
            "includes_later": self.includes_later,
            "later_until": self.later_until,
        }

    def is_in(self, announcement: Announcement) -> bool:
        """Return whether the announcement is a draft of exactly this."""
        fields = self.as_fields()
        same = all(getattr(announcement, name) == value for name, value in fields.items())
        return same and announcement.is_draft


# --- Drafts --------------------------------------------------------------------------------------


@transaction.atomic
def create(event: Event, draft: Draft, *, by: User, token: uuid.UUID) -> Announcement:
    """Store a draft. A form that comes twice has the same token, and makes one.

    Raises `ObjectDoesNotExist` if the event or the workshop was deleted.
    """
    _lock(event.pk, draft)
    fields = draft.as_fields() | {"event": event, "author": by, "created_at": timezone.now()}
    Announcement.objects.bulk_create([Announcement(token=token, **fields)], ignore_conflicts=True)
    return Announcement.objects.get(token=token)


def _lock(event_pk: int, draft: Draft) -> None:
    """Lock the event, so that nobody deletes it or the workshop before the draft is stored."""
    event = Event.objects.select_for_update(no_key=True).get(pk=event_pk)
    if draft.workshop is not None:
        event.workshops.get(pk=draft.workshop)


@transaction.atomic
def change(announcement: Announcement, draft: Draft, *, revision: int) -> Outcome:
    """Save a draft as it was seen in that revision. Raises as `create` does."""
    _lock(announcement.event_id, draft)
    seen = _as_seen(announcement, revision)
    if seen.update(**draft.as_fields(), revision=F("revision") + 1):
        return Outcome.DONE
    return _why_not(announcement)


def delete(announcement: Announcement, *, revision: int) -> Outcome:
    deleted, _rows = _as_seen(announcement, revision).delete()
    return Outcome.DONE if deleted else _why_not(announcement)


def _as_seen(announcement: Announcement, revision: int) -> QuerySet[Announcement]:
    return Announcement.objects.drafts().filter(pk=announcement.pk, revision=revision)


def _why_not(announcement: Announcement) -> Outcome:
    is_there = Announcement.objects.drafts().filter(pk=announcement.pk).exists()
    return Outcome.CHANGED if is_there else Outcome.GONE


# --- Sending -------------------------------------------------------------------------------------


def send(announcement: Announcement, *, revision: int) -> Outcome:
    """Send what was seen, once; call it outside of a transaction."""
    now = timezone.now()
    if not announcement.includes_later and not audiences.count(announcement, now).mails:
        return _if_as_seen(announcement, revision, Outcome.NOBODY)
    outcome = _mark_sent(announcement, revision, now)
    if outcome is Outcome.DONE:
        announcement.refresh_from_db()
        finish(announcement, now)
    return outcome


@transaction.atomic
def _mark_sent(announcement: Announcement, revision: int, now: datetime) -> Outcome:
    """Hold the event's lock for few statements, so that no two presses are both the last one."""
    Event.objects.select_for_update(no_key=True).get(pk=announcement.event_id)
    if is_too_often(announcement.event, now):
        return _if_as_seen(announcement, revision, Outcome.TOO_OFTEN)
    return Outcome.DONE if _claim(announcement, revision, now) else _why_not(announcement)


def _if_as_seen(announcement: Announcement, revision: int, outcome: Outcome) -> Outcome:
    """Return why a draft was not sent; of one that was sent a moment ago, that it was sent."""
    is_as_seen = _as_seen(announcement, revision).exists()
    return outcome if is_as_seen else _why_not(announcement)


def _claim(announcement: Announcement, revision: int, now: datetime) -> bool:
    return bool(_as_seen(announcement, revision).update(sent_at=now))


def is_too_often(event: Event, now: datetime) -> bool:
    lately = Announcement.objects.filter(event=event, sent_at__gt=now - HOUR)
    return lately.count() >= MOST_AN_HOUR


def stop_later(announcement: Announcement) -> bool:
    """Send it to nobody who joins from now on; False if that was over already.

    Those who have joined by now still get it, also if the run that tells them was interrupted.
    """
    now = timezone.now()
    until = announcement.later_ends_at
    if until is None or until <= now:
        return False
    row = Announcement.objects.unfinished().filter(pk=announcement.pk, includes_later=True)
    return bool(row.update(later_until=now))


# --- Telling everybody ---------------------------------------------------------------------------


def unfinished() -> list[Announcement]:
    q = Announcement.objects.unfinished().select_related("event", "workshop")
    return list(q.order_by("pk"))


def finish(announcement: Announcement, now: datetime) -> None:
    """Owe it to everybody who is to get it and has no row yet; safe to repeat and to interrupt."""
    sent_at = announcement.sent_at or now
    until = max(sent_at, announcement.later_ends_at or sent_at)
    owed = audiences.people(announcement, now).filter(audiences.joined_by(announcement, until))
    _tell_in_steps(owed.filter(audiences.not_told(announcement)), announcement)
    if not announcement.includes_later or now >= until + GRACE:
        Announcement.objects.unfinished().filter(pk=announcement.pk).update(done_at=now)


def _tell_in_steps(owed: audiences.Rows, announcement: Announcement) -> None:
    last = 0
    while pks := list(owed.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STEP]):
        step = owed.filter(pk__gt=last, pk__lte=pks[-1])
        crowds.tell_announcement(step, announcement)
        last = pks[-1]


# --- One message ---------------------------------------------------------------------------------


def judge(notification: Notification, now: datetime) -> Fate:
    """Send it to people who are still in the group: nobody is asked to pay for what they paid."""
    announcement = notification.announcement
    if announcement is None:
        return Fate.NEVER  # a draft whose test was not sent yet, or an event that was deleted
    if notification.facts.get("test"):
        return Fate.GOES
    mine = audiences.people(announcement, now).filter(attendee=notification.attendee_id)
    return Fate.GOES if mine.exists() else Fate.NEVER


def send_test(announcement: Announcement, organizer: Attendee) -> bool:
    """Owe the organizer one mail in each language; False if they had enough in this hour."""
    now = timezone.now()
    mine = organizer.notifications.filter(kind=Kind.ANNOUNCEMENT, created_at__gt=now - HOUR)
    if mine.filter(facts__test=True).count() >= MOST_TESTS_AN_HOUR:
        return False
    at = times.for_machines(now)
    outbox.write([_test(announcement, organizer, code, at) for code in announcement.languages()])
    return True


def _test(announcement: Announcement, organizer: Attendee, code: str, at: str) -> Notification:
    key = f"{announcement.key}:test:{code}:{at}"
    row = outbox.owed(organizer, Kind.ANNOUNCEMENT, key, {"test": True, "language": code})
    row.announcement = announcement
    row.event = announcement.event
    row.registration = _place_of(organizer, announcement.event)
    return row


def _place_of(organizer: Attendee, event: Event) -> Registration | None:
    held = event.registrations.active().filter(attendee=organizer)
    return held.order_by("pk").first()
