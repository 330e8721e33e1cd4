"""Judge a reminder again when it is sent: the event may have changed since it was owed."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMessage
from django.utils import timezone

from events import housekeeping, places
from events.accounts import closing
from events.messages import delivery, reminders, topics
from events.models import Attendee, Event, MailTopic, Notification, Registration
from events.places import event_edits
from tests.events.messages.reminder_stage import (
    DAY,
    DAY_BEFORE,
    HOUR,
    HOUR_BEFORE,
    MINUTE,
    START,
    Clock,
    ada,
    edit,
    event,
    person,
    run_at,
    subjects,
)
from tests.factories import NOON, make_workshop
from tests.lines import register

__all__ = ["ada", "event"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
