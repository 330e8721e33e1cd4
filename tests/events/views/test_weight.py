"""Weigh a page with everything that it needs to be read: 60 kB at most.

As it is sent: style sheets and scripts are compressed, pages are not. Pictures come later, and
each is kept by the browser.
"""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.factories import make_event, make_perk, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ALWAYS = ("css/site.css", "css/tokens.css", "fonts/outfit.woff2", "js/countdown.js", "js/copy.js")
LIMIT = 60_000


def weight(client: Client, address: str) -> int:
    files = sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in ALWAYS)
    return files + sum(len(client.get(page).content) for page in ("/theme.css", address))


@pytest.fixture
def event_page() -> str:
    """A page with much to say."""
    event = make_event(price=1500, capacity=80, summary="S" * 300, description="word " * 400)
    make_perk(event, early_hours=24, discount_percent=10)
    for _ in range(5):
        make_workshop(event, capacity=10, price=500)
    return event.get_absolute_url()


def test_event_page_is_light(client: Client, event_page: str) -> None:
    assert weight(client, event_page) <= LIMIT


def test_full_list_is_light(client: Client) -> None:
    for _ in range(20):
        make_event(price=1500, capacity=3, summary="A sentence about what there is to see.")
    assert weight(client, "/") <= LIMIT


def test_page_weighs_something(client: Client, event_page: str) -> None:
    """The control: the files are found."""
    assert weight(client, event_page) > weight(client, "/") > LIMIT / 2
