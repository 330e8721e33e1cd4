"""Leave waitlists and take a place at the same time: all of it, or nothing."""

from collections.abc import Iterable
from typing import TypeAlias, Unpack

from django.contrib.auth.models import User
from django.utils import timezone

from events.access import rules, viewers
from events.access.facts import read_facts
from events.access.refusals import Code, PlaceRefused, Refusal
from events.models import Bookable, Event, Registration

from .answers import Sent
from .cancel import give_up
from .lock import current, lock_person, locked_event
from .register import register, reread
from .settle import settle_locked

Spots: TypeAlias = tuple[Registration, ...]


def swap(
    *,
    user: User,
    bookable: Bookable,
    leaving: Iterable[Registration],
    **sent: Unpack[Sent],
) -> Registration:
    """Take a place, and give up the spots of `leaving` that keep the person from it.

    Spots that are not in the way, or no longer, are kept. So are all of them if the person has the
    place already, or if something else is in the way too, like a spot that has become a place: then
    this does as `register`. Raises `AnswersNeeded`, and `PlaceRefused`, also if no place is free
    any more; then nothing was given up.
    """
    to_leave = {spot.pk for spot in leaving}
    with locked_event(bookable.event.pk) as event:
        lock_person(user)
        spots = _spots_in_the_way(user, bookable, event)
        if spots and {spot.pk for spot in spots} <= to_leave:
            return _take(user, bookable, event, spots, **sent)
        return register(user=user, bookable=bookable, **sent)


def _spots_in_the_way(user: User, bookable: Bookable, event: Event) -> Spots:
    facts = read_facts(event, viewers.attendee_facing(event, user), timezone.now())
    return rules.spots_in_the_way(facts, reread(bookable, event))


def _take(
    user: User,
    bookable: Bookable,
    event: Event,
    spots: Spots,
    **sent: Unpack[Sent],
) -> Registration:
    """Leave all spots before the event is settled: the person must not move up at one of them."""
    now = timezone.now()
    for spot in spots:
        give_up([current(spot, event)], now, in_full=False)
    taken = register(user=user, bookable=bookable, **sent)
    if taken.status == Registration.Status.WAITLISTED:
        raise PlaceRefused([Refusal(Code.TIME_CLASH, bookable, held=spots[0], also_held=spots[1:])])
    settle_locked(event, now)
    return taken
