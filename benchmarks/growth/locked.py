"""Scenes under the event's lock."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.utils import timezone

from benchmarks.crowd import fill, pay
from events import places
from events.models import Event, Registration
from tests.factories import make_event

from .costs import Work
from .scenes import ROUNDS, UNDER_LOCK, edit, scene


@scene("move an event", UNDER_LOCK)
def move(people: int) -> Iterator[Work]:
    event = make_event()
    fill(event, confirmed=people)
    yield lambda: edit(event, starts_at=event.starts_at + timedelta(minutes=30))


@scene("cancel a paid event", UNDER_LOCK)
def cancel_event(people: int) -> Iterator[Work]:
    event = make_event(price=500)
    pay(fill(event, confirmed=people))
    yield lambda: edit(event, status="cancelled")


@scene("raise the capacity, all move up", UNDER_LOCK)
def raise_capacity(people: int) -> Iterator[Work]:
    event = make_event(capacity=0, neos_required=True)
    fill(event, waiting=people)
    yield lambda: edit(event, capacity=people)


@scene("raise the capacity of a paid event", UNDER_LOCK)
def raise_paid(people: int) -> Iterator[Work]:
    event = make_event(capacity=0, price=500)
    fill(event, waiting=people)
    yield lambda: edit(event, capacity=people)


@scene("expire unpaid holds, all of them", UNDER_LOCK)
def expire(people: int) -> Iterator[Work]:
    event = make_event(price=500)
    fill(event, confirmed=people)
    past = timezone.now() - timedelta(minutes=1)
    event.registrations.update(status="awaiting_payment", confirmed_at=None, hold_until=past)
    yield lambda: places.settle(event=event)


@scene("hold a draw for half of them", UNDER_LOCK)
def draw(people: int) -> Iterator[Work]:
    now = timezone.now()
    event = make_event(capacity=people // 2, draw_at=now - timedelta(minutes=1))
    fill(event, waiting=people)
    yield lambda: places.draw(event=event, now=now)


@scene("filling pass, all may not, first", UNDER_LOCK)
def first_pass(people: int) -> Iterator[Work]:
    event = make_event(capacity=0, neos_required=True)
    fill(event, waiting=people, is_stale=True)
    Event.objects.filter(pk=event.pk).update(capacity=5)
    yield lambda: places.settle(event=event)


@scene("filling pass, all may not, again", UNDER_LOCK)
def next_pass(people: int) -> Iterator[Work]:
    work = next(first_pass(people))
    work()
    for _ in range(ROUNDS):
        yield work


@scene("cancel a place, all who wait may not", UNDER_LOCK)
def give_up(people: int) -> Iterator[Work]:
    event = make_event(capacity=50, neos_required=True)
    held = fill(event, confirmed=20)
    fill(event, waiting=people, is_stale=True)
    for registration in held[:ROUNDS]:
        loaded = Registration.objects.select_related("event").get(pk=registration.pk)
        yield partial(places.cancel, registration=loaded, in_full=False)
