"""An edit tells people of new times, lists those whose workshops clash, and drops nobody."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from events.messages import delivery
from events.models import Attendee, Event, Notification, Registration, Workshop
from events.places import event_edits
from events.places.event_edits import Consequences
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def edit(event: Event, write: Callable[[], object]) -> Consequences:
    """As the admin does: read, write, follow up, in one transaction."""
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        write()
        return event_edits.follow_up(before)


def move(bookable: Event | Workshop, by: timedelta) -> Callable[[], object]:
    def write() -> None:
        bookable.starts_at += by
        bookable.ends_at += by
        bookable.save(update_fields=["starts_at", "ends_at"])

    return write


def two_workshops() -> tuple[Attendee, Registration, Registration]:
    """Somebody with a workshop in the first hour and another one in the second."""
    event = make_event()
    attendee = make_attendee()
    register(attendee, event)
    first = register(attendee, make_workshop(event, title="Shaders"))
    later = make_workshop(event, title="Avatars", starts_at=event.starts_at + HOUR)
    return attendee, first, register(attendee, later)


def test_moved_workshop_lists_and_tells_whose_workshops_clash_and_drops_nobody() -> None:
    attendee, first, second = two_workshops()
    consequences = edit(first.event, move(second.workshop, -HOUR))
    assert consequences.clashes == [(first, second)]
    assert [status(first), status(second)] == ["confirmed", "confirmed"]
    told = ["registered"] * 3 + ["time-changed", "time-clash"]
    assert kinds(attendee) == told


def test_moved_workshop_is_said_to_clash_with_those_at_its_time_only_s9() -> None:
    """The same person has two others that clash with each other since before."""
    attendee, first, second = two_workshops()
    starts = [first.event.starts_at + hours * HOUR for hours in (3, 4)]
    pair = [
        register(attendee, make_workshop(first.event, starts_at=starts_at)) for starts_at in starts
    ]
    edit(first.event, move(pair[1].workshop, -HOUR))
    assert edit(first.event, move(second.workshop, -HOUR)).clashes == [(first, second)]


def test_moved_workshop_without_a_clash_tells_of_the_time_alone() -> None:
    attendee, first, second = two_workshops()
    consequences = edit(first.event, move(second.workshop, HOUR / 2))
    assert (consequences.clashes, kinds(attendee)[3:]) == ([], ["time-changed"])


def test_moved_workshop_concerns_nobody_else() -> None:
    _attendee, first, second = two_workshops()
    stranger = make_attendee()
    register(stranger, first.event)
    edit(first.event, move(second.workshop, -HOUR))
    assert kinds(stranger) == ["registered"]


def test_moved_workshop_counts_as_moved_and_another_edit_does_not() -> None:
    _attendee, first, second = two_workshops()
    edit(first.event, move(second.workshop, -HOUR))
    edit(first.event, lambda: Event.objects.update(title="Other"))
    moved = dict(Workshop.objects.values_list("title", "moved_at"))
    assert moved == {"Shaders": None, "Avatars": NOON}


def test_moved_event_tells_everybody_with_old_and_new_times(
    mailoutbox: list[EmailMessage],
) -> None:
    user = make_user(email="ada@example.org")
    attendee = make_attendee(user=user, email_confirmed_at=NOON)
    waiting = make_attendee()
    event = make_event(capacity=1, title="Jam", time_zone="Asia/Tokyo")
    for person in (attendee, waiting):
        register(person, event)
    edit(event, move(event, HOUR))
    assert (kinds(attendee)[-1], kinds(waiting)[-1]) == ("time-changed", "time-changed")
    delivery.deliver_due()
    (mail,) = (mail for mail in mailoutbox if mail.subject == "Another time: Jam")
    assert "It now starts Sat 8 June 2030, 22:00 (Asia/Tokyo)" in str(mail.body)
    assert "Before, it was to start Sat 8 June 2030, 21:00 (Asia/Tokyo)." in str(mail.body)


@pytest.mark.parametrize("change", ["moved", "cancelled", "draw moved"])
def test_edit_tells_many_people_in_as_many_statements_as_few(change: str) -> None:
    costs = []
    for people in (2, 12):
        event = make_event(draw_at=NOON + HOUR if change == "draw moved" else None)
        for _ in range(people):
            register(make_attendee(), event)
        with CaptureQueriesContext(connection) as captured:
            edit(event, partial(make_edit, event, change))
        costs.append(len(captured))
        told = Notification.objects.filter(registration__event=event)
        assert told.count() == 2 * people
    assert costs[0] == costs[1]


def make_edit(event: Event, change: str) -> None:
    if change == "moved":
        move(event, HOUR)()
        return
    fields = {"status": "cancelled"} if change == "cancelled" else {"draw_at": NOON + 2 * HOUR}
    Event.objects.filter(pk=event.pk).update(**fields)


def test_event_moved_twice_is_told_twice() -> None:
    event, attendee = make_event(), make_attendee()
    register(attendee, event)
    edit(event, move(event, HOUR))
    edit(event, move(event, -HOUR))
    assert kinds(attendee) == ["registered", "time-changed", "time-changed"]
    event.refresh_from_db()
    assert event.sequence == 2


def test_edit_that_moves_nothing_tells_nobody() -> None:
    event, attendee = make_event(), make_attendee()
    register(attendee, event)
    edit(event, lambda: Event.objects.update(summary="New words"))
    event.refresh_from_db()
    assert (kinds(attendee), event.sequence) == (["registered"], 0)


def test_corrected_date_of_a_past_event_tells_nobody(clock: Clock) -> None:
    event, attendee = make_event(), make_attendee()
    register(attendee, event)
    clock.shift(timedelta(days=30))
    edit(event, move(event, -HOUR))
    assert kinds(attendee) == ["registered"]


def test_cancelled_event_tells_everybody_once() -> None:
    event, attendee = make_event(), make_attendee()
    register(attendee, event)
    for _ in range(2):
        edit(event, lambda: Event.objects.update(status="cancelled"))
    assert kinds(attendee) == ["registered", "event-cancelled"]


def test_event_that_takes_place_after_all_tells_so_and_may_be_cancelled_again() -> None:
    event, attendee = make_event(), make_attendee()
    register(attendee, event)
    for status_now in ("cancelled", "published", "cancelled"):
        edit(event, lambda status_now=status_now: Event.objects.update(status=status_now))
    told = ["event-cancelled", "event-restored", "event-cancelled"]
    assert kinds(attendee) == ["registered", *told]


def test_event_moved_and_cancelled_at_once_tells_of_the_end_alone() -> None:
    event, attendee = make_event(), make_attendee()
    register(attendee, event)
    event.status = Event.Status.CANCELLED

    def write() -> None:
        event.starts_at += HOUR / 2
        event.save(update_fields=["starts_at", "status"])

    edit(event, write)
    assert kinds(attendee) == ["registered", "event-cancelled"]


def test_moved_draw_tells_who_takes_part() -> None:
    event, attendee = make_event(draw_at=NOON + HOUR), make_attendee()
    register(attendee, event)
    edit(event, lambda: Event.objects.update(draw_at=NOON + 2 * HOUR))
    edit(event, lambda: Event.objects.update(summary="New words"))
    assert kinds(attendee) == ["waitlisted", "draw-moved"]


def test_lapsed_hold_is_nobody_to_tell(clock: Clock) -> None:
    event, attendee = make_event(price=500), make_attendee()
    register(attendee, event)
    clock.shift(HOUR)
    edit(event, move(event, HOUR))
    assert kinds(attendee) == ["payment-due", "hold-lapsed"]


def test_raised_capacity_lets_people_in_and_lowered_drops_nobody() -> None:
    event = make_event(capacity=1)
    line = [register(make_attendee(), event) for _ in range(3)]
    raised = edit(event, lambda: Event.objects.update(capacity=3))
    lowered = edit(event, lambda: Event.objects.update(capacity=1))
    assert (raised.moved_up, lowered.moved_up) == (2, 0)
    assert [status(registration) for registration in line] == ["confirmed"] * 3
    event.refresh_from_db()
    assert event.capacity_lowered_at == NOON


def test_raised_capacity_of_a_workshop_lets_people_in() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=0)
    attendee = make_attendee()
    register(attendee, event)
    waiting = register(attendee, workshop)
    consequences = edit(event, lambda: Workshop.objects.update(capacity=None))
    assert (consequences.moved_up, status(waiting)) == (1, "confirmed")
    workshop.refresh_from_db()
    assert workshop.capacity_lowered_at is None
