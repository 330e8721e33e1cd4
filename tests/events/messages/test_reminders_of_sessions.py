"""Workshops, the way into the session, and thanks come at their times."""

import pytest
from django.core.mail import EmailMessage

from events import housekeeping, places
from events.models import Attendee, Event
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


def test_nobody_is_thanked_for_a_cancelled_event(
    clock: Clock, event: Event, ada: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    edit(event, status="cancelled")
    run_at(clock, START + 2 * HOUR)
    assert subjects(mailoutbox) == ["Cancelled by the organizers: Jam"]
