"""A host is changed while one of its events is saved: the search knows both afterwards."""

import threading
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, connections, transaction

from events import search
from events.models import Event, Host
from events.places import event_edits
from tests.factories import make_event, make_host
from tests.unreliable import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)

only_postgresql = pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite locks the whole file"
)


def save(event: Event, change: Callable[[Event], object], meanwhile: threading.Thread) -> None:
    """As the admin does: lock, write and follow up. Let the other one run before the commit.

    It ends, or it waits for a lock: PostgreSQL tells. SQLite lets nobody else write.
    """
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        change(Event.objects.get(pk=event.pk))
        event_edits.follow_up(before)
        meanwhile.start()
        if connection.vendor == "postgresql":
            meanwhile.join(0.5)
            wait_for_waiting(int(meanwhile.is_alive()))
    meanwhile.join()


def aside(act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    return threading.Thread(target=run)


def rename(host: Host) -> threading.Thread:
    """As the admin does, in a transaction."""

    def act() -> None:
        with transaction.atomic():
            Host(pk=host.pk, name="Bees", slug=host.slug).save()

    return aside(act)


def entitle(event: Event) -> None:
    event.title = "Ball"
    event.save()


def words_of(event: Event) -> list[str]:
    return Event.objects.get(pk=event.pk).search_text.split()


def test_host_is_renamed_while_its_event_is_saved() -> None:
    event = make_event(title="Jam", summary="")
    host = make_host(event, name="Moths")
    save(event, entitle, rename(host))
    assert words_of(event) == ["ball", "bees"]


@only_postgresql
def test_without_the_lock_the_new_title_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    event = make_event(title="Jam", summary="")
    host = make_host(event, name="Moths")
    monkeypatch.setattr(search, "_locked", lambda pk: Event.objects.get(pk=pk))
    save(event, entitle, rename(host))
    assert words_of(event) == ["jam", "bees"]


def test_host_is_renamed_while_an_event_gets_it() -> None:
    event, host = make_event(title="Jam", summary=""), make_host(name="Moths")
    save(event, lambda event: event.hosts.add(host), rename(host))
    assert words_of(event) == ["jam", "bees"]


@only_postgresql
def test_without_a_look_after_the_commit_the_former_name_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The control."""
    event, host = make_event(title="Jam", summary=""), make_host(name="Moths")
    monkeypatch.setattr(search, "_renew_later", search.renew)
    save(event, lambda event: event.hosts.add(host), rename(host))
    assert words_of(event) == ["jam", "moths"]


def test_host_is_deleted_while_its_event_is_saved() -> None:
    event = make_event(title="Jam", summary="")
    host = make_host(event, name="Moths")
    save(event, entitle, aside(Host.objects.get(pk=host.pk).delete))
    assert words_of(event) == ["ball"]


def test_busy_event_does_not_keep_the_others_of_a_host_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    busy, other = make_event(title="Jam", summary=""), make_event(title="Walk", summary="")
    host = make_host(busy, other, name="Moths")
    lock = search._locked

    def give_up(pk: int) -> Event | None:
        if pk == busy.pk:
            raise OperationalError("lock timeout")
        return lock(pk)

    monkeypatch.setattr(search, "_locked", give_up)
    host.name = "Bees"
    host.save()
    assert (words_of(busy), words_of(other)) == (["jam", "moths"], ["walk", "bees"])
    assert f"Save event {busy.pk} again" in caplog.text
