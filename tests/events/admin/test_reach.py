"""Organizers name a contact, see whom no mail reaches, and find addresses of all kinds taken."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Event, Registration
from events.models.registration import RegistrationQuerySet
from tests.factories import NOON, make_attendee, make_user
from tests.lines import register

from .conftest import SignedIn
from .pages import EVENTS, REGISTRATIONS, USERS, errors, names, page_of, registration_page, save
from .pages import shown_field as shown
from .test_user import sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

UNREACHABLE = f"{REGISTRATIONS}?mail=unreachable"


@pytest.mark.parametrize(
    "contact", ["", "Mika <mika@example.org>", "https://discord.example/jam", "ann.@docomo.ne.jp"]
)
def test_contact_of_an_event_is_saved_as_it_is_typed_r14(
    browser: Client, jam: Event, contact: str
) -> None:
    assert errors(save(browser, page_of(jam), contact=contact)) == []
    jam.refresh_from_db()
    assert jam.contact == contact


@pytest.mark.parametrize("contact", ["Mika", "javascript:alert(1)", "http://example.org"])
def test_contact_that_leads_nowhere_is_refused_in_words_r14(
    browser: Client, jam: Event, contact: str
) -> None:
    response = save(browser, page_of(jam), contact=contact)
    assert errors(response) == [
        "Write an e-mail address or an https link, like Mika <mika@example.org>, "
        "mika@example.org, https://example.org/contact."
    ]
    assert contact in response.content.decode()


@pytest.mark.parametrize(("days", "wrong"), [("1", 0), ("60", 0), ("0", 1), ("61", 1), ("", 1)])
def test_time_to_pay_is_one_to_sixty_days_r15(
    browser: Client, jam: Event, days: str, wrong: int
) -> None:
    assert len(errors(save(browser, page_of(jam), payment_days=days))) == wrong


def test_pages_of_the_admin_name_the_contact_of_the_site_r14(browser: Client) -> None:
    assert "mailto:events@localhost" in browser.get(EVENTS).content.decode()


def reachable(name: str) -> Registration:
    user = make_user(username=name, email=f"{name}@example.org")
    return register(make_attendee(user=user, neos_username=name, email_confirmed_at=NOON), jam_of())


def jam_of() -> Event:
    return Event.objects.get(slug="jam")


def test_organizer_finds_whom_no_mail_reaches_r20(browser: Client, jam: Event, ball: Event) -> None:
    fine, unproved, closed = map(reachable, ["Fine", "Unproved", "Closed"])
    type(unproved.attendee).objects.filter(pk=unproved.attendee_id).update(email_confirmed_at=None)
    User.objects.filter(pk=closed.attendee.user_id).update(is_active=False)
    assert sorted(set(names(browser.get(UNREACHABLE)))) == ["Closed", "Guest", "Unproved"]
    assert shown(browser, registration_page(fine), "mail") == "messages reach this person"
    assert "address not confirmed" in shown(browser, registration_page(unproved), "mail")
    guest = own().get(attendee__neos_id="U-guest", workshop=None)
    assert "no e-mail address" in shown(browser, registration_page(guest), "mail")


def own() -> RegistrationQuerySet:
    return Registration.objects.filter(event__slug="jam")


def test_account_with_a_carrier_address_can_be_saved_r20(
    signed_in: SignedIn, superuser: User
) -> None:
    ann = make_user(username="ann", email="a..b@docomo.ne.jp")
    root = signed_in(superuser)
    response = root.post(f"{USERS}{ann.pk}/change/", sent(root, ann, first_name="Ann"))
    assert response.status_code == 302
    ann.refresh_from_db()
    assert (ann.first_name, ann.email) == ("Ann", "a..b@docomo.ne.jp")
