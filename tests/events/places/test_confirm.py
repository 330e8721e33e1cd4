"""Money for places, the door, and telling people."""

from datetime import timedelta

import pytest
import time_machine

from events import places
from events.messages import delivery
from events.models import Notification, Payment
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    statuses,
)
from tests.lines import full_event, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


# --- Payment and the door ----------------------------------------------------------------------


def test_mark_paid_confirms_and_says_who_noted_it() -> None:
    organizer = make_organizer()
    registration = register(make_attendee(), make_event(price=500))
    payment = manual.mark_paid(registration=registration, by=organizer, reference="T1", note="cash")
    assert status(registration) == "confirmed"
    assert (payment.status, payment.amount, payment.recorded_by) == ("paid", 500, organizer)


def test_late_money_confirms_while_a_place_is_free(clock: Clock) -> None:
    registration = register(make_attendee(), make_event(price=500, capacity=1))
    clock.shift(timedelta(hours=1))
    assert places.confirm_paid(registration=registration) is None
    assert status(registration) == "confirmed"


def test_late_money_is_due_back_when_the_place_has_gone_on(clock: Clock) -> None:
    event, (first, second, _third) = full_event(price=500)
    clock.shift(timedelta(hours=1))
    payment = manual.mark_paid(registration=first, by=make_organizer())
    assert (payment.status, status(first)) == ("refund_due", "expired")
    assert status(second) == "awaiting_payment"
    assert statuses(event).count("confirmed") == 0


def test_late_money_never_gives_a_second_place_to_the_same_person(clock: Clock) -> None:
    event = make_event(price=500, capacity=5)
    lapsed = register(make_attendee(), event)
    clock.shift(timedelta(hours=1))
    register(lapsed.attendee, event)
    assert places.confirm_paid(registration=lapsed) == "late"
    assert statuses(event) == ["expired", "awaiting_payment"]


@pytest.mark.parametrize(
    ("index", "why"), [(0, "cancelled"), (1, "refused")], ids=["cancelled", "waitlisted"]
)
def test_money_for_what_has_no_place_is_due_back(index: int, why: str) -> None:
    event, registrations = full_event(price=500)
    cancelled = registrations[2]
    places.cancel(registration=cancelled, in_full=False)
    registration = (cancelled, registrations[1])[index]
    before = status(registration)
    assert places.confirm_paid(registration=registration) == why
    assert (status(registration), statuses(event).count("confirmed")) == (before, 0)


def test_mark_paid_with_a_used_reference_changes_nothing() -> None:
    organizer, event = make_organizer(), make_event(price=5)
    first, second = (register(make_attendee(), event) for _ in range(2))
    manual.mark_paid(registration=first, by=organizer, reference="T1")
    with pytest.raises(manual.ReferenceUsed):
        manual.mark_paid(registration=second, by=organizer, reference="T1")
    assert (status(second), Payment.objects.count()) == ("awaiting_payment", 1)


# --- Telling people ----------------------------------------------------------------------------


def test_notification_is_delivered_to_a_confirmed_address(
    mailoutbox: list[object],
) -> None:
    attendee = make_attendee(email_confirmed_at=NOON)
    attendee.user.email = "person@example.org"
    attendee.user.save()
    event = make_event(title="Line\nbreak")
    register(attendee, event)
    assert mailoutbox == []
    delivery.deliver_due()
    assert [(m.subject, m.to) for m in mailoutbox] == [  # type: ignore[attr-defined] - mail
        ("You are in: Line break", ["person@example.org"])
    ]
    assert Notification.objects.get().sent_at == NOON


def test_notification_is_not_mailed_to_an_unconfirmed_address(
    mailoutbox: list[object],
) -> None:
    attendee = make_attendee()
    attendee.user.email = "someone-elses@example.org"
    attendee.user.save()
    register(attendee, make_event())
    delivery.deliver_due()
    assert (mailoutbox, Notification.objects.get().sent_at) == ([], None)
