"""Messages that `audit` misses; made, as in `test_audit`, behind the site's back."""

from collections.abc import Callable

import pytest

from events import places
from events.models import Notification, Registration
from tests.factories import make_attendee, make_event
from tests.lines import full_event, register

from .test_audit import HOUR, Clock, found, mismatch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def waiting(_clock: Clock) -> Registration:
    return full_event()[1][2]


def held(_clock: Clock) -> Registration:
    return register(make_attendee(), make_event(price=500))


def moved_up(clock: Clock) -> Registration:
    _event, (first, second, _third) = full_event()
    clock.shift(1)
    places.cancel(registration=first, in_full=False)
    return second


def lapsed(clock: Clock) -> Registration:
    registration = held(clock)
    clock.shift(HOUR)
    places.settle(event=registration.event)
    return registration


def cancelled(_clock: Clock) -> Registration:
    registration = register(make_attendee(), make_event())
    return places.cancel(registration=registration, in_full=False)


def walked_in(_clock: Clock) -> Registration:
    return register(make_attendee(), make_event())


@pytest.mark.parametrize(
    ("story", "kind", "owed"),
    [
        (waiting, "waitlisted", "waitlisted"),
        (held, "payment-due", "payment-due"),
        (walked_in, "registered", "registered or place-given"),
        (moved_up, "place-given", "registered or place-given"),
        (moved_up, "waitlisted", "waitlisted"),
        (lapsed, "hold-lapsed", "hold-lapsed"),
        (cancelled, "given-up", "cancelled or given-up"),
    ],
)
def test_missing_message_is_found(
    clock: Clock, story: Callable[[Clock], Registration], kind: str, owed: str
) -> None:
    registration = story(clock)
    clock.shift(1)
    assert found(registration.event) == []
    mine = Notification.objects.filter(attendee=registration.attendee)
    assert mine.filter(kind=kind).delete()[0] == 1
    text = f"no message {owed}"
    assert found(registration.event) == mismatch(7, registration.event, registration.code, text)


def test_message_about_another_registration_does_not_count() -> None:
    event, other = make_event(), make_event()
    attendee = make_attendee()
    registration = register(attendee, event)
    register(attendee, other)
    Notification.objects.filter(subject__contains=registration.code).delete()
    text = "no message registered or place-given"
    assert found(event) == mismatch(7, event, registration.code, text)
    assert found(other) == []
