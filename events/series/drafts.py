"""Make the events of a series, as drafts: all at once, or by housekeeping so many days ahead.

The series' row is locked before any event, and what is made next is read after that: two processes
make each occurrence once.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import islice

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from events.formatting.addresses import address_of, numbered, start_of
from events.models import Event, Series
from events.places import locked_event

from .copies import copy_event
from .rules import Rule
from .shifts import clock_at, instant_at

#: So many at once; more are made ahead, by and by.
MOST_AT_ONCE = 60
DAYS_AHEAD = 60


class AlreadyRepeats(Exception):
    """The event belongs to a series already."""


def repeat(event: Event, *, rule: Rule, days_ahead: int | None, by: User | None = None) -> Series:
    """Make a series of the event and its first drafts: those of the next days, or all of them if
    `days_ahead` is None.

    Raises `AlreadyRepeats`, and `ValueError` if all of a series without an end are to be made.
    """
    if days_ahead is None and not (rule.count or rule.until):
        raise ValueError(rule)
    now = timezone.now()
    with locked_event(event.pk) as first:
        if first.series_id is not None:
            raise AlreadyRepeats
        series = _series_of(first, rule, days_ahead, now)
        Event.objects.filter(pk=first.pk).update(series=series, series_index=0)
        _make(series, now, by)
        return series


def _series_of(event: Event, rule: Rule, days_ahead: int | None, now: datetime) -> Series:
    base = address_of(event.title, otherwise=event.kind)
    like = Series.objects.filter(slug__startswith=start_of(base))
    return Series.objects.create(
        title=event.title,
        slug=numbered(base, {*like.values_list("slug", flat=True)}),
        frequency=rule.frequency,
        interval=rule.interval,
        week=rule.week,
        starts_on=rule.first,
        clock=clock_at(event.starts_at, event.zone).time(),
        count=rule.count,
        until=rule.until,
        days_ahead=days_ahead,
        template=event,
        created_at=now,
    )


def due(now: datetime) -> list[Series]:
    """Return the series of which a draft is to be made by now."""
    return list(Series.objects.filter(due_at__lte=now).order_by("pk"))


def make_ahead(series: Series, now: datetime) -> int:
    """Make the drafts that are due and return how many; none if somebody else has made them."""
    with transaction.atomic():
        locked = lock(series)
        is_due = locked.due_at is not None and locked.due_at <= now
        return _make(locked, now) if is_due else 0


def lock(series: Series) -> Series:
    return Series.objects.select_for_update(no_key=True).get(pk=series.pk)


def lock_led_by(events: Iterable[Event]) -> None:
    """Lock the series whose template is one of these: deleting that writes it, and series are
    locked before events.
    """
    pks = [event.pk for event in events]
    led = Series.objects.select_for_update(no_key=True).filter(template__in=pks)
    list(led.order_by("pk").values_list("pk", flat=True))


def stop(series: Series) -> None:
    """Make no more drafts. Those that there are stay."""
    with transaction.atomic():
        lock(series)
        Series.objects.filter(pk=series.pk).update(due_at=None, stopped_at=timezone.now())


def go_on(series: Series) -> int:
    """Make drafts again, those that are due at once; what has passed meanwhile is left out."""
    with transaction.atomic():
        locked = lock(series)
        locked.stopped_at = None
        return _make(locked, timezone.now())


def template_of(series: Series) -> Event | None:
    """Return the event of which new drafts are copies. If it was deleted, that is the last one."""
    return series.template or series.events.order_by("-series_index").first()


def may_lead(series: Series, user: User) -> bool:
    """Return whether this person may say how the series goes on: who organizes its template."""
    template = template_of(series)
    return template is None or Event.objects.organized_by(user).filter(pk=template.pk).exists()


def _make(series: Series, now: datetime, by: User | None = None) -> int:
    """Make what is due, and write when the next one is. The series is locked, or not yet seen."""
    made, template = 0, template_of(series)
    series.due_at = None
    for index, local in _ahead(series):
        if template is None:
            break
        start = instant_at(local, template.zone)
        if (due_at := _due_at(series, start)) > now:
            series.due_at = due_at
            break
        if start > now:
            copy_event(template, start=local, by=by, series=series, index=index)
            made += 1
        series.next_index = index + 1
    series.save(update_fields=["next_index", "due_at", "stopped_at"])
    return made


def _ahead(series: Series) -> Iterator[tuple[int, datetime]]:
    """Yield the occurrences that were not made, with what the clock shows at their start."""
    first = series.next_index
    for index, day in enumerate(islice(Rule.of(series).days(), first, None), first):
        yield index, start_on(series, day)


def start_on(series: Series, day: date) -> datetime:
    return datetime.combine(day + timedelta(days=series.shift_days), series.clock)


def _due_at(series: Series, start: datetime) -> datetime:
    """Return when a draft is made; all at once is in good time for any."""
    ahead = series.days_ahead
    return start - timedelta(days=ahead) if ahead is not None else series.created_at


def following(event: Event, now: datetime) -> list[Event]:
    """Return the later events of the same series, without those that are over or cancelled."""
    if event.series_id is None:
        return []
    later = Q(series=event.series_id, series_index__gt=event.series_index)
    q = Event.objects.filter(later).exclude(status=Event.Status.CANCELLED).ending_after(now)
    return list(q.order_by("series_index"))
