"""Closed and erased accounts: their places go on, and nothing of the person stays."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core import serializers
from social_django.models import UserSocialAuth

from events import places
from events.access.refusals import PlaceRefused
from events.accounts import closing, local
from events.messages import password_reset
from events.models import Attendee, Notification, PasswordResetRequest, Payment, Registration
from events.payments.providers import manual
from tests import platform
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import full_event, kinds, register, status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


def test_closed_account_gives_up_its_places_everywhere_and_the_next_are_in() -> None:
    one, (first, second, _third) = full_event()
    other = make_event(capacity=1)
    there = register(first.attendee, other)
    waiting = register(make_attendee(), other)
    assert closing.deactivate(first.attendee.user) == 2
    assert [status(r) for r in (first, second, there, waiting)] == [
        "cancelled",
        "confirmed",
        "cancelled",
        "confirmed",
    ]
    assert one.registrations.filter(status="confirmed").count() == 1


def test_closed_account_loses_its_workshops_with_the_event() -> None:
    event = make_event()
    workshop = make_workshop(event, capacity=1)
    leaving, staying = make_attendee(), make_attendee()
    for person in (leaving, staying):
        register(person, event)
    held, waiting = register(leaving, workshop), register(staying, workshop)
    closing.deactivate(leaving.user)
    assert (status(held), status(waiting)) == ("cancelled", "confirmed")


def test_closed_account_keeps_what_is_over_as_history(clock: Clock) -> None:
    past = register(make_attendee(), make_event())
    clock.shift(timedelta(days=30))
    assert closing.deactivate(past.attendee.user) == 0
    assert status(past) == "confirmed"


def test_closed_account_gets_its_money_back() -> None:
    held = register(make_attendee(), make_event(price=500))
    manual.mark_paid(registration=held, by=make_organizer())
    closing.deactivate(held.attendee.user)
    assert Payment.objects.get().status == "refund_due"


def test_erased_account_gets_back_what_cancelling_gives(clock: Clock) -> None:
    event = make_event(price=500, refund_days=2)
    early, late, closed = (register(make_attendee(), event) for _ in range(3))
    for held in (early, late, closed):
        manual.mark_paid(registration=held, by=make_organizer())
    closing.erase(early.attendee.user)
    clock.shift(timedelta(days=6))
    closing.erase(late.attendee.user)
    closing.deactivate(closed.attendee.user)
    back = Payment.objects.order_by("pk").values_list("status", flat=True)
    assert list(back) == ["refund_due", "paid", "refund_due"]


def test_closed_account_takes_no_place_in_the_same_moment() -> None:
    attendee = make_attendee()
    User.objects.filter(pk=attendee.user_id).update(is_active=False)
    with pytest.raises(PlaceRefused, match="account-closed"):
        register(attendee, make_event())
    assert Registration.objects.count() == 0


def test_release_again_changes_nothing() -> None:
    _event, (first, _second, _third) = full_event()
    closing.deactivate(first.attendee.user)
    before = list(Registration.objects.order_by("pk").values())
    assert places.release(attendee=first.attendee) == 0
    assert list(Registration.objects.order_by("pk").values()) == before


def test_erased_person_leaves_no_trace_but_the_books(clock: Clock) -> None:
    # No name of hexadecimal digits only: codes of places may hold it by chance.
    user = make_user(username="U-ylva", email="ylva@example.org", first_name="Ylva")
    attendee = make_attendee(
        user=user,
        neos_id="U-ylva",
        neos_username="YlvaL",
        display_name="Countess",
        email_confirmed_at=NOON,
        neos_icon="portrait",
    )
    UserSocialAuth.objects.create(user=user, provider=platform.KEY, uid="U-ylva")
    token = attendee.calendar_token
    paid = register(attendee, make_event(price=500))
    manual.mark_paid(registration=paid, by=make_organizer())
    LogEntry.objects.log_actions(user.pk, [paid], CHANGE, "Cancelled.", single_object=True)
    password_reset.request("Ylva@example.org")
    closing.erase(user)
    models = (
        User,
        Attendee,
        Notification,
        PasswordResetRequest,
        UserSocialAuth,
        Registration,
        Payment,
        LogEntry,
    )
    dump = "".join(serializers.serialize("json", model.objects.all()) for model in models)
    traces = ("ylva", "Ylva", "YlvaL", "Countess", "portrait", token)
    assert [trace for trace in traces if trace in dump] == []
    assert (status(paid), Payment.objects.get().status) == ("cancelled", "refund_due")


def test_erased_person_is_not_written_back_by_a_page_that_was_open() -> None:
    user = make_user(email="ada@example.org")
    attendee = make_attendee(user=user, email_confirmed_at=NOON)
    closing.erase(User.objects.get(pk=user.pk))
    assert local.change_address(attendee, "other@example.org") is False
    local.describe(attendee, display_name="Ada", time_zone="Asia/Tokyo", language="")
    attendee = Attendee.objects.select_related("user").get()
    assert (attendee.user.email, attendee.display_name) == ("", "")


def test_erased_neos_account_may_come_back_as_somebody_new() -> None:
    attendee = make_attendee(neos_id="U-ada")
    register(attendee, make_event())
    closing.erase(attendee.user)
    again = make_attendee(neos_id="U-ada")
    assert (again.pk == attendee.pk, again.registrations.count()) == (False, 0)


def test_erased_place_goes_on_and_the_next_is_told() -> None:
    _event, (first, second, _third) = full_event()
    assert closing.erase(first.attendee.user) == 1
    assert (status(second), kinds(second.attendee)) == (
        "confirmed",
        ["waitlisted", "place-given"],
    )
