"""The admin lets in organizers, and superusers to pages of their own: see `test_walk` too."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from events import permissions, places
from events.models import Event
from tests.factories import make_attendee, make_event

from .conftest import SignedIn
from .pages import EVENTS, names, page_of, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    event = make_event(title="Jam", organizers=[mika])
    places.register(user=make_attendee(neos_id="U-guest").user, bookable=event)
    return event


@pytest.mark.parametrize(
    "path",
    ["auth/user/", "auth/group/", "auth/user/add/", "events/notification/", "events/notice/"],
)
def test_pages_of_superusers_are_closed_to_organizers(
    signed_in: SignedIn, browser: Client, superuser: User, path: str
) -> None:
    assert browser.get(f"/admin/{path}").status_code == 403
    assert browser.post(f"/admin/{path}", {"username": "x"}).status_code == 403
    assert signed_in(superuser).get(f"/admin/{path}").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["social_django/usersocialauth/", "social_django/nonce/", "social_django/association/"],
)
def test_internals_of_the_sign_in_have_no_page(
    signed_in: SignedIn, superuser: User, path: str
) -> None:
    assert signed_in(superuser).get(f"/admin/{path}").status_code == 404


def test_organizer_cannot_make_themselves_superuser(browser: Client, mika: User) -> None:
    forged = {"username": "mika", "is_superuser": "on", "is_staff": "on", "is_active": "on"}
    response = browser.post(f"/admin/auth/user/{mika.pk}/change/", forged)

    assert response.status_code == 403
    mika.refresh_from_db()
    assert (mika.is_superuser, mika.is_staff) == (False, True)


def test_organizer_cannot_touch_another_account(browser: Client, superuser: User) -> None:
    before = superuser.password
    for tail in ["change/", "password/", "delete/", "history/"]:
        address = f"/admin/auth/user/{superuser.pk}/{tail}"
        forged = {"password1": "x", "password2": "x", "post": "yes"}
        assert browser.get(address).status_code == 403
        assert browser.post(address, forged).status_code == 403
    superuser.refresh_from_db()
    assert (superuser.password, superuser.is_active) == (before, True)


def test_lost_group_is_refused_at_the_next_request(browser: Client, mika: User, jam: Event) -> None:
    assert browser.get(page_of(jam)).status_code == 200
    mika.groups.clear()
    assert browser.get(page_of(jam)).status_code == 403
    assert browser.get(EVENTS).status_code == 403


@pytest.mark.parametrize("flag", ["is_staff", "is_active"])
def test_lost_account_is_sent_to_the_sign_in(
    browser: Client, mika: User, jam: Event, flag: str
) -> None:
    User.objects.filter(pk=mika.pk).update(**{flag: False})
    response = browser.get(page_of(jam))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/admin/login/")


def test_lost_event_is_gone_at_the_next_request(browser: Client, mika: User, jam: Event) -> None:
    save(browser, page_of(jam), summary="Mine")
    jam.organizers.remove(mika)

    assert names(browser.get(EVENTS)) == []
    assert browser.post(page_of(jam), {"title": "Taken"}).status_code == 302
    jam.refresh_from_db()
    assert (jam.title, jam.summary) == ("Jam", "Mine")
    assert b"Jam" not in browser.get("/admin/").content  # nor in the list of recent actions


def test_superuser_sees_the_recent_actions(signed_in: SignedIn, superuser: User) -> None:
    make_event(title="Jam")
    page = signed_in(superuser)
    save(page, page_of(Event.objects.get()), summary="Changed")
    assert b"Jam" in page.get("/admin/").content


def test_shortcut_to_any_object_is_gone(browser: Client, robin: User) -> None:
    """It told the address of every object of every type, drafts too."""
    hidden = make_event(slug="hidden", status="draft", organizers=[robin])
    answers = {browser.get(f"/admin/r/{n}/{hidden.pk}/").status_code for n in range(1, 40)}
    assert answers == {404}


def test_sign_in_page_leads_people_with_neos_on(client: Client) -> None:
    page = client.get("/admin/login/?next=/admin/events/event/").content.decode()
    assert 'href="/accounts/login/?next=/admin/events/event/"' in page


def test_group_of_organizers_exists_after_migrations() -> None:
    assert Group.objects.filter(name=permissions.GROUP).count() == 1
