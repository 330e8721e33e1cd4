"""An index is built while people write, and built again if that was interrupted."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, connections, migrations, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation

from events.migrations._concurrent_index import AddIndexConcurrently
from events.models import Payment
from tests.factories import make_event
from tests.unreliable import wait_for_waiting

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]

only_postgresql = pytest.mark.skipif(
    "connection.vendor == 'sqlite'", reason="SQLite locks the whole file, and builds at once"
)
NEWEST = next(index for index in Payment._meta.indexes if index.name == "payment_newest")
BEFORE, AFTER = ("events", "0044_newest_messages"), ("events", "0045_newest_payments")


@pytest.fixture
def without() -> Iterator[None]:
    """Take the index away; the database has it again after the test."""
    drop()
    yield
    drop()
    forwards(AddIndexConcurrently("payment", NEWEST))


def drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX IF EXISTS {NEWEST.name}")


def forwards(operation: Operation) -> None:
    """Do what the migration does, with the models of then."""
    loader = MigrationExecutor(connection).loader
    before, after = loader.project_state(BEFORE), loader.project_state(AFTER)
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("events", editor, before, after)


def is_there() -> bool:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "events_payment")
    return NEWEST.name in found


def is_whole() -> bool | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [NEWEST.name]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        return str(cursor.fetchone()[0])


@contextmanager
def writing() -> Iterator[None]:
    """Somebody else has written a payment's row and not committed: an index waits for that."""
    begun, end = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Payment.objects.filter(pk=0).update(amount=1)
            begun.set()
            end.wait(60)

    thread = aside(write)
    thread.start()
    begun.wait(60)
    try:
        yield
    finally:
        end.set()
        thread.join()


def aside(act: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    return threading.Thread(target=run)


def write_in_a_hurry() -> None:
    """Raise `OperationalError` if the table cannot be written to."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '100ms'")
        Payment.objects.filter(pk=0).update(amount=2)


@only_postgresql
@pytest.mark.usefixtures("without")
def test_people_write_while_an_index_is_built() -> None:
    """In the control, they are kept out by an index that is built in the ordinary way."""
    for operation in (
        AddIndexConcurrently("payment", NEWEST),
        migrations.AddIndex("payment", NEWEST),
    ):
        drop()
        with writing():
            builder = aside(lambda operation=operation: forwards(operation))
            builder.start()
            wait_for_waiting(1)
            if isinstance(operation, AddIndexConcurrently):
                write_in_a_hurry()
            else:
                with pytest.raises(OperationalError):
                    write_in_a_hurry()
        builder.join()
        assert is_whole() is True


@only_postgresql
@pytest.mark.usefixtures("without")
def test_index_that_was_left_half_built_is_built_anew() -> None:
    before = limit()
    with writing(), connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
        with pytest.raises(OperationalError):
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY {NEWEST.name} ON events_payment (created_at)"
            )
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
    assert is_whole() is False
    forwards(AddIndexConcurrently("payment", NEWEST))
    assert (is_whole(), limit()) == (True, before)


@only_postgresql
@pytest.mark.usefixtures("without")
def test_limit_of_waits_does_not_end_the_building_and_holds_afterwards() -> None:
    """The wait is longer than the limit of the connection: `wait_for_waiting` sees it begin."""
    found: list[str] = []

    def build() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1ms'")
        forwards(AddIndexConcurrently("payment", NEWEST))
        found.append(limit())
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")

    with writing():
        builder = aside(build)
        builder.start()
        wait_for_waiting(1)
    builder.join()
    assert (is_whole(), found) == (True, ["1ms"])


@pytest.mark.usefixtures("without")
def test_index_that_is_there_already_is_left_alone() -> None:
    """A process that was killed had built it, and not yet noted the migration."""
    for _time in range(2):
        forwards(AddIndexConcurrently("payment", NEWEST))
        assert is_there()


def test_migration_goes_back_and_comes_again() -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    MigrationExecutor(connection).migrate([BEFORE])
    assert not is_there()
    MigrationExecutor(connection).migrate(newest)
    assert is_there()
    make_event()
