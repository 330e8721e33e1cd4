"""Scenes of somebody who signs up where many wait."""

from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.test import Client

from benchmarks.crowd import fill
from events import places
from tests.factories import make_attendee, make_event

from .costs import Limit, Work
from .scenes import NEWCOMER, ROUNDS, expect, scene


@scene("sign-up past who may not, first", Limit())
def first_newcomer(people: int) -> Iterator[Work]:
    event = make_event(capacity=1_000, neos_required=True)
    fill(event, waiting=people, is_stale=True)
    user = make_attendee().user
    yield lambda: places.register(user=user, bookable=event)


@scene("sign-up past who may not, each", NEWCOMER)
def newcomer(people: int) -> Iterator[Work]:
    event = make_event(capacity=1_000, neos_required=True)
    fill(event, waiting=people, is_stale=True)
    places.register(user=make_attendee().user, bookable=event)
    for _ in range(5 * ROUNDS):
        user = make_attendee().user
        yield partial(places.register, user=user, bookable=event)


@scene("the same over HTTP", NEWCOMER)
def newcomer_on_page(people: int) -> Iterator[Work]:
    event = make_event(capacity=1_000, neos_required=True)
    fill(event, waiting=people, is_stale=True)
    places.register(user=make_attendee().user, bookable=event)
    for _ in range(3 * ROUNDS):
        browser = Client(HTTP_HOST="localhost:8000")
        browser.force_login(make_attendee().user, backend=settings.AUTHENTICATION_BACKENDS[0])
        yield partial(press, browser, f"{event.get_absolute_url()}register/")


def press(browser: Client, address: str) -> int:
    return expect(browser.post(address), 302)


@scene("sign-up joins who wait", NEWCOMER)
def joining(people: int) -> Iterator[Work]:
    event = make_event(capacity=0, neos_required=True)
    fill(event, waiting=people)
    for _ in range(3 * ROUNDS):
        user = make_attendee().user
        yield partial(places.register, user=user, bookable=event)
