"""Each thing that can be wrong is found, and is not found where it is right."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from events import housekeeping
from events.health import queue
from events.health.late_work import FIRST_NOTED
from events.health.late_work import ROUND as PATIENCE
from events.health.reasons import Reason, find_reasons
from events.models import Attendee, Job, Notification
from tests.factories import make_attendee

from .conftest import NIGHTLY

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


def make_site_of(day: datetime) -> None:
    """Let its tables be of that day."""
    MigrationRecorder.Migration.objects.filter(name=FIRST_NOTED[1]).update(applied=day)


def test_nothing_is_wrong_after_a_round(clock: Clock) -> None:
    make_site_of(timezone.now())
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


def test_work_that_is_noted_is_that_of_a_migration_that_is_there() -> None:
    assert FIRST_NOTED in MigrationRecorder(connection).applied_migrations()


@pytest.mark.parametrize(
    ("name", "reason"), [("backup", Reason.BACKUP_LATE), ("purge", Reason.DAILY_LATE)]
)
def test_work_of_the_night_is_late_after_a_day_and_a_half(
    clock: Clock, well: None, name: str, reason: Reason
) -> None:
    late = timezone.now() + timedelta(hours=36)
    Job.objects.exclude(name=name).update(ended_at=late)
    clock.move_to(late - SECOND)
    before = found()
    clock.shift(SECOND)

    assert (before, found()) == ((), (reason,))


def test_new_site_has_three_days_until_its_first_night(clock: Clock) -> None:
    made = timezone.now()
    make_site_of(made)
    clock.move_to(made + timedelta(days=3) - SECOND)
    Job.objects.create(name=housekeeping.ROUND, ended_at=timezone.now())
    before = found()
    clock.shift(SECOND)

    assert (before, found()) == ((), (Reason.BACKUP_LATE, Reason.DAILY_LATE))


def test_demo_has_no_work_of_the_night(clock: Clock, settings: Settings) -> None:
    Job.objects.create(name=housekeeping.ROUND, ended_at=timezone.now())
    make_site_of(timezone.now() - timedelta(days=30))
    real = found()
    settings.DEBUG = True

    assert (real, found()) == ((Reason.BACKUP_LATE, Reason.DAILY_LATE), ())


def test_site_with_other_back_ups_is_not_told_of_ours(
    clock: Clock, well: None, settings: Settings
) -> None:
    Job.objects.filter(name="backup").update(ended_at=timezone.now() - timedelta(days=30))
    first = found()
    settings.BACKUPS_ELSEWHERE = True

    assert (first, found()) == ((Reason.BACKUP_LATE,), ())


def test_housekeeping_is_late_after_ten_minutes(clock: Clock, well: None) -> None:
    clock.shift(PATIENCE - SECOND)
    before = found()
    clock.shift(SECOND)

    assert (before, found()) == ((), (Reason.HOUSEKEEPING_LATE,))


def test_other_work_is_no_sign_of_housekeeping(clock: Clock) -> None:
    for name in ("other", *NIGHTLY):
        Job.objects.create(name=name, ended_at=timezone.now())

    assert found() == (Reason.HOUSEKEEPING_LATE,)


@pytest.mark.parametrize("is_tried", [False, True])
def test_mail_is_late_after_ten_minutes(clock: Clock, well: None, *, is_tried: bool) -> None:
    made = timezone.now()
    tried = {"tries": 1, "next_try_at": made} if is_tried else {}
    created = made - timedelta(days=1) if is_tried else made
    make_message(make_attendee(), created_at=created, **tried)
    clock.shift(PATIENCE - SECOND)
    Job.objects.update(ended_at=timezone.now())
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


def dead_of(kind: str, error: str) -> None:
    row = make_message(make_attendee(), state=State.DEAD, last_error=error)
    Notification.objects.filter(pk=row.pk).update(kind=kind)


REFUSED = "SMTPRecipientsRefused: SMTPRecipientsRefused({'x@example.org': (550, b'no such user')})"


@pytest.mark.parametrize(
    ("kind", "error", "is_sent", "is_reason"),
    [
        ("confirm-address", REFUSED, False, False),
        ("confirm-address", "SMTPDataError: SMTPDataError(554, b'policy')", True, True),
        ("thanks", REFUSED, True, False),
        ("thanks", REFUSED, False, True),
        ("thanks", "OSError: OSError(104, 'reset')", True, True),
        ("thanks", "", True, True),
    ],
)
def test_address_that_the_mail_server_refuses_is_no_reason_while_other_mail_goes_out(
    clock: Clock, well: None, kind: str, error: str, *, is_sent: bool, is_reason: bool
) -> None:
    dead_of(kind, error)
    if is_sent:
        now = timezone.now()
        make_message(make_attendee(), "other", state=State.SENT, sent_at=now)

    assert found() == ((Reason.MAIL_DEAD,) if is_reason else ())
    assert queue.dead_mail(timezone.now()) == 1


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
    "reason",
    [
        *(Reason.HOUSEKEEPING_LATE, Reason.MAIL_LATE, Reason.MAIL_DEAD),
        *(Reason.BACKUP_LATE, Reason.DAILY_LATE),
    ],
    ids=str,
)
def test_what_is_late_stops_no_page(reason: Reason) -> None:
    assert reason.stops_pages is False
