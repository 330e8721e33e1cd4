"""The admin site: one, with our titles, our pages, and without what nobody needs."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from events.admin.site import OrganizersSite
from tests.factories import make_attendee, make_user

from .conftest import SignedIn
from .pages import read

pytestmark = pytest.mark.django_db


def names(site: admin.AdminSite) -> set[str | None]:
    return {getattr(url, "name", None) for url in site.get_urls()}


def test_default_site_is_ours() -> None:
    assert admin.site.__class__ is OrganizersSite


def test_site_has_our_pages_and_those_of_groups() -> None:
    """All on one site, and none of the sign-in or the mail queue."""
    assert {model._meta.label for model in admin.site._registry} == {
        "auth.Group",
        "auth.User",
        "events.Attendee",
        "events.Block",
        "events.Event",
        "events.FillingPass",
        "events.Host",
        "events.Notice",
        "events.Notification",
        "events.Payment",
        "events.Registration",
        "events.SitePage",
    }


def test_site_lacks_the_shortcut_to_any_object_and_nothing_else() -> None:
    assert names(admin.AdminSite()) - names(OrganizersSite()) == {"view_on_site"}
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])


def test_pages_have_our_titles(browser: Client) -> None:
    page = read(browser.get("/admin/"))
    assert page.first("title").text == "Your events | Community events"
    assert page.first("div", id="site-name").text == "Community events: organize"
    assert page.first("div", id="content").first("h1").text == "Your events"


def test_pages_have_no_sidebar(browser: Client) -> None:
    page = read(browser.get(reverse("admin:events_event_changelist")))
    assert list(page.all("nav", id="nav-sidebar")) == []
    assert list(page.all("button", id="toggle-nav-sidebar")) == []


def test_pages_are_called_like_the_site(browser: Client, settings: Settings) -> None:
    settings.SITE_NAME = "Harbour Nights"
    page = read(browser.get("/admin/"))
    assert page.first("title").text == "Your events | Harbour Nights"
    assert page.first("div", id="site-name").text == "Harbour Nights: organize"


@pytest.mark.parametrize("address", ["/admin/", "/admin/events/event/add/", "/admin/login/"])
def test_every_page_has_our_style_once(client: Client, browser: Client, address: str) -> None:
    visitor = client if "login" in address else browser
    sheets = [link.attributes["href"] for link in read(visitor.get(address)).all("link")]
    assert [sheet for sheet in sheets if "css/admin" in sheet] == ["/static/css/admin.css"]


# --- People who do not organize ------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/admin/", "/admin/events/event/", "/admin/login/"])
def test_attendee_reads_who_may_organize_and_finds_the_way_back(
    signed_in: SignedIn, address: str
) -> None:
    attendee = signed_in(make_attendee(user=make_user(username="ann")).user)
    response = attendee.get(address, follow=True)
    main = read(response).first("main")
    assert (response.status_code, main.first("h1").text) == (403, "For organizers only")
    assert "You are signed in as ann , and this account does not organize" in main.text
    assert "To organize an event, write to events@localhost" in main.text
    assert main.first("a", class_="button primary").attributes["href"] == "/"
    assert list(main.all("input")) == []
    assert "no-store" in response["Cache-Control"]


def test_stranger_is_asked_to_sign_in_and_organizers_are_let_through(
    client: Client, browser: Client
) -> None:
    assert list(read(client.get("/admin/", follow=True)).all("input", name="password")) != []
    assert browser.get("/admin/login/")["Location"] == "/admin/"


def test_attendee_may_still_send_the_form_of_the_sign_in(signed_in: SignedIn, mika: User) -> None:
    """It may have been open in another tab."""
    attendee = signed_in(make_attendee().user)
    mika.set_password("secret")
    mika.save()
    typed = {"username": "mika", "password": "secret", "next": "/admin/"}
    assert attendee.post("/admin/login/", typed)["Location"] == "/admin/"
