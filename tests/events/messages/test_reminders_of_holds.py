"""Places that are kept for days are reminded of on their last day, once."""

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from events import housekeeping, places
from events.messages import delivery, reminders
from events.models import Registration
from tests.events.messages.reminder_stage import (
    DAY,
    HOUR,
    MINUTE,
    START,
    Clock,
    event,
    person,
    run_at,
    subjects,
)
from tests.factories import NOON, make_event
from tests.lines import register

__all__ = ["event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
