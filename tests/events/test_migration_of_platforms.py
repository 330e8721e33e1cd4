"""The migrations that say on which platform each id is: those of before are of Neos."""

import threading
import time
from collections.abc import Iterator

import pytest
from django.apps.registry import Apps
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from pytest_django import Settings

from events.models import Attendee, Block, FormerNeosId
from eventsite.platforms import PLATFORMS
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
BEFORE = ("events", "0037_session_seen")


def migrate(*targets: tuple[str, str]) -> Apps:
    return MigrationExecutor(connection).migrate(list(targets)).apps


@pytest.fixture
def before() -> Iterator[Apps]:
    """The tables as they were; the new ones come back even if a test fails."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    try:
        yield migrate(BEFORE)
    finally:
        migrate(*newest)


@pytest.mark.parametrize("key", ["neos", "resonite"])
def test_ids_of_before_are_of_neos_whatever_the_site_serves_now(
    settings: Settings, before: Apps, key: str
) -> None:
    user = make_user()
    attendee = before.get_model("events", "Attendee").objects.create(
        user_id=user.pk, neos_id="U-ada", calendar_token="ada"
    )
    before.get_model("events", "Block").objects.create(neos_id="U-griefer")
    former = before.get_model("events", "FormerNeosId")
    former.objects.create(attendee_id=attendee.pk, neos_id="U-old")
    settings.PLATFORM = PLATFORMS[key]
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes("events"))
    rows = (Attendee.objects, Block.objects, FormerNeosId.objects)
    assert [one.values_list("platform", "neos_id").get() for one in rows] == [
        ("neos", "U-ada"),
        ("neos", "U-griefer"),
        ("neos", "U-old"),
    ]


def test_code_of_before_can_still_write_while_the_site_is_upgraded() -> None:
    """Its INSERT does not name the column."""
    user = make_user()
    FormerNeosId.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_block (neos_id, reason, created_at, created_by_id)"
            " VALUES ('U-griefer', '', CURRENT_TIMESTAMP, %s)",
            [user.pk],
        )
    assert Block.objects.get().platform == "neos"


# --- While the site of before runs on ------------------------------------------------------------

TABLES = ["events_attendee", "events_formerneosid", "events_block"]
PATIENCE_SECONDS = 60


class Upgrade(threading.Thread):
    """All migrations, on a connection of their own; `error` is what the database refused."""

    error: DatabaseError | None = None

    def run(self) -> None:
        try:
            migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes("events"))
        except DatabaseError as error:
            self.error = error
        finally:
            connection.close()


def lock_as_an_update_does(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE")


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])


# Threads, because two connections have to wait for each other.
@pytest.mark.usefixtures("before")
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("tables", [TABLES, TABLES[::-1]], ids=["attendee first", "block first"])
def test_upgrade_waits_for_code_of_before_and_holds_nothing_that_it_needs(
    tables: list[str],
) -> None:
    """PostgreSQL ends one of two that wait for each other: here that would be an error."""
    upgrade, end = Upgrade(), time.monotonic() + PATIENCE_SECONDS
    with transaction.atomic():
        lock_as_an_update_does(tables[0])
        upgrade.start()
        while not somebody_waits() and time.monotonic() < end:
            time.sleep(0.02)  # polls for what the other thread does
        assert somebody_waits()
        for table in tables[1:]:
            lock_as_an_update_does(table)
    upgrade.join(PATIENCE_SECONDS)
    assert (upgrade.error, upgrade.is_alive()) == (None, False)
