"""Reminders come at their time on any clock, once for each start, not to who was just told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import housekeeping, places
from events.accounts import closing
from events.messages import delivery, reminders, topics
from events.models import Attendee, Event, MailTopic, MutedTopic, Notification, Registration
from events.places import event_edits
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = NOON + 7 * DAY
DAY_BEFORE, HOUR_BEFORE = "Reminder: Jam", "It starts soon: Jam"
SESSION, THANKS = "The session is open: Jam", "Thank you for coming: Jam"


def person(name: str = "ada", **fields: object) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, neos_id=f"U-{name}", email_confirmed_at=NOON, **fields)


@pytest.fixture
def event() -> Event:
    return make_event(title="Jam", slug="jam", starts_at=START)


@pytest.fixture
def ada(event: Event, mailoutbox: list[EmailMessage]) -> Attendee:
    """Has a place, and has read about it."""
    found = person()
    register(found, event)
    housekeeping.run()
    mailoutbox.clear()
    return found


def edit(event: Event, **values: object) -> None:
    before = event_edits.begin(event.pk)
    Event.objects.filter(pk=event.pk).update(**values)
    event_edits.follow_up(before)


def subjects(mailoutbox: list[EmailMessage]) -> list[str]:
    """What has come since the last time, in the order in which it came."""
    found = [mail.subject for mail in mailoutbox]
    mailoutbox.clear()
    return found


def run_at(clock: Clock, instant: datetime) -> None:
    clock.move_to(instant)
    housekeeping.run()


# --- When ----------------------------------------------------------------------------------------


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


# --- What changes meanwhile ----------------------------------------------------------------------


@pytest.mark.usefixtures("ada")
def test_moved_event_reminds_again_of_the_new_time_and_once_of_each(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, START - DAY)
    assert subjects(mailoutbox) == [DAY_BEFORE]
    later = START + 3 * DAY
    edit(event, starts_at=later, ends_at=later + 2 * HOUR)
    came = []
    for hours in range(-23, 74):
        run_at(clock, START + hours * HOUR)
        came += [(hours, subject) for subject in subjects(mailoutbox)]
    assert came == [
        (-23, "Another time: Jam"), (48, DAY_BEFORE), (71, HOUR_BEFORE)
    ]  # fmt: skip


@pytest.mark.usefixtures("ada")
def test_move_of_something_else_reminds_nobody_again(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    workshop = make_workshop(event)
    run_at(clock, START - DAY)
    before = event_edits.begin(event.pk)
    type(workshop).objects.update(ends_at=workshop.ends_at + MINUTE)
    event_edits.follow_up(before)
    run_at(clock, START - 20 * HOUR)
    assert subjects(mailoutbox) == [DAY_BEFORE]


def move(event: Event, _ada: Attendee) -> None:
    edit(event, starts_at=event.starts_at + DAY, ends_at=event.ends_at + DAY)


def cancel_the_event(event: Event, _ada: Attendee) -> None:
    edit(event, status="cancelled")


def give_up(_event: Event, ada: Attendee) -> None:
    places.cancel(registration=ada.registrations.get(), in_full=False)


def mute(_event: Event, ada: Attendee) -> None:
    topics.mute(ada.pk, MailTopic.REMINDERS)


def close(_event: Event, ada: Attendee) -> None:
    closing.erase(ada.user)


@pytest.mark.parametrize("change", [move, cancel_the_event, give_up, mute, close])
def test_reminder_is_judged_again_when_it_is_sent(
    clock: Clock,
    event: Event,
    ada: Attendee,
    mailoutbox: list[EmailMessage],
    change: Callable[[Event, Attendee], None],
) -> None:
    clock.move_to(START - DAY)
    reminders.tell(timezone.now())
    assert Notification.objects.filter(kind="reminder-day", state="queued").count() == 1
    change(event, ada)
    delivery.deliver_due()
    assert DAY_BEFORE not in subjects(mailoutbox)
    assert Notification.objects.filter(kind="reminder-day", state="queued").count() == 0


def test_reminder_that_was_withdrawn_comes_once_it_is_true_again(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    clock.move_to(START - DAY)
    reminders.tell(timezone.now())
    Event.objects.update(status="draft")
    assert delivery.deliver_due().dropped == 1
    Event.objects.update(status="published")
    run_at(clock, START - 20 * HOUR)
    assert subjects(mailoutbox) == [DAY_BEFORE]


def test_only_people_with_a_place_are_reminded(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(capacity=1)
    register(person("waiting"), event)
    gone = person("gone")
    Event.objects.update(capacity=3)
    gone_place = register(gone, event)
    places.cancel(registration=gone_place, in_full=False)
    Registration.objects.filter(attendee__user__username="waiting").update(
        status="waitlisted", waitlisted_at=NOON
    )
    Event.objects.update(capacity=1)
    housekeeping.run()
    mailoutbox.clear()
    run_at(clock, START - DAY)
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]


# --- Workshops, sessions, thanks -----------------------------------------------------------------


def test_workshop_that_starts_later_has_a_reminder_of_its_own(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(ends_at=START + 8 * HOUR)
    event.refresh_from_db()
    register(ada, make_workshop(event, title="Early"))
    register(ada, make_workshop(event, title="Late", starts_at=START + 4 * HOUR))
    housekeeping.run()
    mailoutbox.clear()
    came = []
    for hours in range(-25, 5):
        run_at(clock, START + hours * HOUR)
        came += [(hours, subject) for subject in subjects(mailoutbox)]
    assert came == [(-24, DAY_BEFORE), (-1, HOUR_BEFORE), (3, "It starts soon: Late")]


@pytest.mark.usefixtures("ada")
def test_link_into_the_session_is_mailed_only_when_it_is_open_and_there(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, START - 15 * MINUTE)
    mailoutbox.clear()
    Event.objects.update(session_url="https://example.org/jam")
    run_at(clock, START - 10 * MINUTE)
    (mail,) = mailoutbox
    assert (mail.subject, "https://example.org/jam" in str(mail.body)) == (SESSION, True)


def test_reminder_before_the_session_opens_has_no_link(
    clock: Clock, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(session_url="https://example.org/jam")
    run_at(clock, START - HOUR)
    assert ["https://example.org/jam" in str(mail.body) for mail in mailoutbox] == [False]


@pytest.mark.usefixtures("ada")
def test_thanks_go_to_who_was_there_if_organizers_say_who_was(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    came = register(person("came"), event)
    housekeeping.run()
    mailoutbox.clear()
    clock.move_to(START + 2 * HOUR)
    places.check_in(registration=came)
    housekeeping.run()
    assert [mail.to for mail in mailoutbox] == [["came@example.org"]]


def test_nobody_is_thanked_for_a_cancelled_event(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    edit(event, status="cancelled")
    run_at(clock, START + 2 * HOUR)
    assert subjects(mailoutbox) == ["Cancelled by the organizers: Jam"]


# --- Holds ---------------------------------------------------------------------------------------

LAST_DAY = "One day left to pay: Jam"


@pytest.fixture
def held(mailoutbox: list[EmailMessage]) -> Registration:
    """Is kept for three days."""
    event = make_event(title="Jam", price=1250, starts_at=START)
    registration = register(person(), event)
    Registration.objects.update(hold_until=NOON + 3 * DAY)
    housekeeping.run()
    mailoutbox.clear()
    return registration


@pytest.mark.usefixtures("held")
def test_end_of_a_long_hold_is_told_a_day_before_and_once(
    clock: Clock, mailoutbox: list[EmailMessage]
) -> None:
    came = []
    for hours in (24, 47, 48, 49, 71):
        run_at(clock, NOON + hours * HOUR)
        came += [(hours, subject) for subject in subjects(mailoutbox)]
    assert came == [(48, LAST_DAY)]


@pytest.mark.parametrize("hours", [1, 23, 24])
def test_hold_of_a_day_or_less_ends_without_a_reminder(
    clock: Clock, held: Registration, mailoutbox: list[EmailMessage], hours: int
) -> None:
    Registration.objects.update(hold_until=NOON + hours * HOUR)
    run_at(clock, NOON + (hours - 1) * HOUR + MINUTE)
    assert subjects(mailoutbox) == []


def test_longer_hold_is_reminded_of_at_its_new_end(
    clock: Clock, held: Registration, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, NOON + 2 * DAY)
    Registration.objects.update(hold_until=NOON + 6 * DAY)
    came = subjects(mailoutbox)
    run_at(clock, NOON + 4 * DAY)
    came += subjects(mailoutbox)
    run_at(clock, NOON + 5 * DAY)
    assert came + subjects(mailoutbox) == [LAST_DAY, LAST_DAY]


def test_hold_that_was_paid_for_meanwhile_is_not_reminded_of(
    clock: Clock, held: Registration, mailoutbox: list[EmailMessage]
) -> None:
    clock.move_to(NOON + 2 * DAY)
    reminders.tell(timezone.now())
    places.confirm_paid(registration=held)
    delivery.deliver_due()
    assert subjects(mailoutbox) == ["You are in: Jam"]


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
