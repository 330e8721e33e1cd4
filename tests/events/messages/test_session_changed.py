"""The link into a session changes: who could see the old one is told once, and nobody else."""

from datetime import datetime

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from events import housekeeping, places
from events.messages import delivery, reminders, topics
from events.models import Attendee, Event, MailTopic, Notification, Registration
from tests.events.messages.reminder_stage import (
    DAY,
    HOUR,
    MINUTE,
    SESSION,
    START,
    Clock,
    ada,
    edit,
    event,
    person,
    run_at,
    subjects,
)
from tests.factories import make_role, make_workshop
from tests.lines import register

__all__ = ["ada", "event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OLD, NEW = "neos-session:///S-old", "neos-session:///S-new"
CHANGED = "Another link into the session: Jam"
GONE = "The link was taken back: Jam"
OPEN = START - 15 * MINUTE


def at(clock: Clock, event: Event, instant: datetime, **values: object) -> None:
    """Change the event at an instant, and let housekeeping come by."""
    clock.move_to(instant)
    edit(event, **values)
    housekeeping.run()


@pytest.fixture
def jam(event: Event) -> Event:
    Event.objects.update(session_url=OLD)
    event.refresh_from_db()
    return event


@pytest.mark.usefixtures("ada")
def test_people_inside_are_told_once_for_each_change(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    (mail,) = mailoutbox
    assert (mail.to, mail.subject) == (["ada@example.org"], CHANGED)
    assert (NEW in str(mail.body), OLD in str(mail.body)) == (True, False)
    mailoutbox.clear()
    housekeeping.run()
    at(clock, jam, START + MINUTE, title="Jam")
    assert subjects(mailoutbox) == []
    at(clock, jam, START + 2 * MINUTE, session_url=OLD)
    assert subjects(mailoutbox) == [CHANGED]


@pytest.mark.usefixtures("ada")
def test_mail_says_of_a_running_event_that_it_started(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    for instant, verb in ((START - MINUTE, "starts"), (START, "started")):
        at(clock, jam, instant, session_url=f"{NEW}-{verb}")
        said = [line for line in str(mailoutbox[-1].body).splitlines() if "It start" in line]
        assert [line.split()[1] for line in said] == [verb]


@pytest.mark.usefixtures("ada")
def test_nobody_is_told_of_another_link_before_the_first_was_shown(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    at(clock, jam, OPEN - MINUTE, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
    run_at(clock, OPEN)
    (mail,) = mailoutbox
    assert (mail.subject, NEW in str(mail.body)) == (SESSION, True)


@pytest.mark.usefixtures("ada")
def test_first_link_that_is_written_late_is_no_change(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    clock.move_to(START)
    edit(event, session_url=NEW, changed_at=START)
    housekeeping.run()
    assert subjects(mailoutbox) == [SESSION]


def test_only_people_who_are_in_are_told(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    bo, stranger = person("bo"), person("cy")
    register(ada, make_workshop(jam, title="Lights"))
    left = register(bo, jam)
    Event.objects.update(capacity=1)
    register(person("wim"), jam)
    run_at(clock, OPEN)
    places.cancel(registration=left, in_full=False)
    housekeeping.run()
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    assert [(mail.to[0], mail.subject) for mail in mailoutbox] == [("ada@example.org", CHANGED)]
    assert not stranger.notifications.exists()


def test_role_that_came_in_earlier_is_told(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    speaker = person("bo")
    make_role(jam, speaker, early_minutes=30)
    register(speaker, jam)
    run_at(clock, OPEN - HOUR)
    mailoutbox.clear()
    at(clock, jam, OPEN - 31 * MINUTE, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
    at(clock, jam, OPEN - 30 * MINUTE, session_url=OLD)
    assert [(mail.to[0], mail.subject) for mail in mailoutbox] == [("bo@example.org", CHANGED)]
    assert not ada.notifications.filter(kind="session-changed").exists()


@pytest.mark.usefixtures("ada")
def test_link_that_is_taken_back_and_given_again_is_told_both_times(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    at(clock, jam, START, session_url="")
    (mail,) = mailoutbox
    assert (mail.subject, "once there is another one" in str(mail.body)) == (GONE, True)
    mailoutbox.clear()
    at(clock, jam, START + MINUTE, session_url=NEW, changed_at=START + MINUTE)
    assert subjects(mailoutbox) == [CHANGED]


@pytest.mark.usefixtures("ada")
def test_moved_event_tells_who_has_the_old_link_in_a_mail_when_the_new_one_comes(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    later = START + 2 * DAY
    at(clock, jam, START - MINUTE, starts_at=later, ends_at=later + HOUR)
    mailoutbox.clear()
    at(clock, jam, START, session_url=NEW)
    (mail,) = mailoutbox
    assert (mail.subject, NEW in str(mail.body)) == (CHANGED, False)
    assert "The new link is on the page of your place from" in str(mail.body)
    mailoutbox.clear()
    run_at(clock, later - 15 * MINUTE)
    assert SESSION in subjects(mailoutbox)


@pytest.mark.usefixtures("ada")
def test_mail_that_was_not_sent_yet_gives_way_to_a_later_change(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    for minutes, link in enumerate([NEW, OLD]):
        clock.move_to(START + minutes * MINUTE)
        edit(jam, session_url=link)
    assert Notification.objects.filter(kind="session-changed", state="queued").count() == 2
    delivery.deliver_due()
    (mail,) = mailoutbox
    assert (OLD in str(mail.body), NEW in str(mail.body)) == (True, False)
    assert Notification.objects.filter(kind="session-changed").count() == 1


@pytest.mark.parametrize("is_gone", [True, False])
def test_mail_is_withdrawn_from_who_gave_the_place_up(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage], *, is_gone: bool
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    edit(jam, session_url=NEW)
    if is_gone:
        places.cancel(registration=Registration.objects.get(attendee=ada), in_full=False)
    delivery.deliver_due()
    assert (CHANGED in subjects(mailoutbox)) is not is_gone


@pytest.mark.usefixtures("ada")
def test_open_session_is_not_mailed_beside_the_change_of_its_link(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    clock.move_to(OPEN)
    mailoutbox.clear()
    reminders.tell(timezone.now())
    edit(jam, session_url=NEW)
    housekeeping.run()
    assert subjects(mailoutbox) == [CHANGED]


def test_who_wants_no_mail_about_sessions_gets_none(
    clock: Clock, jam: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    mailoutbox.clear()
    topics.mute(ada.pk, MailTopic.SESSIONS)
    at(clock, jam, START, session_url=NEW)
    assert subjects(mailoutbox) == []
    assert not ada.notifications.filter(kind="session-changed").exists()


@pytest.mark.usefixtures("ada")
def test_link_of_what_is_over_or_cancelled_is_changed_in_silence(
    clock: Clock, jam: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, OPEN)
    at(clock, jam, START, status="cancelled")
    mailoutbox.clear()
    at(clock, jam, START + MINUTE, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
    at(clock, jam, START + 2 * MINUTE, status="published", session_url=OLD)
    assert CHANGED in subjects(mailoutbox)
    at(clock, jam, jam.ends_at, session_url=NEW)
    assert CHANGED not in subjects(mailoutbox)
