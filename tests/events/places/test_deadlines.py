"""An event is moved, and with it the promises about money back and about time to pay."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from events import places
from events.access.refusals import PlaceRefused
from events.models import Bookable, Event, Payment, Registration
from events.payments import quotes
from events.payments.providers import manual
from events.places import event_edits
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import full_event, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def pay(registration: Registration) -> Registration:
    manual.mark_paid(registration=registration, by=make_organizer())
    return now(registration)


def now(registration: Registration) -> Registration:
    return Registration.objects.select_related("event", "workshop").get(pk=registration.pk)


def move(bookable: Bookable, by: timedelta) -> None:
    with transaction.atomic():
        before = event_edits.begin(bookable.event.pk)
        bookable.starts_at += by
        bookable.ends_at += by
        bookable.save(update_fields=["starts_at", "ends_at"])
        event_edits.follow_up(before)


def paid_event(**fields: object) -> tuple[Event, Registration]:
    event = make_event(price=1500, starts_at=NOON + 5 * DAY, **fields)
    return event, pay(register(make_attendee(), event))


# --- Money back --------------------------------------------------------------------------------


def test_money_comes_back_until_the_new_start_r7(clock: Clock) -> None:
    event, paid = paid_event(refund_days=0)
    move(event, 40 * DAY)
    assert now(paid).refund_until == NOON + 45 * DAY
    clock.shift(15 * DAY)
    assert quotes.quote(now(paid)).amount == 1500
    places.cancel(registration=paid, in_full=False)
    assert Payment.objects.get().status == "refund_due"


@pytest.mark.parametrize(
    ("days", "by", "until"),
    [
        (2, 40, 43),  # as many days before the new start as before the old one
        (0, -3, 5),  # never earlier than promised
        (2, -1, 3),
        (14, 1, 3),  # its deadline is over: three days to decide
        (14, 40, 31),
        (None, 1, 3),  # no policy of refunds is one for another day
        (None, -4, 1),  # three days, but not past the new start
        (None, -6, None),  # it has started
    ],
)
def test_refund_deadline_follows_the_start_r7(days: int | None, by: int, until: int | None) -> None:
    event, paid = paid_event(refund_days=days)
    move(event, by * DAY)
    expected = None if until is None else NOON + until * DAY
    assert now(paid).refund_until == expected


def test_event_moved_after_the_deadline_gives_three_days_p(clock: Clock) -> None:
    event, paid = paid_event(refund_days=2)
    clock.shift(4 * DAY)
    move(event, 30 * HOUR)
    assert now(paid).gets_money_back(NOON + 4 * DAY + 30 * HOUR) is True
    assert now(paid).refund_until == NOON + 5 * DAY + 30 * HOUR


def test_event_moved_to_and_fro_promises_no_more_than_its_last_start_r7() -> None:
    event, paid = paid_event(refund_days=1)
    for by in (40, -40, 40):
        move(event, by * DAY)
    assert now(paid).refund_until == NOON + 44 * DAY


def test_place_without_refunds_that_is_moved_twice_keeps_its_policy_r7(clock: Clock) -> None:
    event, paid = paid_event(refund_days=None)
    move(event, DAY)
    clock.shift(2 * DAY)
    move(event, 100 * DAY)
    assert now(paid).refund_until == NOON + 5 * DAY


def test_policy_that_was_changed_does_not_touch_older_places_r7() -> None:
    event, old = paid_event(refund_days=2)
    Event.objects.update(refund_days=9)
    event.refresh_from_db()
    new = pay(register(make_attendee(), event))
    move(event, 40 * DAY)
    assert now(old).refund_until == NOON + 43 * DAY
    assert now(new).refund_until == NOON + 36 * DAY


def test_workshop_that_is_moved_takes_its_own_places_along_r7() -> None:
    event = make_event(price=1500, refund_days=0, starts_at=NOON + 5 * DAY, ends_at=NOON + 9 * DAY)
    workshop = make_workshop(event, price=500)
    person = make_attendee()
    place, session = (pay(register(person, bookable)) for bookable in (event, workshop))
    move(workshop, DAY)
    assert (now(place).refund_until, now(session).refund_until) == (NOON + 5 * DAY, NOON + 6 * DAY)


def test_free_and_waiting_people_have_no_deadline_to_move_r7() -> None:
    event, paid = paid_event(capacity=1)
    waiting = register(make_attendee(), event)
    free = register(make_attendee(), make_event(starts_at=NOON + 5 * DAY))
    for registration in (waiting, free):
        move(now(registration).event, DAY)
        assert now(registration).refund_until is None
    assert now(paid).refund_until == NOON + 6 * DAY


def test_amount_and_currency_stay_when_deadlines_move_r7() -> None:
    event, paid = paid_event()
    before = (paid.amount, paid.currency, paid.perk_label, paid.taken_at)
    move(event, 40 * DAY)
    after = now(paid)
    assert (after.amount, after.currency, after.perk_label, after.taken_at) == before


# --- Time to pay -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "until"),
    [
        (40 * DAY, 7 * DAY),  # the start had cut it
        (-2 * DAY, 3 * DAY),  # not past the new start
        (-5 * DAY + HOUR, HOUR),
        (-5 * DAY + HOUR / 60, HOUR / 2),  # nobody has read the mail yet
        (-5 * DAY - HOUR, HOUR),  # it runs: until the end
        (-5 * DAY - 3 * HOUR, -HOUR),  # it is over
    ],
)
def test_hold_follows_the_start_r7(settings: Settings, by: timedelta, until: timedelta) -> None:
    settings.PAYMENT_BY_HAND = True
    event = make_event(price=1500, starts_at=NOON + 5 * DAY)
    held = register(make_attendee(), event)
    assert held.hold_until == NOON + 5 * DAY
    move(event, by)
    assert now(held).hold_until == NOON + until


def test_hold_of_somebody_who_moved_up_gets_its_day_r7() -> None:
    event, (first, second, _third) = full_event(price=500, starts_at=NOON + 2 * HOUR)
    places.cancel(registration=first, in_full=False)
    assert now(second).hold_until == NOON + 2 * HOUR
    move(event, 3 * DAY)
    assert now(second).hold_until == NOON + DAY


def test_lapsed_hold_does_not_come_back_r7(clock: Clock) -> None:
    event = make_event(price=1500, starts_at=NOON + HOUR / 4)
    held = register(make_attendee(), event)
    clock.shift(HOUR)
    move(event, 3 * DAY)
    assert status(held) == "expired"


# --- How long a place is held ------------------------------------------------------------------


@pytest.mark.parametrize(("days", "held"), [(1, 1), (7, 7), (60, 30)])
def test_payment_by_hand_has_the_days_of_the_event_r15(
    settings: Settings, days: int, held: int
) -> None:
    settings.PAYMENT_BY_HAND = True
    event = make_event(price=1500, payment_days=days, starts_at=NOON + 30 * DAY)
    assert register(make_attendee(), event).hold_until == NOON + held * DAY


def test_waitlist_is_held_no_shorter_than_others_by_hand_r15(settings: Settings) -> None:
    settings.PAYMENT_BY_HAND = True
    _event, (first, second, _third) = full_event(
        price=500, payment_days=3, starts_at=NOON + 30 * DAY
    )
    places.cancel(registration=first, in_full=False)
    assert now(second).hold_until == NOON + 3 * DAY


def test_provider_holds_for_minutes_whatever_the_event_says_r15() -> None:
    event = make_event(price=1500, payment_days=3)
    assert register(make_attendee(), event).hold_until == NOON + HOUR / 2


def test_winner_of_a_draw_before_the_close_has_a_day_to_pay_l3(clock: Clock) -> None:
    close = NOON + HOUR
    event = make_event(price=500, capacity=1, closes_at=close, draw_at=close - HOUR / 60)
    entries = [register(make_attendee(), event) for _ in range(2)]
    clock.move_to(close - HOUR / 60)
    places.settle(event=event)
    (winner,) = [now(entry) for entry in entries if status(entry) == "awaiting_payment"]
    assert winner.hold_until == close - HOUR / 60 + DAY


def test_hold_that_lapses_after_the_close_serves_the_next_l3(clock: Clock) -> None:
    close = NOON + HOUR
    event, (first, second, third) = full_event(closes_at=close, price=500)
    clock.move_to(close - HOUR / 60)
    places.cancel(registration=first, in_full=False)
    for served in (second, third):
        assert status(served) == "awaiting_payment"
        clock.move_to(now(served).hold_until or NOON)
        places.settle(event=event)
        assert status(served) == "expired"


def test_nobody_new_comes_in_after_the_close_l3(clock: Clock) -> None:
    event = make_event(capacity=2, closes_at=NOON + HOUR)
    clock.shift(HOUR)
    with pytest.raises(PlaceRefused):
        register(make_attendee(), event)


# --- How much work it is -----------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 12])
def test_moving_deadlines_costs_the_same_for_many_r7(people: int) -> None:
    event = make_event(price=1500, starts_at=NOON + 5 * DAY)
    for number in range(2 * people):
        held = register(make_attendee(), event)
        if number % 2:
            pay(held)
    with CaptureQueriesContext(connection) as captured:
        move(event, DAY)
    writes = [q["sql"] for q in captured if "UPDATE" in q["sql"] and "_until" in q["sql"]]
    assert len([sql for sql in writes if "events_registration" in sql]) == 5
