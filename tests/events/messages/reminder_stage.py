"""An event in a week and somebody with a place there, and how tests of reminders let time pass."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage

from events import housekeeping
from events.models import Attendee, Event
from events.places import event_edits
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.lines import register

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
    """Return what has come since the last time, in order, and forget it."""
    found = [mail.subject for mail in mailoutbox]
    mailoutbox.clear()
    return found


def run_at(clock: Clock, instant: datetime) -> None:
    clock.move_to(instant)
    housekeeping.run()
