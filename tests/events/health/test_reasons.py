"""Each thing that can be wrong is found, and is not found where it is right."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from events import housekeeping
from events.health.reasons import PATIENCE, Reason, find_reasons
from events.models import Attendee, Job, Notification
from tests.factories import make_attendee

pytestmark = pytest.mark.django_db
Clock = time_machine.Traveller
State = Notification.State
SECOND = timedelta(seconds=1)


def found() -> tuple[Reason, ...]:
    return find_reasons(timezone.now())


def make_message(attendee: Attendee, subject: str = "a", **fields: object) -> Notification:
    return Notification.objects.create(
        attendee=attendee,
        kind=Notification.Kind.THANKS,
        subject=subject,
        **{"created_at": timezone.now(), **fields},
    )


def test_nothing_is_wrong_after_a_round(clock: Clock) -> None:
    housekeeping.run()

    assert found() == ()


def test_statements_are_few_whatever_there_is(
    well: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attendee = make_attendee()
    for number in range(30):
        make_message(attendee, f"{number}")
    # Migrations and their table, the round, two of the queue, dead letters; PostgreSQL has a limit
    # of time set before, and a transaction around all.
    number = {"sqlite": 6, "postgresql": 9}[connection.vendor]
    found()

    with django_assert_num_queries(number):
        found()


def test_housekeeping_that_never_came_is_late() -> None:
    assert found() == (Reason.HOUSEKEEPING_LATE,)


def test_housekeeping_is_late_after_ten_minutes(clock: Clock, well: None) -> None:
    clock.shift(PATIENCE - SECOND)
    before = found()
    clock.shift(SECOND)

    assert (before, found()) == ((), (Reason.HOUSEKEEPING_LATE,))


def test_other_work_is_no_sign_of_housekeeping(clock: Clock) -> None:
    Job.objects.create(name="other", ended_at=timezone.now())

    assert found() == (Reason.HOUSEKEEPING_LATE,)


@pytest.mark.parametrize("is_tried", [False, True])
def test_mail_is_late_after_ten_minutes(clock: Clock, *, is_tried: bool) -> None:
    made = timezone.now()
    tried = {"tries": 1, "next_try_at": made} if is_tried else {}
    created = made - timedelta(days=1) if is_tried else made
    make_message(make_attendee(), created_at=created, **tried)
    clock.shift(PATIENCE - SECOND)
    Job.objects.create(name=housekeeping.ROUND, ended_at=timezone.now())
    before = found()
    clock.shift(SECOND)

    assert (before, found()) == ((), (Reason.MAIL_LATE,))


def test_mail_that_is_to_be_tried_later_is_not_late(clock: Clock, well: None) -> None:
    now = timezone.now()
    make_message(make_attendee(), created_at=now - PATIENCE, next_try_at=now + SECOND)

    assert found() == ()


@pytest.mark.parametrize("state", [State.SENT, State.NOBODY])
def test_mail_that_has_gone_is_not_late(clock: Clock, well: None, state: str) -> None:
    now = timezone.now()
    sent = {"sent_at": now} if state == State.SENT else {}
    make_message(make_attendee(), created_at=now - PATIENCE, state=state, **sent)

    assert found() == ()


def test_dead_letter_is_wrong_for_a_day(clock: Clock, well: None) -> None:
    make_message(make_attendee(), state=State.DEAD)
    first = found()
    clock.shift(timedelta(days=1))
    Job.objects.update(ended_at=timezone.now())

    assert (first, found()) == ((Reason.MAIL_DEAD,), ())


def test_tables_that_are_old_stop_pages_and_newer_ones_do_not(well: None) -> None:
    recorder = MigrationRecorder(connection)
    recorder.record_applied("events", "9999_of_newer_code")
    newer = found()
    last = recorder.migration_qs.filter(app="events").exclude(name__startswith="9999")
    recorder.record_unapplied("events", last.order_by("name").last().name)

    assert (newer, found()) == ((), (Reason.TABLES_OLD,))
    assert Reason.TABLES_OLD.stops_pages is True


def test_database_that_is_away_is_the_only_reason(well: None) -> None:
    def is_away(*_arguments: object) -> None:
        raise OperationalError("secret words of the server")

    with connection.execute_wrapper(is_away):
        away = found()

    assert (away, found()) == ((Reason.DATABASE_AWAY,), ())


def test_cache_that_is_away_stops_pages(well: None, settings: Settings) -> None:
    assert cache.get("nothing") is None
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "there_is_no_such_table",
        }
    }

    assert found() == (Reason.CACHE_AWAY,)
    assert Reason.CACHE_AWAY.stops_pages is True


@pytest.mark.parametrize(
    "reason", [Reason.HOUSEKEEPING_LATE, Reason.MAIL_LATE, Reason.MAIL_DEAD], ids=str
)
def test_what_is_late_stops_no_page(reason: Reason) -> None:
    assert reason.stops_pages is False
