"""Where a second factor is required, every page of the admin leads to it and does nothing."""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from events.models import Event
from tests.second_factor import ASK, code_of, make_app

from .answers import ANSWERS
from .conftest import SignedIn
from .scene import WORDS, add_one_of_each, make_scene
from .test_walk import everything, text_of
from .walk import Walk, make_walk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Signing in and out is for everybody; both pages show nothing of anybody.
OPEN = {"login/": ("/admin/", "200"), "logout/": ("405", "/")}


@pytest.fixture
def scene(mika: User) -> Event:
    event = make_scene(mika)
    add_one_of_each(event)
    return event


@pytest.fixture
def walk(scene: Event) -> Walk:
    return make_walk(scene)


def answers_of(browser: Client, walk: Walk) -> dict[str, tuple[str, str]]:
    """Return the statuses, or where it leads, to reading each page and to sending its form.

    Signing out comes last in the table.
    """
    found = {}
    for route in ANSWERS:
        asked = f"{walk.address_of(route)}?{walk.queries.get(route, '')}"
        both = (browser.get(asked), browser.post(asked, {"title": "Taken", "action": "erase"}))
        assert [word for answer in both for word in WORDS if word in text_of(answer)] == []
        get, post = (answer.get("Location", str(answer.status_code)) for answer in both)
        found[route] = (get, post)
    return found


@pytest.mark.parametrize("name", ["mika", "root"])
@pytest.mark.parametrize(("mode", "has_app"), [("required", False), ("offered", True)])
def test_every_page_leads_to_the_second_factor_and_changes_nothing(
    settings: Settings,
    signed_in: SignedIn,
    superuser: User,
    mika: User,
    walk: Walk,
    name: str,
    mode: str,
    has_app: object,
) -> None:
    settings.STAFF_SECOND_FACTOR = mode
    user = {"mika": mika, "root": superuser}[name]
    if has_app:
        make_app(user)
    browser, before = signed_in(user), everything()
    expected = {}
    for route in ANSWERS:
        query = walk.queries.get(route, "")
        asked = f"{walk.address_of(route)}?{query}" if query else walk.address_of(route)
        way = f"{ASK}?{urlencode({'next': asked})}"
        expected[route] = OPEN.get(route, (way, way))
    assert answers_of(browser, walk) == expected
    assert everything() == before


def test_with_a_code_they_open(
    settings: Settings, signed_in: SignedIn, mika: User, scene: Event
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    browser = signed_in(mika)
    browser.post(ASK, {"code": code_of(make_app(mika))})
    page = browser.get(f"/admin/events/event/{scene.pk}/desk/")
    assert (page.status_code, page.headers["Cache-Control"].count("no-store")) == (200, 1)


@pytest.mark.parametrize(("mode", "has_app"), [("offered", False), ("required", True)])
def test_asking_costs_one_query_a_page(
    settings: Settings,
    signed_in: SignedIn,
    mika: User,
    scene: Event,
    mode: str,
    has_app: object,
) -> None:
    page, browser = f"/admin/events/event/{scene.pk}/desk/", signed_in(mika)
    if has_app:
        settings.STAFF_SECOND_FACTOR = mode
        browser.post(ASK, {"code": code_of(make_app(mika))})
    costs = []
    for each in ("off", mode):
        settings.STAFF_SECOND_FACTOR = each
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(page).status_code == 200
        costs.append(sum("otp_" in query["sql"] for query in captured))
    assert costs == [int(bool(has_app)), 1]


def test_way_to_the_second_factor_is_never_cached(
    settings: Settings, signed_in: SignedIn, mika: User
) -> None:
    settings.STAFF_SECOND_FACTOR = "required"
    assert "no-store" in signed_in(mika).get("/admin/jsi18n/")["Cache-Control"]
