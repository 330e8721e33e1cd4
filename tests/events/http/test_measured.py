"""Requests are counted by route and class of the answer, and name nobody."""

from collections.abc import Iterator

import pytest
from django.test import Client

from events import happened
from events.happened import counts
from tests.factories import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    counts.take_all()
    yield
    counts.take_all()


def labels() -> dict[str, int]:
    taken = counts.take_all().items()
    return {label: one.number for (_, name, label), one in taken if name == happened.REQUEST}


def test_pages_of_two_events_are_one_route(client: Client) -> None:
    for event in (make_event(), make_event()):
        client.get(event.get_absolute_url())

    assert labels() == {"events:event 2xx": 2}


def test_what_has_no_route_is_counted_together(client: Client) -> None:
    client.get("/somebody@example.org/")
    client.get("/door/x/U-wren")

    assert labels() == {"- 4xx": 2}


def test_questions_of_balancers_are_not_counted(client: Client) -> None:
    client.get("/livez")

    assert labels() == {}
