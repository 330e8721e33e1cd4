"""Find the events at which something is due, in as many statements for many events as for one."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Count, Q

from events.access import rows
from events.access.facts import Occupancy
from events.models import Bookable, Event, Registration, Workshop
from events.models.registration_status import uses_up_place_at

from .waitlist import Served, served

Status = Registration.Status


def due_events(now: datetime) -> list[Event]:
    """Return events that `settle` would change, and those where people are owed reasons."""
    published = Event.Status.PUBLISHED
    held = Registration.objects.filter(event__status=published)
    lapsed = held.lapsed(now).order_by().values("event")
    owed = Registration.objects.filter(is_owed_reasons=True).order_by().values("event")
    is_draw_due = Q(draw_at__lte=now, drawn_at=None, status=published)
    due = Q(pk__in=lapsed) | Q(pk__in=owed) | is_draw_due | Q(pk__in=_with_a_next(now))
    return list(Event.objects.ending_after(now).filter(due).order_by("pk"))


def _with_a_next(now: datetime) -> list[int]:
    """Return events, by id, with a free place for somebody who waits for it, or where somebody
    waits who needs none; see `waitlist`.
    """
    parts: dict[Served, list[Bookable]] = defaultdict(list)
    for bookable in _free_and_waited_for(now):
        parts[served(bookable, now)].append(bookable)
    promoted = Q(promoted_at__isnull=False) & _at(parts[Served.PROMOTED])
    found = _at(parts[Served.ALL]) | promoted | _outside(now)
    next_ones = Registration.objects.waiting().filter(found)
    who_may = rows.who_may(next_ones, rows.asked_anywhere(now)).order_by()
    return list(who_may.values_list("event", flat=True).distinct())


def _outside(now: datetime) -> Q:
    there = Q(event__status=Event.Status.PUBLISHED, event__ends_at__gt=now)
    goes_on = Q(workshop=None) | Q(workshop__ends_at__gt=now)
    return Q(outside_capacity=True) & there & goes_on


def _at(bookables: list[Bookable]) -> Q:
    events = [bookable.pk for bookable in bookables if bookable.workshop is None]
    workshops = [bookable.pk for bookable in bookables if bookable.workshop is not None]
    return Q(workshop=None, event__in=events) | Q(workshop__in=workshops)


def _free_and_waited_for(now: datetime) -> list[Bookable]:
    found = _occupancies(now)
    workshops = Workshop.objects.select_related("event").in_bulk([w for _e, w in found if w])
    events = Event.objects.in_bulk([e for e, w in found if w is None])
    places: list[tuple[Bookable, Occupancy]] = [
        (workshops[w] if w else events[e], occupancy) for (e, w), occupancy in found.items()
    ]
    return [bookable for bookable, at in places if at.free(bookable.capacity) != 0]


def _occupancies(now: datetime) -> dict[tuple[int, int | None], Occupancy]:
    """Count, by event and workshop, where somebody waits and it is not over."""
    waited_for = Registration.objects.waiting().filter(event__ends_at__gt=now).order_by()
    counted = (
        Registration.objects.active()
        .filter(event__in=waited_for.values("event"))
        .order_by()
        .values_list("event", "workshop")
        .annotate(
            taken=Count("pk", filter=uses_up_place_at(now)),
            waiting=Count("pk", filter=Q(status=Status.WAITLISTED)),
        )
    )
    return {(e, w): Occupancy(*counts) for e, w, *counts in counted if counts[1]}
