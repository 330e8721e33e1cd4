"""Two rounds of housekeeping store pictures at once, and one that fails stops no other."""

import threading
from collections.abc import Callable

import pytest
import responses
from django.db import DatabaseError, OperationalError, connection, connections

from events import pictures
from events.models import Attendee, Picture
from tests.factories import NOON, make_attendee

from .test_pictures import ICON, OTHER, image, platform, serve

__all__ = ["platform"]

pytestmark = pytest.mark.django_db(transaction=True)

only_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite locks the whole file"
)
#: Without a deadlock nobody waits so long.
SECONDS = 10.0


@pytest.fixture
def swapping(platform: responses.RequestsMock) -> tuple[Attendee, Attendee]:
    """Two people of whom each has chosen the other's picture."""
    serve(platform, ICON, body=image(colour="red"))
    serve(platform, OTHER, body=image(colour="blue"))
    people = make_attendee(neos_icon=ICON), make_attendee(neos_icon=OTHER)
    assert pictures.fetch_some(NOON) == 2
    for person, icon in zip(people, (OTHER, ICON), strict=True):
        person.refresh_from_db()
        person.neos_icon = icon
        person.save()
    return people


def owners(people: tuple[Attendee, Attendee]) -> list[int | None]:
    return [Attendee.objects.get(pk=person.pk).picture_id for person in people]


def test_people_who_swap_pictures_keep_both(swapping: tuple[Attendee, Attendee]) -> None:
    before = [person.picture_id for person in swapping]
    assert pictures.fetch_some(NOON) == 2
    assert owners(swapping) == before[::-1]


def do_nothing(_picture: Picture) -> None:
    """The site does no more in that transaction than to refer to the picture."""


def store_at_once(
    monkeypatch: pytest.MonkeyPatch,
    people: tuple[Attendee, Attendee],
    go_on: Callable[[Picture], None] = do_nothing,
) -> list[Exception]:
    """Both have locked their new picture before either goes on. Return the errors."""
    both_locked, errors = threading.Barrier(2), list[Exception]()
    lock = pictures._picture

    def lock_and_wait(content: bytes) -> Picture:
        picture = lock(content)
        both_locked.wait(SECONDS)
        go_on(picture)
        return picture

    def run(person: Attendee, content: bytes) -> None:
        try:
            pictures._store(person, content)
        except DatabaseError as error:
            errors.append(error)
        finally:
            connections.close_all()

    monkeypatch.setattr(pictures, "_picture", lock_and_wait)
    contents = [bytes(Picture.objects.get(pk=pk).content) for pk in owners(people)[::-1]]
    runs = zip(people, contents, strict=True)
    threads = [threading.Thread(target=run, args=arguments) for arguments in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@only_postgresql
def test_two_rounds_that_swap_pictures_do_not_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, swapping: tuple[Attendee, Attendee]
) -> None:
    before = owners(swapping)
    assert store_at_once(monkeypatch, swapping) == []
    assert owners(swapping) == before[::-1]


@only_postgresql
def test_if_each_drops_the_former_picture_before_its_commit_they_deadlock(
    monkeypatch: pytest.MonkeyPatch, swapping: tuple[Attendee, Attendee]
) -> None:
    """The control."""
    both = set(owners(swapping))

    def drop_other(picture: Picture) -> None:
        for pk in both - {picture.pk}:
            pictures._drop_orphan(pk)

    errors = store_at_once(monkeypatch, swapping, drop_other)
    assert [type(error) for error in errors] == [OperationalError]


def break_for_first(act: Callable[..., object], error: Exception) -> Callable[..., object]:
    tried: list[int] = []

    def sometimes(attendee: Attendee, content: bytes) -> object:
        tried.append(attendee.pk)
        if len(tried) == 1:
            raise error
        return act(attendee, content)

    return sometimes


@pytest.mark.parametrize("error", [DatabaseError("odd"), OperationalError("lock")], ids=repr)
def test_picture_that_the_database_refuses_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, swapping: tuple[Attendee, Attendee], error: Exception
) -> None:
    before = owners(swapping)
    monkeypatch.setattr(pictures, "_store", break_for_first(pictures._store, error))
    assert pictures.fetch_some(NOON) == 1
    assert owners(swapping) == [before[0], before[0]]
    assert list(Picture.objects.values_list("pk", flat=True)) == [before[0]]
