"""Reminders come at their time on any clock, once for each start, not to who was just told."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import housekeeping
from events.accounts import closing
from events.messages import reminders, topics
from events.models import Attendee, Event, MailTopic, MutedTopic, Notification
from tests.events.messages.reminder_stage import (
    DAY,
    DAY_BEFORE,
    HOUR,
    HOUR_BEFORE,
    MINUTE,
    SESSION,
    START,
    THANKS,
    Clock,
    ada,
    event,
    person,
    run_at,
    subjects,
)
from tests.factories import NOON, make_event
from tests.lines import register

__all__ = ["ada", "event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.mark.usefixtures("ada")
def test_each_mail_comes_at_its_time_and_once(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(session_url="https://example.org/jam")
    came = []
    minutes = [-1441, -1440, -1439, -61, -60, -59, -16, -15, -14, 0, 60, 119, 120, 121, 600]
    for minute in minutes:
        run_at(clock, START + minute * MINUTE)
        came += [(minute, subject) for subject in subjects(mailoutbox)]
    assert came == [(-1440, DAY_BEFORE), (-60, HOUR_BEFORE), (-15, SESSION), (120, THANKS)]


@pytest.mark.parametrize(
    ("zone", "start", "day_before", "said"),
    [
        # Clocks go forward or back between the two instants: a day is still 24 hours.
        ("Europe/Berlin", datetime(2031, 3, 30, 18, tzinfo=UTC), "20:00", "19:00"),
        ("Europe/Berlin", datetime(2031, 10, 26, 18, tzinfo=UTC), "19:00", "20:00"),
        ("America/New_York", datetime(2031, 3, 9, 22, tzinfo=UTC), "18:00", "17:00"),
        ("America/New_York", datetime(2031, 11, 2, 22, tzinfo=UTC), "17:00", "18:00"),
        ("Australia/Lord_Howe", datetime(2031, 10, 5, 8, tzinfo=UTC), "19:00", "18:30"),
        ("Australia/Lord_Howe", datetime(2031, 4, 6, 8, tzinfo=UTC), "18:30", "19:00"),
    ],
)
@pytest.mark.usefixtures("ada")
def test_reminder_is_a_day_before_however_the_clocks_are_moved(
    clock: Clock,
    event: Event,
    mailoutbox: list[EmailMessage],
    zone: str,
    start: datetime,
    day_before: str,
    said: str,
) -> None:
    """`day_before` is what the clock shows at the start, `said` what it shows at the reminder."""
    Attendee.objects.update(time_zone=zone)
    Event.objects.update(starts_at=start, ends_at=start + 2 * HOUR, time_zone="UTC")
    run_at(clock, start - DAY - MINUTE)
    assert subjects(mailoutbox) == []
    run_at(clock, start - DAY)
    (mail,) = mailoutbox
    local = (start - DAY).astimezone(ZoneInfo(zone))
    assert (mail.subject, f"{local.hour:02}:{local.minute:02}") == (DAY_BEFORE, said)
    assert f", {day_before} ({zone})" in str(mail.body)
    assert "“Jam” starts in 24 hours." in str(mail.body)


def test_start_in_an_hour_that_comes_twice_says_which(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    start = datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    ada = person(time_zone="Europe/Berlin")
    register(ada, make_event(title="Jam", starts_at=start, time_zone="Asia/Tokyo"))
    run_at(clock, start - HOUR)
    starts = "Sun 27 October 2030, 02:30 CET (Europe/Berlin), that is Sun 27 October 2030, 10:30 (A"
    assert starts in str(mailoutbox[-1].body)


@pytest.mark.parametrize(
    ("minutes", "came"),
    [
        (-1500, []),
        (-1000, [DAY_BEFORE]),
        (-61, [DAY_BEFORE]),
        (-30, [HOUR_BEFORE]),
        (-5, [SESSION]),
        (30, [SESSION]),
        (130, [THANKS]),
        (120 + 3 * 1440, [THANKS]),
        (120 + 8 * 1440, []),
    ],
)
@pytest.mark.usefixtures("ada")
def test_pause_of_days_is_caught_up_with_the_latest_mail_only(
    clock: Clock, mailoutbox: list[EmailMessage], minutes: int, came: list[str]
) -> None:
    """Housekeeping has not run for days before, and then does twice."""
    Event.objects.update(session_url="https://example.org/jam")
    for _ in range(2):
        run_at(clock, START + minutes * MINUTE)
    assert subjects(mailoutbox) == came


@pytest.mark.usefixtures("ada")
def test_mail_server_that_was_away_for_days_brings_nothing_late(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    for before in (DAY, HOUR):
        clock.move_to(START - before)
        reminders.tell(timezone.now())
    run_at(clock, START + MINUTE)
    assert subjects(mailoutbox) == []
    run_at(clock, START + 3 * DAY)
    assert subjects(mailoutbox) == [THANKS]


@pytest.mark.parametrize(
    ("minutes", "came"),
    [
        (1500, [DAY_BEFORE, HOUR_BEFORE]),
        (300, [HOUR_BEFORE]),
        (30, []),
    ],
)
def test_nobody_is_reminded_of_what_they_have_just_taken(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage], minutes: int, came: list[str]
) -> None:
    clock.move_to(START - minutes * MINUTE)
    register(person(), event)
    housekeeping.run()
    mailoutbox.clear()
    for minute in range(minutes, -30, -10):
        run_at(clock, START - minute * MINUTE)
    assert subjects(mailoutbox) == came


# --- Sets ----------------------------------------------------------------------------------------


def cost_of_telling(event: Event) -> int:
    with CaptureQueriesContext(connection) as captured:
        reminders.tell(timezone.now())
    return len(captured)


def test_crowd_is_reminded_in_as_many_statements_as_one_person_growth(clock: Clock) -> None:
    costs = []
    for size in (1, 30):
        event = make_event(starts_at=START)
        for number in range(size):
            register(person(f"{size}-{number}"), event)
        clock.move_to(START - DAY)
        costs.append(cost_of_telling(event))
        assert (
            Notification.objects.filter(registration__event=event, kind="reminder-day").count()
            == size
        )
        Event.objects.update(status="cancelled")
        clock.move_to(NOON)
    assert costs[0] == costs[1]


def test_round_with_nothing_to_tell_writes_nothing(clock: Clock, ada: Attendee) -> None:
    run_at(clock, START - DAY)
    with CaptureQueriesContext(connection) as captured:
        reminders.tell(timezone.now())
    assert [q["sql"] for q in captured if "INSERT" in q["sql"]] == []


def test_erasing_forgets_which_mail_somebody_wanted(ada: Attendee) -> None:
    topics.mute(ada.pk, MailTopic.THANKS)
    closing.erase(ada.user)
    topics.mute(ada.pk, MailTopic.REMINDERS)  # with the link of an old mail
    assert MutedTopic.objects.count() == 0
