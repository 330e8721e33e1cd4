"""Owe mail that is due at a time: reminders, session open, hold ends, thanks.

Housekeeping owes it in sets: who is told is a query, and one statement writes all the rows, so that
a killed run has told everybody or nobody, and the next one tells the rest. The key names the start
that the mail is about: an event that is moved is reminded of again, and nothing is said twice.
Each mail has a window; what missed it is not sent. Delivery asks the same query again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from events.access import entrance
from events.formatting import times
from events.models import Bookable, Event, Notification, Registration, Workshop, attendance
from events.models.registration import RegistrationQuerySet

from . import texts, topics
from .fates import Fate
from .outbox import subject_of

Kind = Notification.Kind
Status = Registration.Status
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: How long thanks are still sent after the end, if housekeeping could not run.
THANKS_FOR = timedelta(days=7)
#: `session_opens_minutes` is at most that.
EARLIEST_SESSION = timedelta(days=7)
#: In this order: of what is due at the same time, a person is told the first.
ABOUT_A_START = (Kind.SESSION_OPEN, Kind.REMINDER_HOUR, Kind.REMINDER_DAY)
KINDS = (*ABOUT_A_START, Kind.THANKS, Kind.HOLD_ENDS)
#: Mail that said when it starts, or that one can come in: no reminder after it is needed.
TOLD_OF_START = (Kind.TIME_CHANGED, Kind.EVENT_RESTORED, Kind.SESSION_OPEN)
#: Mail that said until when a place is held.
TOLD_OF_DEADLINE = (
    *(Kind.PAYMENT_DUE, Kind.PAYMENT_MISTAKEN),
    *(Kind.TIME_CHANGED, Kind.EVENT_RESTORED),
)


@dataclass(frozen=True, slots=True)
class Window:
    """From when a mail is due, and from when it is too late for it."""

    due_at: datetime
    ends_at: datetime

    def is_open(self, now: datetime) -> bool:
        return self.due_at <= now < self.ends_at


def window_of(kind: Kind, bookable: Bookable) -> Window:
    """Of the two reminders only the later one is ever due, and none after the start."""
    start, event = bookable.starts_at, bookable.event
    if kind is Kind.REMINDER_DAY:
        return Window(start - DAY, start - HOUR)
    if kind is Kind.REMINDER_HOUR:
        return Window(start - HOUR, start)
    if kind is Kind.SESSION_OPEN:
        return Window(event.session_opens_at, event.ends_at)
    return Window(event.ends_at, event.ends_at + THANKS_FOR)


# --- Telling -------------------------------------------------------------------------------------


def tell(now: datetime) -> None:
    """Owe all mail that is due now. Writes nothing if there is none."""
    for kind in ABOUT_A_START:
        for bookable in _about_to_start(kind, now):
            _tell(kind, bookable, now)
    for event in _over(now):
        _tell(Kind.THANKS, event, now)
    _tell_ending_holds(now)


def _tell(kind: Kind, bookable: Bookable, now: datetime) -> None:
    people = _people(kind, bookable, now).exclude(_was_told(kind, bookable))
    if people.exists():  # a write that changes nothing would keep others waiting on SQLite
        texts.on_time(kind, people, suffix=_suffix(kind, bookable))


def _tell_ending_holds(now: datetime) -> None:
    key = Cast(OuterRef("hold_until"), TextField())
    told = Notification.objects.filter(registration=OuterRef("pk"), kind=Kind.HOLD_ENDS)
    people = _ending_holds(now).exclude(Exists(told.filter(subject__endswith=key)))
    if people.exists():
        texts.hold_ends(people)


def _suffix(kind: Kind, bookable: Bookable) -> str:
    """Name the start, so that there is another key once it is moved; thanks are said once."""
    return "" if kind is Kind.THANKS else times.for_machines(bookable.starts_at)


def _was_told(kind: Kind, bookable: Bookable) -> Exists:
    told = Notification.objects.filter(registration=OuterRef("pk"), kind=kind)
    return Exists(told.filter(subject__endswith=_suffix(kind, bookable)))


# --- What is due ---------------------------------------------------------------------------------


def _about_to_start(kind: Kind, now: datetime) -> Iterator[Bookable]:
    """Yield what this mail is due for: events, and for the last reminder also workshops that start
    later. Those that start with the event are named in its own.
    """
    published = Event.objects.filter(status=Event.Status.PUBLISHED).ending_after(now)
    if kind is Kind.SESSION_OPEN:
        events = published.filter(starts_at__lte=now + EARLIEST_SESSION).exclude(session_url="")
    else:
        events = published.filter(starts_at__gt=now, starts_at__lte=now + DAY)
    found: list[Bookable] = list(events.order_by("pk"))
    if kind is Kind.REMINDER_HOUR:
        later = Workshop.objects.filter(
            event__status=Event.Status.PUBLISHED,
            starts_at__gt=now,
            starts_at__lte=now + HOUR,
            event__starts_at__lte=F("starts_at") - HOUR,
        )
        found += later.select_related("event").order_by("pk")
    return (bookable for bookable in found if window_of(kind, bookable).is_open(now))


def _over(now: datetime) -> list[Event]:
    """Return events that are over, with somebody who was not thanked."""
    thanked = Notification.objects.filter(registration=OuterRef("pk"), kind=Kind.THANKS)
    had_a_place = Registration.objects.filter(status=Status.CONFIRMED, workshop=None)
    left = had_a_place.filter(event=OuterRef("pk")).exclude(Exists(thanked))
    q = Event.objects.filter(status=Event.Status.PUBLISHED).ended_by(now)
    return list(q.ending_after(now - THANKS_FOR).filter(Exists(left)).order_by("pk"))


# --- Who is told ---------------------------------------------------------------------------------


def _people(kind: Kind, bookable: Bookable, now: datetime) -> RegistrationQuerySet:
    """Return who is to be told now, whether they were or not.

    The times of `bookable` are asked for again: somebody may be moving it at this moment.
    """
    window = window_of(kind, bookable)
    if not window.is_open(now):
        return Registration.objects.none()
    confirmed = Registration.objects.filter(
        _is_as_read(bookable),
        status=Status.CONFIRMED,
        event=bookable.event.pk,
        workshop=bookable.workshop_id,
        event__status=Event.Status.PUBLISHED,
    )
    wanted = confirmed.exclude(topics.has_muted(topics.TOPICS[kind]))
    if kind is Kind.THANKS:
        return _who_came(wanted, bookable)
    wanted = wanted.exclude(entrance.shut_out(bookable, now))
    before = Q(confirmed_at__lt=window.due_at)  # the others have just been told
    if kind is Kind.SESSION_OPEN:
        # Organizers may write the link late: who had a place by then was told of none.
        before |= Q(confirmed_at__lt=F("event__changed_at"))
        told = _told_since((Kind.SESSION_CHANGED,), window.due_at)
        return wanted.filter(before).exclude(event__session_url="").exclude(told)
    return wanted.filter(before).exclude(_told_since(TOLD_OF_START, window.due_at))


def _is_as_read(bookable: Bookable) -> Q:
    event = bookable.event
    same = Q(
        event__starts_at=event.starts_at,
        event__ends_at=event.ends_at,
        event__session_opens_minutes=event.session_opens_minutes,
    )
    return same & Q(workshop__starts_at=bookable.starts_at) if bookable.workshop else same


def _who_came(people: RegistrationQuerySet, event: Bookable) -> RegistrationQuerySet:
    """Return people who were checked in; everybody with a place if nobody was."""
    in_it = Registration.objects.filter(event=event.pk, checked_in_at__isnull=False)
    return people.filter(attendance.came()) if in_it.exists() else people


def _ending_holds(now: datetime) -> RegistrationQuerySet:
    """Return holds of more than a day that end within a day."""
    begins = ExpressionWrapper(F("hold_until") - DAY, output_field=DateTimeField())
    held = Registration.objects.filter(
        status=Status.AWAITING_PAYMENT,
        event__status=Event.Status.PUBLISHED,
        hold_until__gt=now,
        hold_until__lte=now + DAY,
        taken_at__lt=begins,
    )
    since = ExpressionWrapper(OuterRef("hold_until") - DAY, output_field=DateTimeField())
    return held.exclude(_told_since(TOLD_OF_DEADLINE, since))


def _told_since(kinds: tuple[Kind, ...], since: datetime | Combinable) -> Exists:
    """Find people with such a mail that went out, or still will: one that is lost told nothing."""
    told = Notification.objects.filter(registration=OuterRef("pk"), kind__in=kinds)
    lost = Q(state__in=[Notification.State.NOBODY, Notification.State.DEAD])
    return Exists(told.filter(created_at__gte=since).exclude(lost))


# --- Judging again -------------------------------------------------------------------------------


def judge(notification: Notification, now: datetime) -> Fate:
    """Read again if the person is still to be told. Only for messages of `KINDS`.

    What is not true now is withdrawn: it is owed anew if it becomes true again.
    """
    kind = Kind(notification.kind)
    if notification.registration is None:
        return Fate.NEVER
    q = Registration.objects.select_related("event", "workshop")
    registration = q.get(pk=notification.registration.pk)
    if kind is Kind.HOLD_ENDS:
        return _goes_to(_ending_holds(now).filter(pk=registration.pk))
    bookable = registration.bookable
    if notification.subject != subject_of(registration, _suffix(kind, bookable)):
        return Fate.LATER  # it was moved
    return _goes_to(_people(kind, bookable, now).filter(pk=registration.pk))


def _goes_to(people: RegistrationQuerySet) -> Fate:
    return Fate.GOES if people.exists() else Fate.LATER
