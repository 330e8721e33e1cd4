"""Pages about one event: found by its organizers only, each with the tabs that one may open."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from events.models import Event
from tests.events.admin.conftest import SignedIn
from tests.events.admin.pages import EVENTS, page_of, read
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def desk_of(event: Event) -> str:
    return reverse("admin:events_event_desk", args=[event.pk])


def tabs(browser: Client, address: str) -> dict[str, bool]:
    """Return the labels of the tabs, and which of them is this page."""
    nav = read(browser.get(address)).first("nav", class_="tabs")
    return {a.text: "aria-current" in a.attributes for a in nav.all("a")}


def test_list_leads_to_the_desk_and_the_desk_to_the_form(browser: Client, jam: Event) -> None:
    links = [a.attributes.get("href") for a in read(browser.get(EVENTS)).all("a")]
    desk = read(browser.get(desk_of(jam)))

    assert desk_of(jam) in links
    assert page_of(jam) in [a.attributes.get("href") for a in desk.all("a")]


@pytest.mark.parametrize(
    ("tail", "label"),
    [
        *[("desk/", "Desk"), ("change/", "Edit"), ("check-in/", "Check-in"), ("money/", "Money")],
        ("history/", "History"),
    ],
)
def test_page_marks_its_own_tab(browser: Client, jam: Event, tail: str, label: str) -> None:
    found = tabs(browser, f"{EVENTS}{jam.pk}/{tail}")

    assert [name for name, is_current in found.items() if is_current] == [label]


def test_tab_without_permission_is_not_offered(signed_in: SignedIn, jam: Event) -> None:
    looker = make_user(is_staff=True)
    looker.user_permissions.add(Permission.objects.get(codename="view_event"))
    jam.organizers.add(looker)
    browser = signed_in(looker)

    assert "Money" not in tabs(browser, desk_of(jam))
    assert browser.get(f"{EVENTS}{jam.pk}/money/").status_code == 403


def test_desk_of_another_looks_like_one_that_does_not_exist(
    browser: Client, jam: Event, ball: Event
) -> None:
    for pk in [ball.pk, 10**17, 10**30, "x", "%00", "\uff11"]:
        assert browser.get(f"{EVENTS}{pk}/desk/").status_code == 404


def test_superuser_opens_every_desk(signed_in: SignedIn, superuser: User, jam: Event) -> None:
    assert signed_in(superuser).get(desk_of(jam)).status_code == 200
