"""The admin site: one, with our titles, our pages, and without what nobody needs."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from events.admin.site import OrganizersSite

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
        "events.Notice",
        "events.Notification",
        "events.Payment",
        "events.Registration",
    }


def test_site_lacks_the_shortcut_to_any_object_and_nothing_else() -> None:
    assert names(admin.AdminSite()) - names(OrganizersSite()) == {"view_on_site"}
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])


def test_pages_have_our_titles(browser: Client) -> None:
    page = read(browser.get("/admin/"))
    assert page.first("title").text == "Your events | Events"
    assert page.first("div", id="site-name").text == "Organize events"
    assert page.first("div", id="content").first("h1").text == "Your events"


def test_pages_have_no_sidebar(browser: Client) -> None:
    page = read(browser.get(reverse("admin:events_event_changelist")))
    assert list(page.all("nav", id="nav-sidebar")) == []
    assert list(page.all("button", id="toggle-nav-sidebar")) == []
