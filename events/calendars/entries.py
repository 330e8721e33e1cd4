"""One entry of a calendar: when, in which state, and since when it is like that.

A calendar keeps the later of two entries with one UID: the higher SEQUENCE, then the later DTSTAMP.
SEQUENCE counts moves, cancellations and restorations of the event. What happens to one person's
place makes DTSTAMP later.
"""

from datetime import UTC, datetime, timedelta

import icalendar
from django.conf import settings
from django.urls import reverse

from events.models import Bookable, Registration

from . import words
from .frame import Text

Status = Registration.Status
CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
#: So long before the start the calendar of somebody who is in reminds them.
ALARM = timedelta(hours=1)


def public(bookable: Bookable) -> icalendar.Event:
    """Return the entry for everybody. Nobody's time is taken by it: it is no sign-up."""
    page = f"{settings.SITE_URL}{bookable.get_absolute_url()}"
    event = bookable.event
    status = TENTATIVE if event.is_draft else CANCELLED if event.is_cancelled else CONFIRMED
    entry = _entry(bookable, status, event.changed_at, page)
    entry.add("summary", Text(words.public_summary(bookable)))
    entry.add("description", Text(words.public_description(bookable, page)))
    entry.add("transp", "TRANSPARENT")
    return entry


def own(registration: Registration, now: datetime) -> icalendar.Event:
    """Return the entry for the holder of a place, or of a spot on the waitlist."""
    bookable, status = registration.bookable, _status_of(registration, now)
    code = {"code": registration.code}
    page = f"{settings.SITE_URL}{reverse('events:place', kwargs=code)}"
    address = words.way_in(registration, now)
    entry = _entry(bookable, status, _changed_at(registration, now), page)
    summary = Text(words.own_summary(registration, now))
    entry.add("summary", summary)
    entry.add("description", Text(words.own_description(registration, page, now)))
    entry.add("transp", "OPAQUE" if status == CONFIRMED else "TRANSPARENT")
    if address:
        entry.add("location", Text(address))
    if status == CONFIRMED:
        entry.add_component(_alarm(summary))
    return entry


def is_gone(registration: Registration, now: datetime) -> bool:
    """Return whether the person has nothing any more: given up, or not paid for in time.

    While an event is off the site or cancelled, no time to pay runs out.
    """
    has_lapsed = registration.event.is_published and registration.has_lapsed(now)
    return not registration.is_active or has_lapsed


def uid(bookable: Bookable) -> str:
    """Return an id that stays when addresses and titles change."""
    if bookable.workshop_id is not None:
        return f"workshop-{bookable.workshop_id}@{settings.SITE_HOST}"
    return f"event-{bookable.event.pk}@{settings.SITE_HOST}"


def _entry(bookable: Bookable, status: str, changed_at: datetime, page: str) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", uid(bookable))
    entry.add("dtstart", bookable.starts_at.astimezone(UTC))
    entry.add("dtend", bookable.ends_at.astimezone(UTC))
    entry.add("dtstamp", changed_at)
    entry.add("last-modified", changed_at)
    entry.add("sequence", bookable.event.sequence)
    entry.add("status", status)
    entry.add("url", page)
    entry.add("categories", [words.kind(bookable)])
    return entry


def _status_of(registration: Registration, now: datetime) -> str:
    if registration.event.is_cancelled or is_gone(registration, now):
        return CANCELLED
    is_sure = registration.status == Status.CONFIRMED and registration.event.is_published
    return CONFIRMED if is_sure else TENTATIVE


def _changed_at(registration: Registration, now: datetime) -> datetime:
    """Return when the entry began to say what it says now: what was written, and what came true."""
    event = registration.event
    written = (
        *(event.changed_at, event.drawn_at, registration.created_at, registration.waitlisted_at),
        *(registration.taken_at, registration.confirmed_at, registration.ended_at),
    )
    is_held = registration.status == Status.AWAITING_PAYMENT
    deadline = registration.hold_until if is_held else None
    ahead = (registration.session_opens_at, registration.bookable.ends_at, event.ends_at, deadline)
    came_true = (instant for instant in ahead if instant and instant <= now)
    return max(instant for instant in (*written, *came_true) if instant)


def _alarm(summary: Text) -> icalendar.Alarm:
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", -ALARM)
    return alarm
