"""One event in New York and its reader in Tokyo; a stranger has a place elsewhere."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage

from events import housekeeping
from events.models import Attendee, Event, Payment, Registration
from events.payments.providers import manual
from events.places import event_edits
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
)
from tests.lines import register

Clock = time_machine.Traveller
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def person(name: str, **fields: object) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(
        user=user, neos_id=f"U-{name}", email_confirmed_at=NOON, time_zone="Asia/Tokyo", **fields
    )


@dataclass
class Stage:
    """One event and its reader; mails before `happened` do not count."""

    clock: Clock
    ada: Attendee
    mailoutbox: list[EmailMessage]
    event: Event

    def set_up(self, **fields: object) -> None:
        Event.objects.filter(pk=self.event.pk).update(**fields)
        self.event.refresh_from_db()

    def in_(self, who: Attendee | None = None) -> Registration:
        registration = register(who or self.ada, self.event)
        self.so_far()
        return registration

    def so_far(self) -> None:
        housekeeping.run()
        self.mailoutbox.clear()

    def go_to(self, instant: timedelta) -> None:
        """Move to so long after the start of the event."""
        self.clock.move_to(self.event.starts_at + instant)

    def edit(self, **values: object) -> None:
        before = event_edits.begin(self.event.pk)
        self.set_up(**values)
        event_edits.follow_up(before)

    def pay(self, registration: Registration) -> Payment:
        manual.mark_paid(registration=registration, by=make_organizer())
        return Payment.objects.get(registration=registration)

    def paid(self, **fields: object) -> Registration:
        """Return a place that was paid for, by somebody who has read about it."""
        self.set_up(price=1250, **fields)
        registration = self.in_()
        self.pay(registration)
        self.so_far()
        return registration

    def waiting(self) -> Registration:
        """Return a spot on the waitlist."""
        self.set_up(capacity=0)
        return self.in_()


@pytest.fixture
def stage(clock: Clock, mailoutbox: list[EmailMessage]) -> Stage:
    event = make_event(title="Jam", slug="jam", time_zone="America/New_York", refund_days=0)
    stranger = person("stranger")
    register(stranger, make_event(title="Elsewhere", starts_at=NOON + 30 * DAY))
    found = Stage(clock, person("ada"), mailoutbox, event)
    found.so_far()
    return found
