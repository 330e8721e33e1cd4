"""Carry the edit of one event of a series on to later ones: each by itself, under its own lock.

Organizers choose groups of fields. Everything of a group becomes as it is at the edited event; of
times that is the clock, and how many days after the rule's day it is. What follows for people is
the business of `places.event_edits`, as when the form is saved.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction

from events.formatting import times
from events.models import Event, PatronPerk, Series, Workshop
from events.places import event_edits
from events.places.before_edit import Before
from events.places.event_edits import Consequences

from . import questions
from .drafts import lock
from .parts import LEFT_OF_WORKSHOP
from .rows import LEFT_OF_PART, values_of
from .rules import rule_day
from .shifts import Shift, clock_at, times_of


class Group(StrEnum):
    TEXTS = "texts"
    TIME = "time"
    PLACES = "places"
    CONDITIONS = "conditions"
    SESSION = "session"
    HOSTS = "hosts"
    PERKS = "perks"
    WORKSHOPS = "workshops"
    QUESTIONS = "questions"


#: Which fields of the event's own row are in a group. Times have a rule of their own.
FIELDS: dict[Group, tuple[str, ...]] = {
    Group.TEXTS: (
        *("title", "summary", "description", "kind", "language", "written_in", "contact"),
        *("translations", "descriptions"),
    ),
    Group.TIME: ("time_zone", "starts_at", "ends_at", "opens_at", "closes_at", "draw_at"),
    Group.PLACES: ("capacity", "has_waitlist", "listed"),
    Group.CONDITIONS: (
        *("price", "currency", "neos_required", "patron_cents"),
        *("payment_days", "refund_days", "payment_instructions", "no_show_hours"),
    ),
    Group.SESSION: ("session_url", "session_opens_minutes"),
}


#: Names the change of workshops that take place at other times.
WORKSHOP_TIMES = "workshop_times"


class Obstacle(StrEnum):
    """Why an event cannot be changed like the edited one."""

    OVER = "over"
    PAST = "past"
    LOTTERY = "lottery"
    DRAW = "draw"
    OUTSIDE = "outside"
    CURRENCY = "currency"


class NotCarried(Exception):
    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle


@dataclass(frozen=True, slots=True)
class Change:
    """A field of the event, or the name of one of its groups of rows, before and after."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Carried:
    event: Event
    before: Before
    followed: Consequences
    changes: tuple[Change, ...]


def carry_on(source: Event, event_pk: int, groups: Collection[Group], now: datetime) -> Carried:
    """Change a later event like `source`, in the caller's transaction.

    Raises `NotCarried`, and `ObjectDoesNotExist` if it was deleted. Roll back then.
    """
    before = event_edits.begin(event_pk)
    event = Event.objects.select_related("series").get(pk=event_pk)
    if event.is_cancelled or event.has_ended(now):
        raise NotCarried(Obstacle.OVER)
    shift = _shift_of(source, event, groups)
    old = Shift.of(event, shift.to, shift.new_zone)
    changes = tuple(changes_of(source, event, groups))
    _refuse(event, changes, now)
    _refuse_other_currency(source, event, groups)
    for change in changes:
        if change.name in _COLUMNS:
            setattr(event, change.name, change.after)
    event.save(update_fields=[*_COLUMNS, "changed_at"])
    _write_workshops(source, event, groups, shift, old)
    _write_relations(source, event, groups)
    followed = event_edits.follow_up(before)
    return Carried(Event.objects.get(pk=event.pk), before, followed, changes)


_COLUMNS = [name for names in FIELDS.values() for name in names]


def changes_of(source: Event, event: Event, groups: Collection[Group]) -> Iterator[Change]:
    """Yield what is to become different at the event; nothing is written."""
    wanted = {
        name: getattr(source, name)
        for group in groups
        if group is not Group.TIME
        for name in FIELDS.get(group, ())
    }
    if Group.TIME in groups:
        wanted["time_zone"] = source.time_zone
        wanted |= times_of(source, _shift_of(source, event, groups))
        wanted |= {"draw_at": event.draw_at} if event.drawn_at else {}
    if Group.TIME in groups and (moved := _workshop_times(source, event, groups)):
        yield moved
    for name, after in wanted.items():
        if (before := getattr(event, name)) != after:
            yield Change(name, before, after)
    for group, rows in ROWS.items():
        if group in groups and (before := rows(event, event)) != (after := rows(source, event)):
            yield Change(group, before, after)


def _workshop_times(source: Event, event: Event, groups: Collection[Group]) -> Change | None:
    """Return that workshops come to other times, if they do, within those of the event."""
    shift, models = _shift_of(source, event, groups), {w.slug: w for w in source.workshops.all()}
    ends_at = shift.span(source)[1]
    own = [(w, models[w.slug]) for w in event.workshops.order_by("slug") if w.slug in models]
    before = [(w.slug, w.starts_at, w.ends_at) for w, _model in own]
    after = [(w.slug, *shift.span_inside(model, ends_at)) for w, model in own]
    return Change(WORKSHOP_TIMES, before, after) if before != after else None


def _shift_of(source: Event, event: Event, groups: Collection[Group]) -> Shift:
    """Return the way from the edited event to the start that the later one is to have."""
    if Group.TIME not in groups:
        return Shift.of(source, clock_at(event.starts_at, event.zone), event.zone)
    local = clock_at(source.starts_at, source.zone)
    day = rule_day(event) + timedelta(days=day_shift(source))
    return Shift.of(source, datetime.combine(day, local.time()))


def day_shift(event: Event) -> int:
    """Return how many days after the day of its occurrence the event takes place."""
    return (times.date_of(event.starts_at, event.zone) - rule_day(event)).days


def _refuse(event: Event, changes: tuple[Change, ...], now: datetime) -> None:
    after = {change.name: change.after for change in changes}
    starts_at, draw_at = after.get("starts_at"), after.get("draw_at")
    if isinstance(starts_at, datetime) and starts_at <= now:
        raise NotCarried(Obstacle.PAST)
    if isinstance(draw_at, datetime) and draw_at <= now:
        raise NotCarried(Obstacle.DRAW)
    is_other_kind = "draw_at" in after and (draw_at is None) != (event.draw_at is None)
    if is_other_kind and event.registrations.active().filter(workshop=None).exists():
        raise NotCarried(Obstacle.LOTTERY)
    opens_at, draw = after.get("opens_at"), after.get("draw_at", event.draw_at)
    if isinstance(opens_at, datetime) and isinstance(draw, datetime) and draw <= opens_at:
        raise NotCarried(Obstacle.LOTTERY)


def _refuse_other_currency(source: Event, event: Event, groups: Collection[Group]) -> None:
    """No price becomes one in another currency by going along without it, or by staying."""
    after = source.currency if Group.CONDITIONS in groups else event.currency
    priced = event.workshops.filter(price__gt=0)
    if Group.WORKSHOPS in groups:
        slugs = source.workshops.values_list("slug", flat=True)
        priced = priced.exclude(slug__in=list(slugs))
        brought = source.workshops.filter(price__gt=0).exists()
        if brought and after != source.currency:
            raise NotCarried(Obstacle.CURRENCY)
    if after != event.currency and priced.exists():
        raise NotCarried(Obstacle.CURRENCY)


# --- Rows beside the event's own ------------------------------------------------------------------


def _hosts(event: Event, _at: Event) -> object:
    return sorted(event.hosts.values_list("name", "pk"))


def _perks(event: Event, _at: Event) -> object:
    rows = event.perks.order_by("min_cents")
    return [tuple(values_of(perk, without=LEFT_OF_PART).items()) for perk in rows]


def _workshops(event: Event, _at: Event) -> object:
    rows = event.workshops.order_by("slug")
    return [tuple(values_of(each, without=LEFT_OF_WORKSHOP).items()) for each in rows]


ROWS = {
    Group.HOSTS: _hosts,
    Group.PERKS: _perks,
    Group.WORKSHOPS: _workshops,
    Group.QUESTIONS: questions.rows_of,
}


def _write_relations(source: Event, event: Event, groups: Collection[Group]) -> None:
    if Group.HOSTS in groups:
        event.hosts.set(source.hosts.all())
    if Group.PERKS in groups and _perks(event, event) != _perks(source, event):
        event.perks.all().delete()
        rows = [values_of(perk, without=LEFT_OF_PART) for perk in source.perks.all()]
        PatronPerk.objects.bulk_create(PatronPerk(event=event, **row) for row in rows)
    if Group.QUESTIONS in groups:
        questions.write_like(source, event)


def _write_workshops(
    source: Event, event: Event, groups: Collection[Group], shift: Shift, old: Shift
) -> None:
    """Change workshops of the same address and add new ones. Others stay, and move along."""
    models = {workshop.slug: workshop for workshop in source.workshops.all()}
    own = {workshop.slug: workshop for workshop in event.workshops.all()}
    for slug, workshop in own.items():
        model = models.get(slug)
        if Group.TIME in groups:
            one, way = (model, shift) if model else (workshop, old)
            workshop.starts_at, workshop.ends_at = way.span_inside(one, event.ends_at)
        if model and Group.WORKSHOPS in groups:
            _write_like(workshop, model)
        workshop.save()
    if Group.WORKSHOPS in groups:
        new = [model for slug, model in models.items() if slug not in own]
        own |= {model.slug: _add_like(model, event, shift) for model in new}
    if not all(_is_inside(workshop, event) for workshop in own.values()):
        raise NotCarried(Obstacle.OUTSIDE)


def _write_like(workshop: Workshop, model: Workshop) -> None:
    for name, value in values_of(model, without=LEFT_OF_WORKSHOP).items():
        setattr(workshop, name, value)


def _add_like(model: Workshop, event: Event, shift: Shift) -> Workshop:
    start, end = shift.span_inside(model, event.ends_at)
    values = values_of(model, without=LEFT_OF_WORKSHOP)
    return Workshop.objects.create(event=event, starts_at=start, ends_at=end, **values)


def _is_inside(workshop: Workshop, event: Event) -> bool:
    return event.starts_at <= workshop.starts_at < workshop.ends_at <= event.ends_at


# --- The drafts that are made later ---------------------------------------------------------------


def lead_on(source: Event, groups: Collection[Group], now: datetime) -> None:
    """Let later drafts be copies of this event, on the rule's days at its time."""
    if source.series is None:
        raise LookupError(source.pk)
    with transaction.atomic():
        series: Series = lock(source.series)
        former = series.template
        if Group.TIME in groups or former is None or former.time_zone == source.time_zone:
            series.template = source  # in another zone, the series' clock would mean another time
        if Group.TEXTS in groups and not source.is_draft:
            series.title = source.title
        if Group.TIME in groups:
            series.shift_days = day_shift(source)
            series.clock = clock_at(source.starts_at, source.zone).time()
        if series.due_at is not None:
            series.due_at = now  # housekeeping reckons it anew
        series.save(update_fields=["template", "title", "shift_days", "clock", "due_at"])
