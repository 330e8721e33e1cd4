"""Nothing of the demo changes by itself, but what its pages announce."""

from datetime import timedelta

import pytest
import time_machine
from django.core import serializers
from pytest_django import Settings

from events import demo, housekeeping, places
from events.models import Attendee, Event, Payment, Refund, Registration, Workshop

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def loaded(clock: time_machine.Traveller, settings: Settings) -> None:
    """The demo as `make demo` has it: holds are as short as a payment provider makes them."""
    settings.PAYMENT_PROVIDER = "sandbox"
    demo.load()


def rows() -> dict[str, dict[str, str]]:
    """Every row, by its event's address."""
    return {
        event.slug: {
            f"{model.__name__} {row.pk}": serializers.serialize("json", [row])
            for model, of_event in (
                (Event, Event.objects.filter(pk=event.pk)),
                (Workshop, event.workshops.all()),
                (Registration, event.registrations.all()),
                (Payment, Payment.objects.filter(registration__event=event)),
                (Refund, Refund.objects.filter(payment__registration__event=event)),
            )
            for row in of_event
        }
        for event in Event.objects.all()
    }


def changed(before: dict[str, dict[str, str]]) -> set[str]:
    after = rows()
    return {slug for slug in before | after if before.get(slug) != after.get(slug)}


def test_nothing_changes_in_an_hour_and_a_day(clock: time_machine.Traveller) -> None:
    before = rows()
    for pause in (timedelta(seconds=2), timedelta(hours=1), timedelta(days=1)):
        clock.shift(pause)
        housekeeping.run()

    assert changed(before) == set()


def test_only_the_announced_draw_is_held_in_a_week(clock: time_machine.Traveller) -> None:
    before = rows()
    for _day in range(7):
        clock.shift(timedelta(days=1))
        housekeeping.run()

    assert changed(before) == {"masquerade"}
    masks = Registration.objects.filter(event__slug="masquerade", status="confirmed")
    assert masks.count() == 5


def test_place_that_nobody_pays_for_would_be_noticed(clock: time_machine.Traveller) -> None:
    festival = Event.objects.get(slug="festival")
    guest = Attendee.objects.exclude(registrations__event=festival).earliest("pk")
    places.register(user=guest.user, bookable=festival)
    before = rows()
    clock.shift(timedelta(hours=1))
    housekeeping.run()

    assert changed(before) == {"festival"}
