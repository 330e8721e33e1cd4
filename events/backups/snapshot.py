"""Read all tables as of one moment, while people go on using the site.

PostgreSQL gives a REPEATABLE READ transaction one snapshot; SQLite gives one to a read transaction,
because its log is written ahead (WAL). Neither keeps anybody from writing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from .archive import Writer
from .manifest import Part, new_manifest
from .tables import Table, tables
from .values import Value, readers

#: Rows of a statement: so many are in memory at once.
BATCH = 1_000
BEGIN = {
    "postgresql": "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "sqlite": "BEGIN DEFERRED",
}
Report = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One moment of the database, with the number of rows of each table."""

    taken_at: datetime
    counts: dict[Table, int]

    @property
    def rows(self) -> int:
        return sum(self.counts.values())

    def pieces(self, report: Report = lambda _rows: None) -> Iterator[bytes]:
        """Yield the file. `report` is called with the number of rows that are new in it."""
        writer, parts = Writer(), []
        for table in self.counts:
            for batch in batches(table):
                yield from writer.add_rows(table.name, batch)
                report(len(batch))
            rows, digest = writer.end_part(table.name)
            parts.append(Part(table.name, tuple(table.fields), rows, last_id(table), digest))
        yield from writer.close(new_manifest(self.taken_at, tuple(parts)).as_json())


@contextmanager
def open_snapshot() -> Iterator[Snapshot]:
    """Begin a transaction that only reads. SQLite's usual one would keep writers out."""
    with connection.cursor() as cursor:
        cursor.execute(BEGIN[connection.vendor])
        try:
            yield Snapshot(timezone.now(), {table: count(table) for table in tables()})
        finally:
            cursor.execute("ROLLBACK")


def count(table: Table) -> int:
    return int(_rows(f"SELECT count(*) FROM {_name(table.name)}")[0][0])  # noqa: S608 - our names


def batches(table: Table) -> Iterator[list[list[Value]]]:
    """Yield the rows in the order of their keys. Each statement begins after the last row: with no
    cursor on the server, it works behind a pool of connections, too.
    """
    read = readers(list(table.fields.values()))
    columns = ", ".join(map(_name, table.fields))
    key, place = _name(table.key), list(table.fields).index(table.key)
    words = (
        f"SELECT {columns} FROM {_name(table.name)} WHERE {key} > %s "  # noqa: S608 - our names
        f"ORDER BY {key} LIMIT {BATCH}"
    )
    last: Any = -1
    while found := _rows(words, last):
        yield [[one(value) for one, value in zip(read, row, strict=True)] for row in found]
        last = found[-1][place]


def last_id(table: Table) -> int:
    """Return the highest id that the database has given out in this table, 0 for none."""
    if connection.vendor == "sqlite":
        found = _rows("SELECT seq FROM sqlite_sequence WHERE name = %s", table.name)
        return int(found[0][0]) if found else 0
    sequence = _rows("SELECT pg_get_serial_sequence(%s, %s)", _name(table.name), table.key)[0][0]
    last, is_used = _rows(f"SELECT last_value, is_called FROM {sequence}")[0]  # noqa: S608 - its own name
    return int(last) if is_used else 0


def _rows(words: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
        return list(cursor.fetchall())


def _name(name: str) -> str:
    return connection.ops.quote_name(name)
