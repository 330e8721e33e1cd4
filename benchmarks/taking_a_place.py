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
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from events import places
from events.models import Attendee, Event, Registration
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


def fill(event: Event, *, confirmed: int, waiting: int = 0) -> Event:
    """Put as many people into the event, without asking any rule."""
    now, count = timezone.now(), confirmed + waiting
    names = [f"U-{event.pk}-{number}" for number in range(count)]
    users = User.objects.bulk_create([User(username=name, password="!") for name in names], 1_000)
    attendees = Attendee.objects.bulk_create(
        [
            Attendee(user=u, neos_id=u.username, neos_email_verified=True, verified_at=now)
            for u in users
        ],
        1_000,
    )
    taking = {"status": Status.CONFIRMED, "taken_at": now, "confirmed_at": now}
    lining_up = {"status": Status.WAITLISTED, "waitlisted_at": now}
    terms = [taking] * confirmed + [lining_up] * waiting
    Registration.objects.bulk_create(
        [
            Registration(attendee=attendee, event=event, created_at=now, **fields)
            for attendee, fields in zip(attendees, terms, strict=True)
        ],
        1_000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as autovacuum does on a living site
    return event


def forget(registration: Registration) -> None:
    registration.attendee.notifications.all().delete()
    Registration.objects.filter(pk=registration.pk).delete()


if __name__ == "__main__":
    sys.exit(main())
