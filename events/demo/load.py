"""Load the demo through the code that people use, so that it obeys every rule."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from events import places
from events.access.refusals import PlaceRefused
from events.models import Event, PatronPerk, Registration, Workshop
from events.payments.providers import manual
from events.places import event_edits

from .content import EVENTS, EventPlan, WorkshopPlan
from .people import make_attendees, make_staff

Item = TypeVar("Item")

#: Far enough ahead for people to sign up for what the demo then moves into the past.
AHEAD = timedelta(days=90)


def load(report: Callable[[int, int], None] = lambda _done, _all: None) -> int:
    """Make the events that are missing and return their number. `report` gets (done, all)."""
    organizers = make_staff()
    attendees = make_attendees()
    made = 0
    for number, plan in enumerate(EVENTS):
        if not Event.objects.filter(slug=plan.slug).exists():
            _make(plan, _rotated(organizers, number)[0], _rotated(attendees, number))
            made += 1
        report(number + 1, len(EVENTS))
    return made


@transaction.atomic
def _make(plan: EventPlan, organizer: User, guests: list[User]) -> None:
    """Make an open event in the future, let guests fill it, then move it to its planned date.

    All in one transaction: an interrupted event is made again the next time.
    """
    starts_at = _start(plan)
    event = _create_event(plan, starts_at + AHEAD)
    event.organizers.add(organizer)
    workshops = [_create_workshop(event, dict(fields)) for fields in plan.workshops]
    for perk in plan.perks:
        PatronPerk.objects.create(event=event, **perk)
    taken = [places.register(user=guest, bookable=event) for guest in guests[: plan.going]]
    _pay(taken[: plan.paid], organizer)
    for number, holder in enumerate(taken[: plan.paid or plan.going]):
        _choose_workshops(holder, _rotated(workshops, number))
    _move_to_plan(plan, event, workshops)
    event_edits.follow_up_new(event)


def _start(plan: EventPlan) -> datetime:
    now = timezone.now()
    if plan.is_running:
        return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    day = (now + timedelta(days=plan.days)).date()
    return datetime.combine(day, plan.at, ZoneInfo(plan.zone))


def _create_event(plan: EventPlan, starts_at: datetime) -> Event:
    return Event.objects.create(
        slug=plan.slug,
        title=plan.title,
        summary=plan.summary,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=plan.hours),
        time_zone=plan.zone,
        draw_at=None if plan.draw_in is None else starts_at - timedelta(hours=1),
        status=Event.Status.PUBLISHED,
        **plan.fields,
    )


def _create_workshop(event: Event, fields: WorkshopPlan) -> Workshop:
    starts_at = event.starts_at + timedelta(minutes=cast("int", fields.pop("start")))
    ends_at = starts_at + timedelta(minutes=cast("int", fields.pop("minutes")))
    return Workshop.objects.create(event=event, starts_at=starts_at, ends_at=ends_at, **fields)


def _pay(registrations: Iterable[Registration], organizer: User) -> None:
    for registration in registrations:
        if registration.status == Registration.Status.AWAITING_PAYMENT:
            manual.mark_paid(registration=registration, by=organizer, note="Transfer")


def _choose_workshops(holder: Registration, workshops: Iterable[Workshop]) -> None:
    for workshop in workshops:
        try:
            places.register(user=holder.attendee.user, bookable=workshop)
        except PlaceRefused:
            continue  # they have another one at the same time


def _rotated(items: list[Item], by: int) -> list[Item]:
    start = by % len(items) if items else 0
    return items[start:] + items[:start]


def _move_to_plan(plan: EventPlan, event: Event, workshops: Iterable[Workshop]) -> None:
    for bookable in (event, *workshops):
        bookable.starts_at -= AHEAD
        bookable.ends_at -= AHEAD
        bookable.save()
    event.status = plan.status
    now = timezone.now()
    event.opens_at = now + plan.opens_in if plan.opens_in else None
    event.draw_at = None if plan.draw_in is None else now + plan.draw_in
    event.save()
    places.settle(event=event)  # holds the draw that is due
