"""The page of an invitation: what it gives, to whom, and what strangers learn of it."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from events import places
from events.models import Attendee, Bookable, Event, PlaceInvitation, Registration
from events.places.place_invitations import GOOD_FOR
from tests.deletions import deleted_once_read
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_workshop,
)
from tests.lines import register
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PAGE = "/invitation/"
CANNOT = "This invitation cannot be used"


@pytest.fixture
def full() -> Event:
    return make_event(title="Fog Night", slug="fog", capacity=0, closes_at=NOON, has_waitlist=False)


def link_to(bookable: Bookable) -> str:
    _made, token = places.invite(
        bookable=bookable, by=make_organizer(), because="A word of ours", until=NOON + GOOD_FOR
    )
    return f"/invitations/{token}/"


def signed_in(attendee: Attendee) -> Client:
    browser = Client()
    browser.force_login(attendee.user, "django.contrib.auth.backends.ModelBackend")
    return browser


def text(response: HttpResponse) -> str:
    return TreeBuilder(response.content.decode()).root.text


def test_link_leads_to_a_page_without_the_secret_and_a_button_takes_the_place(
    full: Event,
) -> None:
    ada, link = make_attendee(), link_to(full)
    browser = signed_in(ada)
    opened = browser.get(link)
    assert (opened.status_code, opened["Location"]) == (302, PAGE)
    assert opened["Referrer-Policy"] == "no-referrer"
    page = browser.get(PAGE)
    secret = link.split("/")[2]
    assert "Fog Night" in text(page)
    assert "It is free of charge." in text(page)
    assert (secret in page.content.decode(), "A word of ours" in text(page)) == (False, False)
    assert Registration.objects.count() == 0
    taken = browser.post(PAGE)
    mine = Registration.objects.get()
    assert (taken["Location"], mine.attendee) == (f"/registrations/{mine.code}/", ada)
    assert browser.get(PAGE)["Location"] == f"/registrations/{mine.code}/"
    assert (browser.post(PAGE).status_code, Registration.objects.count()) == (404, 1)


def test_secret_is_not_in_the_session_either(client: Client, full: Event) -> None:
    link = link_to(full)
    client.get(link)
    stored = [session.get_decoded() for session in Session.objects.all()]
    assert len(stored) == 1
    assert link.split("/")[2] not in str(stored)


def test_who_is_signed_out_signs_in_and_comes_back(client: Client, full: Event) -> None:
    ada = make_local_attendee()
    client.get(link_to(full))
    page = client.get(PAGE)
    assert f"?next={PAGE}" in page.content.decode()
    assert client.post(PAGE).status_code == 200
    assert Registration.objects.count() == 0
    client.force_login(ada.user, "django.contrib.auth.backends.ModelBackend")
    client.post(PAGE)
    assert Registration.objects.get().attendee == ada


def test_gate_is_said_and_stays_closed(full: Event) -> None:
    Event.objects.update(neos_required=True)
    browser = signed_in(make_local_attendee())
    browser.get(link_to(full))
    assert "needs a verified Neos account" in text(browser.get(PAGE))
    response = browser.post(PAGE)
    assert (response.status_code, Registration.objects.count()) == (409, 0)
    assert PlaceInvitation.objects.get().used_at is None


def test_paid_place_leads_to_the_page_to_pay_on() -> None:
    event = make_event(price=500, capacity=0)
    browser = signed_in(make_attendee())
    browser.get(link_to(event))
    assert "It costs €5.00." in text(browser.get(PAGE))
    mine = browser.post(PAGE)["Location"]
    assert mine == f"/registrations/{Registration.objects.get().code}/pay/"


def test_workshop_is_named_with_its_event() -> None:
    event, ada = make_event(title="Jam"), make_attendee()
    register(ada, event)
    browser = signed_in(ada)
    browser.get(link_to(make_workshop(event, title="Mixing", capacity=0)))
    assert "Workshop at Jam" in text(browser.get(PAGE))
    browser.post(PAGE)
    assert Registration.objects.filter(workshop__title="Mixing").count() == 1


def test_who_has_a_place_is_told_that_the_link_is_left() -> None:
    event, ada = make_event(), make_attendee()
    register(ada, event)
    browser = signed_in(ada)
    browser.get(link_to(event))
    assert "The invitation is not used up" in text(browser.get(PAGE))


# --- Links that cannot be used -------------------------------------------------------------------


def test_links_that_cannot_be_used_look_alike(clock: time_machine.Traveller, full: Event) -> None:
    """One of a draft, a used, a revoked, an expired and a wrong one."""
    hidden = make_event(title="Secret plan")
    links = [link_to(one) for one in (hidden, full, full, full)]
    _draft, used, revoked, _late = PlaceInvitation.objects.order_by("pk")
    Event.objects.filter(pk=hidden.pk).update(status="draft")
    places.take_invited(invitation=used, attendee=make_attendee())
    places.revoke_invitation(invitation=revoked)
    clock.shift(GOOD_FOR)
    links.append(f"/invitations/{'x' * 43}/")
    for browser in (Client(), signed_in(make_attendee())):
        answers = [browser.get(link) for link in links]
        assert {answer.status_code for answer in answers} == {404}
        assert len({text(answer) for answer in answers}) == 1
        assert CANNOT in text(answers[0])
        assert {answer["Referrer-Policy"] for answer in answers} == {"same-origin"}
        assert browser.get(PAGE).status_code == 404


def test_page_that_was_open_when_the_link_was_revoked_gives_nothing(full: Event) -> None:
    browser = signed_in(make_attendee())
    browser.get(link_to(full))
    places.revoke_invitation(invitation=PlaceInvitation.objects.get())
    response = browser.post(PAGE)
    assert (response.status_code, CANNOT in text(response)) == (404, True)
    assert Registration.objects.count() == 0


def test_link_to_what_is_over_gives_nothing(clock: time_machine.Traveller) -> None:
    event = make_event(starts_at=NOON + timedelta(hours=1))
    link = link_to(event)
    clock.shift(timedelta(hours=3))
    assert signed_in(make_attendee()).get(link).status_code == 404


@pytest.mark.parametrize("what", ["event", "workshop"])
def test_link_to_what_is_deleted_meanwhile_cannot_be_used(full: Event, what: str) -> None:
    workshop = make_workshop(full)
    browser = signed_in(make_attendee())
    browser.get(link_to(full if what == "event" else workshop))
    with deleted_once_read(full if what == "event" else workshop):
        taken = browser.post(PAGE)
    assert (taken.status_code, CANNOT in text(taken)) == (404, True)
    assert (PlaceInvitation.objects.count(), Registration.objects.count()) == (0, 0)
