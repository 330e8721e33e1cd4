"""Consequences of an organizer's edit of an event for the people who signed up.

An edit takes nothing from anybody, and an event with people in it does not become a draft. People
who signed up for something that was moved get a message with the old and the new time. Organizers
get a list of people who now have two workshops at once.

The caller calls `begin`, writes, and calls `follow_up`, all in one transaction.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from events import places, search
from events.messages import texts
from events.models import Bookable, Event, Payment, Registration, Workshop
from events.models.registration import RegistrationQuerySet

from . import deadlines
from .before_edit import Before, read_before
from .former_addresses import remember
from .preview_end import end_preview
from .session_edits import tell_other_session

Clash = tuple[Registration, Registration]


class PeopleSignedUp(Exception):
    """So many people have a place or wait for one; so many registrations there ever were."""

    def __init__(self, *, people: int, registrations: int) -> None:
        super().__init__(f"{people} people, {registrations} registrations")
        self.people, self.registrations = people, registrations


@dataclass(frozen=True, slots=True)
class Consequences:
    """Tell how many people moved up from the waitlists, who has two workshops at once, and how many
    payments go back because the event was cancelled. `is_too_late`: the event was published after
    its registration had closed.
    """

    moved_up: int
    clashes: list[Clash]
    going_back: int = 0
    is_too_late: bool = False


def begin(event_pk: int) -> Before:
    """Lock the event until the caller's transaction ends, and return how it is before the edit."""
    with places.locked_event(event_pk) as event:
        return read_before(event)


def refuse_unpublishing(event: Event) -> None:
    """Raise `PeopleSignedUp` while anybody holds or waits: a draft has no page for them. Call it
    under the event's lock.
    """
    if people := _people(event):
        raise PeopleSignedUp(people=people, registrations=event.registrations.count())


def refuse_deletion(event: Event) -> None:
    """Raise `PeopleSignedUp` if anybody ever signed up: places and money have to add up later."""
    if registrations := event.registrations.count():
        raise PeopleSignedUp(people=_people(event), registrations=registrations)


def is_empty_draft(event: Event) -> bool:
    """Return whether the event, as it is stored, is a draft for which nobody ever signed up."""
    drafts = Event.objects.filter(pk=event.pk, status=Event.Status.DRAFT, registrations=None)
    return drafts.exists()


def _people(event: Event) -> int:
    return event.registrations.active().order_by().values("attendee").distinct().count()


def follow_up(before: Before, note: str = "") -> Consequences:
    """Tell people, owe money back and fill places, in the transaction that wrote the edit. Messages
    about the edit carry the organizer's `note`.

    Raises `PeopleSignedUp` if the edit made a draft of an event with people in it, `AddressTaken`
    if another event had its address before. The transaction has to be rolled back then.
    """
    now = timezone.now()
    with places.locked_event(before.event_id) as event:
        if event.is_draft and before.status != Event.Status.DRAFT:
            refuse_unpublishing(event)
        _remember_addresses(event, before)
        search.renew(Event.objects.filter(pk=event.pk))
        _mark_lowered(event, before, now)
        end_preview(event, was_draft=before.status == Event.Status.DRAFT, now=now)
        is_published_now = event.is_published and not before.is_published
        if is_published_now:
            deadlines.renew_holds(event, now)
            places.tell_roles(event)
        moved = before.moved(event)
        deadlines.follow(moved, now)
        is_draw_moved = event.is_awaiting_draw and event.draw_at != before.draw_at
        is_other_status = event.is_cancelled != before.is_cancelled
        if moved or is_draw_moved or is_other_status:
            _raise_revision(event)
        if is_other_status:
            _tell_cancelled_or_restored(event, now, note)
        elif not event.is_cancelled:
            _tell_moved(event, before, moved, now, note)
            if is_draw_moved:
                _tell_draw_moved(event, note)
        tell_other_session(event, before, now, note)
        going_back = places.owe_everything_back(event) if event.is_cancelled else 0
        if going_back and is_other_status and event.has_ended(now):
            _tell_cancelled_afterwards(event, note)
        clashes = _mark_moved_workshops(event, {b.pk for b in moved if b.workshop}, now)
        is_too_late = is_published_now and now >= event.registration_ends_at
    return Consequences(places.settle(event=event), clashes, going_back, is_too_late)


def follow_up_new(event: Event) -> None:
    """Make a new event known to the search, in the transaction that wrote it and its parts."""
    search.renew(Event.objects.filter(pk=event.pk))


def _remember_addresses(event: Event, before: Before) -> None:
    """Nobody knows the address of a draft, unless people signed up while it was published."""
    was_draft = before.status == Event.Status.DRAFT
    is_known = not was_draft or event.registrations.active().exists()
    remember(event, before.slugs, is_known=is_known)


def _raise_revision(event: Event) -> None:
    """Calendars see a later `sequence` as a new revision; messages name it to be sent once."""
    Event.objects.filter(pk=event.pk).update(sequence=F("sequence") + 1)
    event.sequence += 1


def _mark_lowered(event: Event, before: Before, now: datetime) -> None:
    """From now on `audit` accepts more people than places."""
    for bookable in event.bookables():
        plan = before.plan_of(bookable)
        if plan and plan.is_lowered(bookable):
            type(bookable).objects.filter(pk=bookable.pk).update(capacity_lowered_at=now)


def _tell_moved(
    event: Event, before: Before, moved: list[Bookable], now: datetime, note: str
) -> None:
    for bookable in moved:
        plan = before.plan_of(bookable)
        if plan is None or (bookable.has_ended(now) and plan.ends_at <= now):
            continue  # the correction of a date in the past
        people = _coming(event, now).filter(workshop=bookable.workshop)
        texts.time_changed(
            people,
            before=plan.starts_at,
            before_end=plan.ends_at,
            revision=event.sequence,
            note=note,
        )


def _tell_draw_moved(event: Event, note: str) -> None:
    entries = event.registrations.waiting().filter(workshop=None)
    texts.draw_moved(entries, revision=event.sequence, note=note)


def _tell_cancelled_or_restored(event: Event, now: datetime, note: str) -> None:
    """Tell people, unless it is over. A draft has no page: it is not said to take place again."""
    if event.has_ended(now) or event.is_draft:
        return
    # The message about a restored event names its time, so that a move needs no second one.
    say = texts.event_cancelled if event.is_cancelled else texts.event_restored
    say(_coming(event, now).filter(workshop=None), revision=event.sequence, note=note)


def _tell_cancelled_afterwards(event: Event, note: str) -> None:
    """Tell those whose money goes back for an event that is over; nothing changes for others."""
    due, problem = Payment.Status.REFUND_DUE, Payment.Problem.EVENT_CANCELLED
    owed = event.registrations.filter(payments__status=due, payments__problem=problem).distinct()
    people = owed.active().select_related("attendee__user", "workshop").order_by("pk")
    texts.event_cancelled(*people, revision=event.sequence, is_over=True, note=note)


def _mark_moved_workshops(event: Event, moved: set[int], now: datetime) -> list[Clash]:
    """Return and tell pairs of one person's workshops that overlap since the move; both stay."""
    Workshop.objects.filter(pk__in=moved).update(moved_at=now)
    by_person = defaultdict(list)
    for registration in _with_a_clash(event, now) if moved else ():
        by_person[registration.attendee_id].append(registration)
    clashes = [
        (one, other)
        for held in by_person.values()
        for one, other in combinations(held, 2)
        if moved & {one.workshop_id, other.workshop_id} and one.bookable.overlaps(other.bookable)
    ]
    texts.time_clash(*clashes, revision=event.sequence)
    return clashes


def _with_a_clash(event: Event, now: datetime) -> RegistrationQuerySet:
    """Return registrations of workshops that overlap with another one of the same person."""
    others = _coming(event, now).filter(
        attendee=OuterRef("attendee"),
        workshop__starts_at__lt=OuterRef("workshop__ends_at"),
        workshop__ends_at__gt=OuterRef("workshop__starts_at"),
    )
    held = _coming(event, now).filter(workshop__isnull=False)
    clashing = held.filter(Exists(others.exclude(workshop=OuterRef("workshop"))))
    return clashing.select_related("attendee__user", "workshop").order_by("pk")


def _coming(event: Event, now: datetime) -> RegistrationQuerySet:
    return event.registrations.active().not_lapsed(now)
