"""Workshops, the way into the session, and thanks come at their times."""

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from events import housekeeping, places
from events.messages import reminders, topics
from events.models import Attendee, Event, MailTopic, Registration
from tests.events.messages.reminder_stage import (
    DAY_BEFORE,
    HOUR,
    HOUR_BEFORE,
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
from tests.factories import make_workshop
from tests.lines import register

__all__ = ["ada", "event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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


def test_thanks_go_to_who_came_to_a_workshop_alone(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    part = register(ada, make_workshop(event))
    register(person("bo"), event)
    housekeeping.run()
    mailoutbox.clear()
    clock.move_to(START + 2 * HOUR)
    Registration.objects.filter(pk=part.pk).update(checked_in_at=START)
    housekeeping.run()
    assert [mail.to for mail in mailoutbox] == [["ada@example.org"]]


def test_nobody_is_thanked_for_a_cancelled_event(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    edit(event, status="cancelled")
    run_at(clock, START + 2 * HOUR)
    assert subjects(mailoutbox) == ["Cancelled by the organizers: Jam"]


@pytest.mark.parametrize(("minutes", "own"), [(59, 0), (60, 1), (61, 1)])
def test_workshop_an_hour_after_its_event_has_a_reminder_of_its_own(
    clock: Clock,
    event: Event,
    ada: Attendee,
    mailoutbox: list[EmailMessage],
    minutes: int,
    own: int,
) -> None:
    Event.objects.update(ends_at=START + 8 * HOUR)
    event.refresh_from_db()
    register(ada, make_workshop(event, title="Late", starts_at=START + minutes * MINUTE))
    housekeeping.run()
    mailoutbox.clear()
    for minute in range(-65, 60, 5):
        run_at(clock, START + minute * MINUTE)
    assert subjects(mailoutbox).count("It starts soon: Late") == own


@pytest.mark.usefixtures("ada")
def test_link_that_is_written_late_is_mailed_to_who_came_before_it(
    clock: Clock, event: Event, mailoutbox: list[EmailMessage]
) -> None:
    run_at(clock, START - 15 * MINUTE)
    clock.move_to(START - 10 * MINUTE)
    register(person("bo"), event)
    housekeeping.run()
    mailoutbox.clear()
    clock.move_to(START - 5 * MINUTE)
    event.session_url = "https://example.org/jam"
    event.save()
    register(person("cy"), event)  # reads the link in the mail about the place
    housekeeping.run()
    told = sorted(mail.to[0] for mail in mailoutbox if mail.subject == SESSION)
    assert told == ["ada@example.org", "bo@example.org"]


def test_session_mail_that_nobody_got_takes_no_reminder(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    Event.objects.update(session_url="https://example.org/jam", session_opens_minutes=60)
    clock.move_to(START - HOUR)
    reminders.tell(timezone.now())
    topics.mute(ada.pk, MailTopic.SESSIONS)
    for minutes in (59, 58):
        run_at(clock, START - minutes * MINUTE)
    assert subjects(mailoutbox) == [HOUR_BEFORE]
