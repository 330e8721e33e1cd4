"""The money of an event: its words, and its way back when the event does not take place."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Payment, Registration
from events.payments.providers import manual
from tests.factories import make_attendee, make_event
from tests.lines import register

from .ledgers import make_money
from .pages import cancel_event, errors, page_of, save, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", slug="jam", organizers=[mika], price=500)


def pay(event: Event, mika: User) -> Registration:
    held = register(make_attendee(), event)
    manual.mark_paid(registration=held, by=mika)
    return held


def test_cancelled_event_says_how_many_payments_go_back(
    browser: Client, mika: User, jam: Event
) -> None:
    pay(jam, mika)
    pay(jam, mika)
    register(make_attendee(), jam)
    response = cancel_event(browser, page_of(jam))
    assert words(response)[0] == (
        "2 payments go back in full. The event can no longer be published again."
    )
    found = set(Payment.objects.values_list("status", "problem"))
    assert found == {("refund_due", "event_cancelled")}
    again = save(browser, page_of(jam), summary="Sorry")
    assert [word for word in words(again) if "in full" in word] == []


@pytest.mark.parametrize("status", ["refund_due", "refunded"])
def test_event_whose_money_goes_back_stays_cancelled(
    browser: Client, mika: User, jam: Event, status: str
) -> None:
    pay(jam, mika)
    cancel_event(browser, page_of(jam))
    Payment.objects.update(status=status)
    for wanted in ["published", "draft"]:
        assert errors(save(browser, page_of(jam), status=wanted)) == [
            "The money of this event goes back or has gone back, so it stays cancelled. Save it as "
            "new instead: that makes a copy to which people sign up again."
        ]
    jam.refresh_from_db()
    assert jam.is_cancelled is True
    assert save(browser, page_of(jam), summary="Sorry").status_code == 302


def test_event_whose_money_goes_back_can_be_copied(browser: Client, mika: User, jam: Event) -> None:
    pay(jam, mika)
    cancel_event(browser, page_of(jam))
    save(browser, page_of(jam), slug="again", status="published", _saveasnew="1")
    copy = Event.objects.get(slug="again")
    assert (copy.status, copy.registrations.count()) == ("draft", 0)


def test_event_that_gave_nothing_back_can_take_place_after_all(
    browser: Client, mika: User, jam: Event
) -> None:
    """Money that went back for another reason does not count."""
    make_money(jam, status="refund_due", problem="cancelled")
    save(browser, page_of(jam), status="cancelled")
    save(browser, page_of(jam), status="published")
    jam.refresh_from_db()
    assert jam.status == "published"


@pytest.mark.parametrize(("typed", "stored"), [("", None), ("0", 0), ("14", 14), ("365", 365)])
def test_refund_days_are_set_in_the_form(
    browser: Client, jam: Event, typed: str, stored: int | None
) -> None:
    save(browser, page_of(jam), refund_days=typed)
    jam.refresh_from_db()
    assert jam.refund_days == stored


@pytest.mark.parametrize("typed", ["-1", "366", "x", "1.5"])
def test_refund_days_that_cannot_be_are_refused(browser: Client, jam: Event, typed: str) -> None:
    assert len(errors(save(browser, page_of(jam), refund_days=typed))) == 1
    jam.refresh_from_db()
    assert jam.refund_days == 0
