"""Compare what costs by the crowd: 10,000 people against 10, in one run on one database.

Every scene prepares an event with so many people, and is then measured: seconds, seconds of this
process' own CPU, statements. What holds the event's lock has its limit in seconds, a newcomer's
place has one as a ratio. The answer ends with 1 if a limit is not kept.

    TEST_DATABASE=postgresql python -m benchmarks.growth [part of a scene's name ...]
"""

import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import django

import tests.environment  # noqa: F401 - the settings, and a database of this run's own

os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
django.setup()
logging.disable(logging.WARNING)

# isort: split
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from tqdm import tqdm

from benchmarks.crowd import analyze, fill, make_people, pay
from events import housekeeping, places
from events.audit import audit
from events.messages import delivery
from events.models import Event, Notification, Registration
from events.places import event_edits
from tests.factories import make_attendee, make_event, make_organizer, make_user

SMALL, LARGE = 10, 10_000
#: How often a page is loaded, or a newcomer comes; the median counts.
ROUNDS = 7
Work = Callable[[], object]
#: A scene prepares an event for so many people, and yields what is measured, once or more often.
Scene = Callable[[int], Iterator[Work]]


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of the seconds, the seconds of our own CPU, and the number of statements."""

    wall: float
    cpu: float
    statements: int


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many seconds (on PostgreSQL, on SQLite) or CPU seconds, or times the small one."""

    seconds: tuple[float, float] | None = None
    cpu: float | None = None
    ratio: float | None = None

    def is_kept(self, small: Cost, large: Cost) -> bool:
        most = self.seconds and self.seconds[connection.vendor == "sqlite"]
        return (
            (most is None or large.wall <= most)
            and (self.cpu is None or large.cpu <= self.cpu)
            and (self.ratio is None or large.wall <= self.ratio * small.wall)
        )


UNDER_LOCK = Limit(seconds=(2, 3))
PAGE = Limit(seconds=(1, 1))
NEWCOMER = Limit(ratio=2)
SCENES: list[tuple[str, Limit, Scene, int]] = []


def scene(name: str, limit: Limit, *, people: int = LARGE) -> Callable[[Scene], Scene]:
    def add(prepare: Scene) -> Scene:
        SCENES.append((name, limit, prepare, people))
        return prepare

    return add


# --- Under the event's lock ----------------------------------------------------------------------


def edit(event: Event, **fields: object) -> None:
    """As the admin does it."""
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        Event.objects.filter(pk=event.pk).update(**fields)
        event_edits.follow_up(before)


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


# --- A newcomer ----------------------------------------------------------------------------------


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


# --- Pages ---------------------------------------------------------------------------------------

ROWS = 20_000


def root() -> Client:
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    return browser


def expect(response: Any, status: int = 200) -> int:
    assert response.status_code == status, response
    return sum(map(len, response)) if response.streaming else len(response.content)


def loads(address: str, browser: Client | None = None) -> Iterator[Work]:
    visitor = browser or root()
    for _ in range(ROUNDS):
        yield lambda: expect(visitor.get(address))


@scene("event page, signed in, all wait", PAGE)
def event_page(people: int) -> Iterator[Work]:
    event = make_event(capacity=0)
    last = fill(event, waiting=people)[-1]
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(last.attendee.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    yield from loads(event.get_absolute_url(), browser)


@scene("draw.txt", PAGE, people=ROWS)
def draw_page(people: int) -> Iterator[Work]:
    event = make_event(draw_at=timezone.now() - timedelta(hours=1), capacity=1)
    made = fill(event, waiting=people)
    for rank, registration in enumerate(made, start=1):
        registration.draw_rank = rank
    for start in range(0, people, 2_000):
        Registration.objects.bulk_update(made[start : start + 2_000], ["draw_rank"], 200)
    Event.objects.filter(pk=event.pk).update(drawn_at=timezone.now())
    yield from loads(f"{event.get_absolute_url()}draw.txt", Client(HTTP_HOST="localhost:8000"))


@scene("admin: registrations", PAGE, people=ROWS)
def registrations(people: int) -> Iterator[Work]:
    fill(make_event(), confirmed=people)
    yield from loads("/admin/events/registration/")


def waiting_page(people: int, page: str) -> Iterator[Work]:
    event = make_event(capacity=0)
    fill(event, waiting=people)
    query = f"event__id__exact={event.pk}&status__exact=waitlisted&p={page}"
    yield from loads(f"/admin/events/registration/?{query}")


@scene("admin: waiting people, first page", PAGE, people=ROWS)
def waiting_first(people: int) -> Iterator[Work]:
    yield from waiting_page(people, "1")


@scene("admin: waiting people, last page", PAGE, people=ROWS)
def waiting_last(people: int) -> Iterator[Work]:
    yield from waiting_page(people, str(max(1, people // 100)))


@scene("admin: search of registrations", PAGE, people=ROWS)
def search(people: int) -> Iterator[Work]:
    fill(make_event(), confirmed=people)
    yield from loads("/admin/events/registration/?q=crowd-99")


@scene("admin: attendees", PAGE, people=ROWS)
def attendees(people: int) -> Iterator[Work]:
    make_people(people)
    analyze()
    yield from loads("/admin/events/attendee/")


@scene("admin: users", PAGE, people=ROWS)
def users(people: int) -> Iterator[Work]:
    make_people(people)
    analyze()
    yield from loads("/admin/auth/user/")


def paid_event(people: int) -> Event:
    event = make_event(price=500)
    pay(fill(event, confirmed=people))
    return event


@scene("admin: payments", PAGE, people=ROWS)
def payments(people: int) -> Iterator[Work]:
    paid_event(people)
    yield from loads("/admin/events/payment/")


@scene("admin: payments of an organizer", PAGE, people=ROWS)
def own_payments(people: int) -> Iterator[Work]:
    mika = make_organizer()
    paid_event(people).organizers.add(mika)
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(mika)
    yield from loads("/admin/events/payment/?task=person", browser)


@scene("admin: money page", PAGE, people=ROWS)
def money_page(people: int) -> Iterator[Work]:
    yield from loads(f"/admin/events/event/{paid_event(people).pk}/money/")


@scene("admin: money.csv", PAGE, people=ROWS)
def money_table(people: int) -> Iterator[Work]:
    yield from loads(f"/admin/events/event/{paid_event(people).pk}/money.csv")


@scene("admin: waitlist log", PAGE, people=ROWS)
def waitlist_log(people: int) -> Iterator[Work]:
    event = make_event(capacity=0)
    fill(event, waiting=people)
    edit(event, capacity=people)
    yield from loads("/admin/events/fillingpass/")


@scene("admin: events", PAGE, people=ROWS)
def events(people: int) -> Iterator[Work]:
    fill(make_event(), confirmed=people)
    yield from loads("/admin/events/event/")


@scene("admin: one event", PAGE, people=ROWS)
def one_event(people: int) -> Iterator[Work]:
    event = make_event()
    fill(event, confirmed=people)
    yield from loads(f"/admin/events/event/{event.pk}/change/")


@scene("admin: one registration that waits", PAGE, people=ROWS)
def one_registration(people: int) -> Iterator[Work]:
    last = fill(make_event(capacity=0), waiting=people)[-1]
    yield from loads(f"/admin/events/registration/{last.pk}/change/")


@scene("admin: messages", PAGE, people=ROWS)
def messages(people: int) -> Iterator[Work]:
    owe(people)
    yield from loads("/admin/events/notification/")


# --- Periodic work -------------------------------------------------------------------------------


@scene("audit", Limit(seconds=(3, 3)), people=ROWS)
def auditing(people: int) -> Iterator[Work]:
    event = make_event(price=500, currency="EUR")
    made = fill(event, confirmed=people)
    pay(made)
    owe_each(made)
    yield lambda: expect_none(audit(event))


@scene("audit, all wait and may not", Limit(seconds=(3, 3)), people=ROWS)
def auditing_line(people: int) -> Iterator[Work]:
    event = make_event(capacity=5, neos_required=True)
    made = fill(event, waiting=people, is_stale=True)
    owe_each(made, kind="waitlisted")
    yield lambda: expect_none(audit(event))


def expect_none(found: list[Any]) -> None:
    assert found == [], found[0]


@scene("housekeeping, nothing to do", Limit(seconds=(1, 1)))
def idle(people: int) -> Iterator[Work]:
    """50 events with the people, a fifth of whom wait; 20 events with one place free each."""
    number = 50 if people > SMALL else 1
    for count in range(number):
        event = make_event(capacity=0, neos_required=True)
        share = people // number
        fill(event, confirmed=share * 4 // 5, waiting=share // 5, is_stale=True)
        if count % 2:
            Event.objects.filter(pk=event.pk).update(capacity=share)
    housekeeping.run()
    housekeeping.run()
    for _ in range(ROUNDS):
        yield housekeeping.run


@scene("delivery of 2,000 mails, in memory", Limit(cpu=5), people=2_000)
def deliver(people: int) -> Iterator[Work]:
    owe(people)
    yield delivery.deliver_due


def owe(people: int) -> None:
    owe_each(fill(make_event(), confirmed=people))


def owe_each(made: list[Registration], kind: str = "registered") -> None:
    now = timezone.now()
    Notification.objects.bulk_create(
        [
            Notification(
                attendee_id=r.attendee_id,
                registration=r,
                kind=kind,
                subject=f"registration:{r.code}",
                created_at=now,
            )
            for r in made
        ],
        1_000,
    )
    analyze()


# --- Measuring -----------------------------------------------------------------------------------


def main(wanted: list[str]) -> int:
    chosen = [each for each in SCENES if not wanted or any(word in each[0] for word in wanted)]
    connection.creation.create_test_db(verbosity=0)
    memory = "django.core.mail.backends.locmem.EmailBackend"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    try:
        with override_settings(EMAIL_BACKEND=memory, STORAGES=storages):
            kept = [report(*each) for each in tqdm(chosen, disable=None, leave=False)]
            return int(not all(kept))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def report(name: str, limit: Limit, prepare: Scene, people: int) -> bool:
    if limit.ratio:  # in turns, so that all else that the machine does falls on both
        empty()
        turns = zip(prepare(SMALL), prepare(people), strict=True)
        small, large = map(medians, zip(*[map(cost_of, both) for both in turns], strict=True))
    else:
        small, large = measure(prepare, SMALL), measure(prepare, people)
    is_kept = limit.is_kept(small, large)
    line = (
        f"{connection.vendor}: {name:38} {people:6,} people: {large.wall:8.3f} s"
        f" {large.cpu:7.3f} s CPU {large.statements:6,} statements,"
        f" {large.wall / small.wall:8.1f} times {SMALL} ({small.statements} statements)"
        f"{'' if is_kept else '  TOO MUCH'}"
    )
    tqdm.write(line)
    return is_kept


def measure(prepare: Scene, people: int) -> Cost:
    """Return the medians of one scene, on a database that the scene before left behind."""
    empty()
    return medians([cost_of(work) for work in prepare(people)])


def medians(costs: Sequence[Cost]) -> Cost:
    middle = statistics.median_low([cost.wall for cost in costs])
    cpu = statistics.median_low([cost.cpu for cost in costs])
    return Cost(middle, cpu, costs[-1].statements)


def empty() -> None:
    """Forget what the scene before made."""
    names = connection.introspection.django_table_names(only_existing=True)
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [name for name in names if name not in kept]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            return
        with connection.constraint_checks_disabled():
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")


def cost_of(work: Work) -> Cost:
    counted = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal counted
        counted += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        return Cost(time.perf_counter() - wall, time.process_time() - cpu, counted)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
