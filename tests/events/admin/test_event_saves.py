"""Saving an event reaches the people who have signed up for it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from events import places
from events.access.refusals import PlaceRefused
from events.models import Event, Notification, Registration
from tests.factories import make_attendee, make_event, make_workshop, statuses

from .conftest import SignedIn
from .pages import EVENTS, effects, page_of, press_save, read, rows, said, save, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User, clock: time_machine.Traveller) -> Event:
    """One place, and three people one second after the other."""
    event = make_event(title="Jam", organizers=[mika], capacity=1)
    for _ in range(3):
        places.register(user=make_attendee().user, bookable=event)
        clock.shift(timedelta(seconds=1))
    return event


def test_more_places_go_to_the_waitlist_at_once(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), capacity="2")
    assert statuses(jam) == ["confirmed", "confirmed", "waitlisted"]
    assert "1 person moved up from the waitlist." in words(response)
    assert Notification.objects.filter(kind="place-given").count() == 1


def test_no_limit_lets_everybody_in(browser: Client, jam: Event) -> None:
    response = save(browser, page_of(jam), capacity="")
    assert statuses(jam) == ["confirmed"] * 3
    assert "2 people moved up from the waitlist." in words(response)


def test_more_places_of_a_workshop_go_to_its_waitlist(browser: Client, mika: User) -> None:
    jam = make_event(organizers=[mika])
    workshop = make_workshop(jam, capacity=1)
    for _ in range(2):
        user = make_attendee().user
        places.register(user=user, bookable=jam)
        places.register(user=user, bookable=workshop)
    save(browser, page_of(jam), **{"workshops-0-capacity": "2"})
    assert list(workshop.registrations.values_list("status", flat=True)) == ["confirmed"] * 2


def test_more_places_at_a_price_are_held_for_payment(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), capacity="2", price="5.00")
    assert statuses(jam) == ["confirmed", "awaiting_payment", "waitlisted"]
    assert list(jam.registrations.order_by("pk").values_list("amount", flat=True)) == [0, 500, 0]


def test_fewer_places_drop_nobody(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), capacity="3")
    response = save(browser, page_of(jam), capacity="0")
    assert statuses(jam) == ["confirmed"] * 3
    assert [word for word in words(response) if "moved up" in word] == []
    assert rows(browser.get(EVENTS))[0][4:6] == ["3 / 0", "0"]


def test_other_people_keep_waiting_when_an_error_is_shown(browser: Client, jam: Event) -> None:
    assert save(browser, page_of(jam), capacity="2", currency="ZZZ").status_code == 200
    assert statuses(jam) == ["confirmed", "waitlisted", "waitlisted"]


def test_cancelled_event_keeps_registrations_and_fills_nothing(
    browser: Client, client: Client, jam: Event
) -> None:
    response = save(browser, page_of(jam), status="cancelled", capacity="3")
    jam.refresh_from_db()
    assert (response.status_code, jam.is_cancelled) == (302, True)
    assert statuses(jam) == ["confirmed", "waitlisted", "waitlisted"]
    newcomer = make_attendee().user
    with pytest.raises(PlaceRefused, match="event-cancelled"):
        places.register(user=newcomer, bookable=jam)
    assert client.get(jam.get_absolute_url()).status_code == 200


def test_event_back_from_cancelled_fills_again(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), status="cancelled", capacity="2")
    save(browser, page_of(jam), status="published")
    assert statuses(jam) == ["confirmed", "confirmed", "waitlisted"]


def test_form_shows_places_and_leads_to_the_people(browser: Client, jam: Event) -> None:
    link = read(browser.get(page_of(jam))).first("a", class_="nowrap")
    assert link.text == "1 / 1"
    assert len(rows(browser.get(link.attributes["href"]))) == 3


def test_form_leads_to_the_page_of_the_event(browser: Client, jam: Event) -> None:
    assert read(browser.get(page_of(jam))).first("a", class_="viewsitelink").attributes["href"] == (
        jam.get_absolute_url()
    )


def test_superuser_saves_without_taking_over(
    signed_in: SignedIn, mika: User, superuser: User, jam: Event
) -> None:
    save(signed_in(superuser), page_of(jam), title="Jam!", capacity="2")
    jam.refresh_from_db()
    assert (jam.title, list(jam.organizers.all())) == ("Jam!", [mika])
    assert statuses(jam) == ["confirmed", "confirmed", "waitlisted"]


def test_history_says_who_changed_what(
    signed_in: SignedIn, browser: Client, robin: User, jam: Event
) -> None:
    save(browser, page_of(jam), capacity="2")
    history = f"{EVENTS}{jam.pk}/history/"
    assert "mika Capacity: 1 → 2" in read(browser.get(history)).text
    assert "Capacity" not in signed_in(robin).get(history, follow=True).content.decode()
    assert LogEntry.objects.get().object_id == str(jam.pk)


def test_forged_waitlist_numbers_are_ignored(browser: Client, jam: Event) -> None:
    save(browser, page_of(jam), taken="0", waiting="0", occupied="0")
    assert Registration.objects.count() == 3
    assert statuses(jam) == ["confirmed", "waitlisted", "waitlisted"]


def test_question_does_not_say_that_the_event_was_saved(browser: Client, jam: Event) -> None:
    """The change is made and undone to read its effects, and Django reports what it made."""
    asked = press_save(browser, page_of(jam), capacity="0")

    assert (len(effects(asked)) > 0, said(asked)) == (True, [])
    assert len(said(save(browser, page_of(jam), capacity="0"))) > 0
