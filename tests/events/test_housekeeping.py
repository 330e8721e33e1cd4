"""Periodic work is done once, however often housekeeping runs."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import housekeeping, places
from events.messages import delivery
from events.models import Attendee, Event, FillingPass, Notification, Registration
from events.places import passed_over
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR = timedelta(hours=1)


def test_lapsed_hold_goes_on_without_anybody_asking(clock: Clock) -> None:
    _event, (first, second, _third) = full_event(price=500)
    clock.shift(HOUR)
    done = housekeeping.run()
    assert (done.moved_up, status(first), status(second)) == (1, "expired", "awaiting_payment")


def test_due_draw_is_held(clock: Clock) -> None:
    event = make_event(capacity=1, draw_at=NOON + HOUR)
    for _ in range(3):
        register(make_attendee(), event)
    assert housekeeping.run().moved_up == 0
    clock.shift(HOUR)
    assert (housekeeping.run().moved_up, housekeeping.run().moved_up) == (1, 0)


def test_ban_that_is_over_lets_somebody_move_up(clock: Clock) -> None:
    event = make_event(capacity=0, neos_required=True)
    waiting = register(make_attendee(), event)
    type(waiting.attendee).objects.update(neos_banned_until=NOON + HOUR)
    type(event).objects.update(capacity=1)
    assert housekeeping.run().moved_up == 0
    clock.shift(HOUR)
    assert (housekeeping.run().moved_up, status(waiting)) == (1, "confirmed")


def test_account_that_was_closed_by_other_means_gives_up_its_places() -> None:
    _event, (first, second, _third) = full_event()
    User.objects.filter(attendee=first.attendee).update(is_active=False)
    done = housekeeping.run()
    assert (done.released, status(first), status(second)) == (1, "cancelled", "confirmed")


def test_mail_that_is_due_is_sent_once(mailoutbox: list[EmailMessage]) -> None:
    user = make_user(email="ada@example.org")
    register(make_attendee(user=user, email_confirmed_at=NOON), make_event(title="Jam"))
    sent = [housekeeping.run().mail.sent for _ in range(2)]
    assert (sent, [mail.subject for mail in mailoutbox]) == ([1, 0], ["You are in: Jam"])


def test_sent_mail_is_forgotten_after_a_month_and_its_key_is_kept(clock: Clock) -> None:
    user = make_user(email="ada@example.org")
    event = make_event(draw_at=NOON + timedelta(days=60), starts_at=NOON + timedelta(days=90))
    register(make_attendee(user=user, email_confirmed_at=NOON), event)
    facts = []
    for days in (0, 29, 2):
        clock.shift(timedelta(days=days))
        housekeeping.run()
        facts += Notification.objects.values_list("facts", "sent_at")
    assert facts == [({"draw": True}, NOON)] * 2 + [({}, NOON)]


def test_three_days_of_pause_end_holds_in_the_order_of_the_line(clock: Clock) -> None:
    event, (first, second, third) = full_event(price=500)
    clock.shift(timedelta(days=3))
    assert housekeeping.run().moved_up == 1
    held_until = Registration.objects.get(pk=second.pk).hold_until
    assert [status(r) for r in (first, second, third)] == [
        "expired",
        "awaiting_payment",
        "waitlisted",
    ]
    assert held_until == NOON + timedelta(days=4)
    assert kinds(second.attendee) == ["waitlisted", "payment-due"]
    assert FillingPass.objects.filter(event=event).count() == 1


def test_again_at_once_changes_nothing(clock: Clock) -> None:
    full_event(price=500)
    clock.shift(timedelta(days=3))
    housekeeping.run()
    before = list(Registration.objects.order_by("pk").values())
    done = housekeeping.run()
    assert (done.moved_up, done.released, done.mail) == (0, 0, delivery.Delivered())
    assert list(Registration.objects.order_by("pk").values()) == before


def test_nothing_to_do_costs_the_same_for_many_events_growth() -> None:
    """At each somebody waits: full, past a place that nobody may have, closed, before a draw."""
    costs = []
    for _ in range(2):
        full_event(price=500)
        event, _line = full_event(neos_required=True)
        type(event).objects.filter(pk=event.pk).update(capacity=9)
        event.registrations.filter(status="waitlisted").update(passed_over_for="neos-locked+")
        lock_out(event)
        closed, _line = full_event(closes_at=NOON + HOUR)
        type(closed).objects.filter(pk=closed.pk).update(capacity=9, closes_at=NOON)
        register(make_attendee(), make_event(draw_at=NOON + HOUR))
        housekeeping.run()
        assert housekeeping.look().events == []
        with CaptureQueriesContext(connection) as captured:
            housekeeping.run()
        costs.append(len(captured))
    assert costs[0] == costs[1]


def lock_out(event: Event) -> None:
    waiting = event.registrations.filter(status="waitlisted")
    Attendee.objects.filter(registrations__in=waiting).update(neos_locked=True)


def test_everybody_who_was_passed_over_is_told_h5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passed_over, "BATCH", 1)
    event, (_first, second, third) = full_event(neos_required=True)
    lock_out(event)
    type(event).objects.filter(pk=event.pk).update(capacity=2)
    places.settle(event=event)
    assert [kinds(r.attendee)[-1] for r in (second, third)] == ["passed-over", "waitlisted"]
    housekeeping.run()
    assert [kinds(r.attendee)[-1] for r in (second, third)] == ["passed-over", "passed-over"]


def test_events_that_are_over_are_left_alone(clock: Clock) -> None:
    full_event(price=500)
    clock.shift(timedelta(days=8))
    due = housekeeping.look()
    assert (due.events, due.closed, due.messages) == ([], [], 0)


def test_looking_writes_nothing(clock: Clock) -> None:
    event, _registrations = full_event(price=500)
    clock.shift(HOUR)
    before = list(Registration.objects.order_by("pk").values())
    assert housekeeping.look().events == [event]
    assert list(Registration.objects.order_by("pk").values()) == before
