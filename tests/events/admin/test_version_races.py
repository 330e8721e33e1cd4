"""Two people press Save at the same moment, each with a page that was up to date."""

import threading

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection, connections
from django.db.models.signals import pre_save
from django.http import HttpResponse
from django.test import Client

from events.models import Block, Event
from tests.factories import make_event

from .conftest import SignedIn
from .pages import errors, fields, page_of

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]

#: A request without a lock in its way is answered in a tenth of this.
SECONDS = 2.0


@pytest.fixture
def browsers(signed_in: SignedIn, superuser: User) -> tuple[Client, Client]:
    return signed_in(superuser), signed_in(superuser)


def race(
    browsers: tuple[Client, Client], address: str, row: Event | Block, *changes: dict[str, str]
) -> list[HttpResponse]:
    """Send the second form while the first one is being saved; return both answers.

    Waits for the second one a while: it has to be held up by the lock of the first.
    """
    forms = [fields(browser.get(address)) | c for browser, c in zip(browsers, changes, strict=True)]
    answers: dict[int, HttpResponse] = {}

    def send() -> None:
        answers[1] = browsers[1].post(address, forms[1])
        connections.close_all()

    second = threading.Thread(target=send)

    def overtake(**_kwargs: object) -> None:
        pre_save.disconnect(overtake, type(row))
        second.start()
        second.join(SECONDS)

    pre_save.connect(overtake, type(row))
    answers[0] = browsers[0].post(address, forms[0])
    second.join()
    return [answers[0], answers[1]]


def test_second_of_two_saves_at_once_is_refused_r2(browsers: tuple[Client, Client]) -> None:
    event = make_event(title="Jam", capacity=5)
    changes = {"capacity": "6"}, {"title": "Ball"}

    first, second = race(browsers, page_of(event), event, *changes)

    assert (first.status_code, second.status_code) == (302, 200)
    assert "Capacity (now: 6 )" in " ".join(errors(second))
    assert list(Event.objects.values_list("title", "capacity")) == [("Jam", 6)]


def test_second_of_two_saves_of_a_block_is_refused_r2(browsers: tuple[Client, Client]) -> None:
    block = Block.objects.create(neos_id="U-rude")
    address = f"/admin/events/block/{block.pk}/change/"

    first, second = race(browsers, address, block, {"reason": "Shouts"}, {"neos_id": "U-other"})

    assert (first.status_code, second.status_code) == (302, 200)
    assert list(Block.objects.values_list("neos_id", "reason")) == [("U-rude", "Shouts")]


def test_without_the_lock_both_saves_happen_r2(
    browsers: tuple[Client, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite locks the whole database for every save")
    event = make_event(title="Jam", capacity=5)
    monkeypatch.setattr(type(admin.site._registry[Event]), "lock", lambda _self, _row: None)
    changes = {"capacity": "6"}, {"title": "Ball"}

    answers = race(browsers, page_of(event), event, *changes)

    assert [answer.status_code for answer in answers] == [302, 302]
