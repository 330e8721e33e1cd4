"""Everybody at every address of the admin, as `tests/events/admin/answers.py` says by hand.

The addresses come from the URL conf: one that the table does not name fails the test with its name.
"""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client

from events.models import Event
from tests.factories import make_event, make_user

from .answers import ANSWERS, PEOPLE
from .conftest import SignedIn
from .scene import WORDS, add_one_of_each, make_scene
from .walk import Walk, make_walk, routes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Where redirects lead, as the table calls it.
LEADS = {"/admin/": "top", "/admin/login/": "in", "/accounts/password/": "pass", "/": "site"}


@pytest.fixture
def scene(mika: User) -> Event:
    event = make_scene(mika)
    add_one_of_each(event)
    return event


@pytest.fixture
def people(mika: User, robin: User, superuser: User, scene: Event) -> dict[str, User | None]:
    """Return somebody for each column. The co-organizer is no member of the event's host."""
    co = make_user(is_staff=True)
    co.groups.add(*mika.groups.all())
    scene.organizers.add(co)
    make_event(title="Ball", organizers=[robin])
    guest = scene.registrations.get(status="awaiting_payment").attendee.user
    staff = make_user(is_staff=True)
    return dict(zip(PEOPLE, [mika, co, robin, staff, superuser, guest, None], strict=True))


@pytest.fixture
def walk(scene: Event) -> Walk:
    return make_walk(scene)


def answer_of(response: HttpResponse, address: str) -> str:
    """Write a status, or where a redirect leads, as the table does."""
    if response.status_code != 302:
        return str(response.status_code)
    place = response["Location"].partition("?")[0]
    if place == f"{address}change/":
        return "form"
    return LEADS.get(place, place)


def text_of(response: HttpResponse) -> str:
    return b"".join(response).decode()


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return all rows of the database but the sessions."""
    models = [model for model in apps.get_models() if model is not Session]
    return {m._meta.label: list(m._base_manager.order_by("pk").values()) for m in models}


@pytest.mark.parametrize("name", PEOPLE)
def test_everybody_gets_the_answer_of_the_table_everywhere(
    signed_in: SignedIn, walk: Walk, people: dict[str, User | None], name: str
) -> None:
    """Read each page, then send an empty form there. Neither changes anything."""
    user, column = people[name], PEOPLE.index(name)
    browser = signed_in(user) if user else Client()
    before, found, leaks = everything(), dict[str, tuple[str, str]](), set()
    for route in ANSWERS:
        address = walk.address_of(route)
        asked = f"{address}?{walk.queries.get(route, '')}"
        answers = [browser.get(asked), browser.post(asked)]
        found[route] = (answer_of(answers[0], address), answer_of(answers[1], address))
        leaks |= {(route, word) for one in answers for word in WORDS if word in text_of(one)}
    assert found == {route: (get[column], post[column]) for route, (get, post) in ANSWERS.items()}
    assert everything() == before
    assert bool(leaks) == (name in {"owner", "co", "root"}), leaks


def test_table_names_every_address_of_the_admin() -> None:
    assert sorted(ANSWERS) == sorted(routes())


def test_walk_fills_in_every_address(walk: Walk) -> None:
    assert [route for route in routes() if {*"<(?"} & {*walk.address_of(route)}] == []
