"""A back-up is of one moment: sign-ups while it is written are not in it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from events import places as written
from events.backups import NotRestored, Snapshot, open_snapshot
from events.backups.snapshot import count
from events.backups.tables import tables
from events.models import Event, Registration
from tests.factories import make_attendee, make_event
from tests.lines import register

from .copying import back_up, mismatches, places, put_back

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


def elsewhere(act: Callable[[], object]) -> None:
    """Do it in another thread, which has a connection of its own."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def newcomer(event: Event) -> None:
    register(make_attendee(), event)


def write_meanwhile(snapshot: Snapshot, file: Path, act: Callable[[], object]) -> None:
    """Write the file, and `act` elsewhere as soon as the rows of people are in it."""
    pieces = bytearray()
    acted = False
    for piece in snapshot.pieces():
        pieces += piece
        if not acted and b"tables/events_follow.jsonl" in pieces:
            elsewhere(act)
            acted = True
    assert acted
    file.write_bytes(pieces)


def test_who_signs_up_meanwhile_is_not_in_the_file(tmp_path: Path) -> None:
    event, file = make_event(capacity=1), tmp_path / "file.zip"
    newcomer(event)
    before = places()
    with open_snapshot() as snapshot:
        write_meanwhile(snapshot, file, lambda: newcomer(event))
    assert len(places()) == 2

    put_back(file)
    assert (places(), mismatches()) == (before, [])


def test_without_one_moment_the_copy_is_torn(tmp_path: Path) -> None:
    """The control: the same without a transaction. The place is there, and its person is not."""
    event, file = make_event(), tmp_path / "file.zip"
    newcomer(event)
    torn = Snapshot(timezone.now(), {table: count(table) for table in tables()})
    write_meanwhile(torn, file, lambda: newcomer(event))
    with pytest.raises(
        NotRestored, match=r"^Rows of the file point to others that are not in it\."
    ):
        put_back(file)


def test_nobody_waits_for_a_back_up() -> None:
    """On SQLite a transaction like all others would keep writers out for as long as it takes."""
    event = make_event()
    with open_snapshot():
        elsewhere(lambda: newcomer(event))
    assert Registration.objects.count() == 1


def test_copies_that_are_made_during_a_rush_audit_clean(tmp_path: Path) -> None:
    """People come and go at a full event, in threads, while copies are made one after another."""
    event, stop = make_event(capacity=3), threading.Event()

    def come_and_go() -> None:
        try:
            while not stop.is_set():
                registration = register(make_attendee(), event)
                if registration.pk % 3 == 0:
                    written.cancel(registration=registration, in_full=False)
        finally:
            connection.close()

    threads = [threading.Thread(target=come_and_go) for _ in range(3)]
    for thread in threads:
        thread.start()
    sizes, files = [], [tmp_path / f"{number}.zip" for number in range(4)]
    try:
        for file in files:
            wait_for_more(len(sizes) * 3)
            sizes.append(Registration.objects.count())
            back_up(file)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for file, size in zip(files, sizes, strict=True):
        put_back(file)
        assert mismatches() == []
        assert Registration.objects.count() >= size


def wait_for_more(rows: int) -> None:
    deadline = timezone.now().timestamp() + 60
    while Registration.objects.count() <= rows and timezone.now().timestamp() < deadline:
        pass
