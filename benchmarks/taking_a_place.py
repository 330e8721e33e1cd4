"""Compare the cost of a place among 10,000 people with one among 10.

Both kinds of event are used in turn, in one process and on one database, so that whatever else the
machine does falls on both. The answer is a ratio of medians; it ends with 1 if one is above `MOST`.

    TEST_DATABASE=postgresql python -m benchmarks.taking_a_place
"""

import logging
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import django

import tests.environment  # noqa: F401 - the settings, and a database of this run's own

os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
django.setup()
logging.getLogger("events").setLevel(logging.WARNING)

# isort: split
from django.db import connection
from tqdm import tqdm

from benchmarks.crowd import fill
from events import places
from events.models import Registration
from tests.factories import make_attendee, make_event

SMALL, LARGE = 10, 10_000
ROUNDS = 200
MOST = 2.0

Status = Registration.Status


def main() -> int:
    connection.creation.create_test_db(verbosity=0)
    try:
        return report(dict(measure(scene) for scene in SCENES))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def report(ratios: dict[str, float]) -> int:
    for name, ratio in ratios.items():
        print(f"{connection.vendor}: {name}: {LARGE:,} people cost {ratio:.2f} times {SMALL}")
    return int(max(ratios.values()) > MOST)


def measure(scene: Callable[[int], Iterator[None]]) -> tuple[str, float]:
    """The scene's name, and how many times longer it takes in a large event than in a small one."""
    steps = {size: scene(size) for size in (SMALL, LARGE)}
    for step in steps.values():
        next(step)  # prepares the event
    seconds = defaultdict(list)
    for _round in tqdm(range(ROUNDS), desc=scene.__name__, disable=None, leave=False):
        for size, step in steps.items():
            started = time.perf_counter()
            next(step)
            seconds[size].append(time.perf_counter() - started)
            next(step)  # puts back what was taken
    ratio = statistics.median(seconds[LARGE]) / statistics.median(seconds[SMALL])
    return (scene.__doc__ or "").strip(". "), ratio


# --- What is measured: each prepares, then takes and puts back in turns ---------------------------


def take_the_last_place(people: int) -> Iterator[None]:
    """taking the last free place."""
    event = fill(make_event(capacity=people + 1, neos_required=True), confirmed=people)
    attendee = make_attendee()
    yield
    while True:
        taken = places.register(user=attendee.user, bookable=event)
        yield
        forget(taken)
        yield


def join_the_waitlist(people: int) -> Iterator[None]:
    """joining a waitlist as long as the event is large."""
    event = fill(make_event(capacity=1, neos_required=True), confirmed=1, waiting=people - 1)
    attendee = make_attendee()
    yield
    while True:
        waiting = places.register(user=attendee.user, bookable=event)
        yield
        forget(waiting)
        yield


def give_a_place_up(people: int) -> Iterator[None]:
    """giving up a place that goes to the first of a waitlist."""
    half = people // 2
    event = fill(make_event(capacity=half, neos_required=True), confirmed=half, waiting=half)
    taken = Registration.objects.filter(event=event, status=Status.CONFIRMED).order_by("pk")
    yield
    while True:
        leaving = taken.select_related("attendee__user")[0]
        places.cancel(registration=leaving, in_full=False)
        yield
        places.register(user=leaving.attendee.user, bookable=event)
        yield


SCENES = (take_the_last_place, join_the_waitlist, give_a_place_up)


def forget(registration: Registration) -> None:
    registration.attendee.notifications.all().delete()
    Registration.objects.filter(pk=registration.pk).delete()


if __name__ == "__main__":
    sys.exit(main())
