"""Fixtures of the whole suite: one database per run, a clock to move, a cast of people."""

import gc
import math
import os
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from pytest_django import Settings

from events.happened import counts
from events.http import site_pages
from eventsite.platforms import NEOS, RESONITE, Platform
from neos_backend import outside
from tests.environment import VAR

#: Marks and fixtures of the tests that use the database, by themselves or in a process of theirs.
USE_DATABASE = {"django_db", "server", "browser", "db", "transactional_db", "django_db_setup"}
#: Packages about pages, words and typed text. One database proves those; what such a page asks of a
#: database, `tests/test_pages.py` asks of both, and so do the tests there that are marked `both`.
ABOUT_PAGES = (
    "tests/events/accounts",
    "tests/events/admin",
    "tests/events/http",
    "tests/events/management",
    "tests/events/views",
    "tests/neos_backend",
)
#: What a sign-in is about: attacks on it, whose account it is, the way of an attendee, and what the
#: doctor says. A pass of its own runs these as a site of Resonite, with `PLATFORM=resonite`.
ON_BOTH_PLATFORMS = (
    *(
        f"tests/events/accounts/test_{name}.py"
        for name in (
            *("attempts", "closing", "former_ids", "linking", "names", "neos", "presence"),
            "return_paths",
            *("sign_in_exposure", "sign_in_failures", "sign_in_log", "two_platforms", "unlink"),
            *("usernames", "views"),
        )
    ),
    "tests/events/access/test_shut_out.py",
    "tests/events/access/test_support_end.py",
    "tests/events/doctor",
    "tests/events/test_pictures.py",
    "tests/eventsite/test_headers.py",
    "tests/test_hanging_servers.py::test_pages_and_the_next_sign_in",
    "tests/test_journey.py",
    "tests/test_journey_local.py",
    "tests/test_journey_world.py",
    "tests/test_platform.py",
    "tests/test_provider.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark as `once` what would find the same on another database: see `ABOUT_PAGES`; and as
    `platforms` what may find something else on another platform.

    A test that uses no database is one, too; pytest-django fails it if it reaches one all the same.
    Tests of servers that depend on no database's ways carry the mark themselves.
    """
    for item in items:
        marks = {mark.name for mark in item.iter_markers()}
        is_about_pages = item.nodeid.startswith(ABOUT_PAGES) and "both" not in marks
        if is_about_pages or USE_DATABASE.isdisjoint({*marks, *getattr(item, "fixturenames", ())}):
            item.add_marker("once")
        if item.nodeid.startswith(ON_BOTH_PLATFORMS):
            item.add_marker("platforms")

    others = [item for item in items if not is_of_this_pass(item.path)]
    items[:] = [item for item in items if is_of_this_pass(item.path)]
    if others:
        config.hook.pytest_deselected(items=others)


def is_of_this_pass(path: Path) -> bool:
    """Return whether a file is in the share of this pass: `TEST_SHARE` is like "0/2", or empty.

    Files stay whole, because fixtures of a module are made once.
    """
    number, _of, passes = os.environ.get("TEST_SHARE", "").partition("/")
    return not passes or crc32(path.name.encode()) % int(passes) == int(number)


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was imported and collected: it stays to the end."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Leave the counts of this run where `python -m tests` reads them."""
    if path := os.environ.get("TEST_RESULT"):
        parts, _colour = terminalreporter.build_summary_stats_line()
        text = ", ".join(part for part, _markup in parts if not part.endswith("deselected"))
        Path(path).write_text(text or "nothing")


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """A database of this run's own, on disk for SQLite: server processes of the suite share it."""
    database = settings.DATABASES["default"]
    is_sqlite = database["ENGINE"] == "django.db.backends.sqlite3"
    name = f"{VAR}/test-{os.getpid()}.sqlite3" if is_sqlite else f"test_eventsite_{os.getpid()}"
    database["TEST"]["NAME"] = name


@pytest.fixture(autouse=True)
def plain_static_files(settings: Settings) -> None:
    """Pages name static files as they are called: nothing has been collected for a test."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}


@pytest.fixture(autouse=True)
def short_holds(settings: Settings) -> None:
    """Places are held for minutes, as with a payment provider; payments by hand would make it days.

    Tests of those days say so.
    """
    settings.PAYMENT_BY_HAND = False


@pytest.fixture(autouse=True)
def quick_passwords(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Hashing is slow on purpose, and not what is tested; server processes keep to the real one."""
    if request.node.get_closest_marker("server") is None:
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Nothing counted or remembered in one test is seen by the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def english() -> None:
    """A page leaves its language to the thread, and the next request sets its own."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def no_site_pages() -> Iterator[None]:
    """Nobody has written an imprint, and nobody looks: tests of such pages forget this first.

    For good: after a minute, one page of a slow test would ask the database once more than others.
    """
    site_pages.remember([])
    site_pages._memory.until = math.inf
    yield
    site_pages.forget()


@pytest.fixture(autouse=True)
def no_counts() -> None:
    """Drop what a test before counted: at the time of another clock, it would be purged in this."""
    counts.take_all()


def become(platform: Platform, settings: Settings) -> None:
    """Change the platform of the site: its words, and what the code reads of it.

    Changing the paths makes Django read the catalogues anew, now and after the test. The sign-in
    stays that of the pass.
    """
    folders = [folder for folder in (platform.folder_of_words, "locale") if folder]
    settings.PLATFORM = platform
    settings.LOCALE_PATHS = [settings.BASE_DIR / folder for folder in folders]
    translation.activate("en")


@pytest.fixture
def neos(settings: Settings) -> None:
    become(NEOS, settings)


@pytest.fixture
def resonite(settings: Settings) -> None:
    become(RESONITE, settings)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for room to ask another server: the test holds all of it in its own thread."""
    monkeypatch.setattr(outside, "PATIENCE_SECONDS", 0.01)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stops the clock at noon UTC on 1 June 2030; `clock.shift(timedelta(...))` moves it."""
    with time_machine.travel("2030-06-01T12:00:00Z", tick=False) as traveller:
        yield traveller
