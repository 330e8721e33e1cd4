"""Make a copy of an event: all that organizers chose, at another time, and nothing that happened.

The copy is a draft. Nobody is told of it, and nobody has a place at it.
"""

from datetime import datetime

from django.contrib.auth.models import User

from events.formatting import times
from events.formatting.addresses import MAX_LENGTH, address_of, numbered, start_of
from events.models import Event, Series
from events.places import event_edits, lock_all, locked_event
from events.places.former_addresses import addresses_like

from .parts import IN_THE_FORM, PARTS, Copying
from .rows import values_of
from .shifts import Shift, clock_at, instant_at, times_of

SHIFTED = frozenset({"starts_at", "ends_at", "opens_at", "closes_at", "draw_at"})
#: What a copy does not take, because it is made anew or tells what happened to the original.
LEFT = frozenset(
    {
        "id",
        "slug",
        "status",
        "changed_at",
        "search_text",
        "capacity_lowered_at",
        "sequence",
        "seen_session_url",
        "seen_session_at",
        "announced_at",
        "draw_seed",
        "drawn_at",
        "series",
        "series_index",
    }
)


def copy_event(
    event: Event,
    *,
    start: datetime,
    by: User | None = None,
    series: Series | None = None,
    index: int | None = None,
) -> Event:
    """Return a draft that starts when the clock of the event's zone shows `start`, which has no
    zone. With a `series` it is the occurrence of this index there.

    Raises `ObjectDoesNotExist` if the event was deleted meanwhile.
    """
    with locked_event(event.pk) as original:
        shift = Shift.of(original, start)
        copy = Event(
            **values_of(original, without=LEFT | SHIFTED),
            **times_of(original, shift),
            slug=_free_address(original, start, series),
            series=series,
            series_index=index,
        )
        copy.save(force_insert=True)
        copying = Copying(original, copy, shift)
        for part in PARTS:
            part(copying)
        if by is not None:
            copy.organizers.add(by)
        event_edits.follow_up_new(copy)
        return copy


def complete(original: Event, copy: Event) -> None:
    """Give a copy that was made by the form what the form does not carry.

    The original is locked, so that a key of its door that is being revoked is not copied.
    """
    if not lock_all([original.pk]):
        return
    shift = Shift.of(original, clock_at(copy.starts_at, copy.zone), copy.zone)
    if original.drawn_at and original.draw_at:
        opens_at = copy.opens_at
        copy.draw_at = shift.later(original.draw_at, opens_at, original.opens_at)
        Event.objects.filter(pk=copy.pk).update(draw_at=copy.draw_at)
    made = {workshop.slug: workshop for workshop in copy.workshops.all()}
    named = {each.pk: made[each.slug] for each in original.workshops.all() if each.slug in made}
    for part in PARTS:
        if part not in IN_THE_FORM:
            part(Copying(original, copy, shift, named))


def _free_address(original: Event, start: datetime, series: Series | None) -> str:
    """Make an address from the title. Those of a series have the day behind it."""
    base = address_of(original.title, otherwise=original.kind)
    if series is not None:
        day = times.day_code(times.date_of(instant_at(start, original.zone), original.zone))
        room = len(start_of("x" * MAX_LENGTH)) - len(day) - 1
        base = f"{series.slug[:room].rstrip('-')}-{day}"
    return numbered(base, addresses_like(start_of(base), event_pk=None))
