"""The cache in the database: counters that many share, and that end when they were to end."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from eventsite.caches import CountingDatabaseCache

from .processes import read

THREADS, TIMES = 4, 8


def use(settings: Settings, backend: str) -> None:
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "counters"}}
    call_command("createcachetable")


@pytest.fixture
def counting(settings: Settings) -> Iterator[None]:
    use(settings, "eventsite.caches.CountingDatabaseCache")
    yield
    drop()


def drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counters")


@pytest.mark.django_db
@pytest.mark.usefixtures("counting")
def test_counter_keeps_the_end_that_it_began_with_h3(clock: time_machine.Traveller) -> None:
    """Django's own would end five minutes after the last try, whatever it was told at first."""
    cache.add("tries", 1, timedelta(minutes=15).total_seconds())
    clock.shift(timedelta(minutes=10))
    assert cache.incr("tries") == 2
    clock.shift(timedelta(minutes=4))
    assert (cache.incr("tries"), cache.decr("tries")) == (3, 2)
    clock.shift(timedelta(minutes=2))
    with pytest.raises(ValueError, match="tries"):
        cache.incr("tries")


@pytest.mark.django_db
@pytest.mark.usefixtures("counting")
def test_counter_that_nobody_began_is_an_error_h3() -> None:
    with pytest.raises(ValueError, match="nothing"):
        cache.incr("nothing")


def count_at_once(counter: Callable[[], object]) -> None:
    """From threads that start together, each with a connection of its own."""
    barrier = threading.Barrier(THREADS)

    def run() -> None:
        barrier.wait()
        try:
            for _ in range(TIMES):
                counter()
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("counting")
def test_counter_loses_no_try_of_many_at_once_h3() -> None:
    cache.add("tries", 0, 60)
    count_at_once(lambda: cache.incr("tries"))
    assert cache.get("tries") == THREADS * TIMES


@pytest.mark.django_db(transaction=True)
def test_counter_of_django_loses_tries_h3(settings: Settings) -> None:
    """The control: two read the same number, and each writes the next one."""
    use(settings, "django.core.cache.backends.db.DatabaseCache")
    cache.add("tries", 0, 60)
    both_have_read = threading.Barrier(THREADS)

    class Meeting(DatabaseCache):
        def set(self, *arguments: object, **more: object) -> None:
            both_have_read.wait()
            super().set(*arguments, **more)  # type: ignore[arg-type] - handed on

    count_at_once(lambda: Meeting("counters", {}).incr("tries"))
    assert cache.get("tries") == TIMES
    drop()


def test_counters_have_room_in_every_small_cache_h3() -> None:
    for address, backend in [
        ("locmemcache://", "django.core.cache.backends.locmem.LocMemCache"),
        ("dbcache://cache", "eventsite.caches.CountingDatabaseCache"),
    ]:
        (found,) = read("CACHES", CACHE_URL=address)
        assert found["default"]["BACKEND"] == backend
        assert found["default"]["OPTIONS"] == {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10}


def test_room_may_be_chosen_in_the_address_h3() -> None:
    (found,) = read("CACHES", CACHE_URL="dbcache://cache?max_entries=500")
    assert found["default"]["OPTIONS"]["MAX_ENTRIES"] == 500


def test_suite_counts_with_the_room_of_production_h3() -> None:
    assert caches["default"]._max_entries == 100_000  # type: ignore[attr-defined]
    assert issubclass(CountingDatabaseCache, DatabaseCache) is True
