"""The database that a back-up is put into: lock it, empty it, set where new ids begin."""

from django.db import connection

from .manifest import Part
from .tables import MADE_BY_MIGRATE, NAMED, Table, tables, tables_left_out


def count_rows() -> dict[str, int]:
    """Count what somebody made here, by table; nothing for what is just migrated."""
    made = (table for table in tables() if table.model not in MADE_BY_MIGRATE)
    counts = {table.name: table.rows.count() for table in made}
    return {name: number for name, number in counts.items() if number}


def lock() -> None:
    """Keep everybody else out until the transaction ends; SQLite's locks all when it begins."""
    if connection.vendor == "postgresql":
        _execute(f"LOCK TABLE {_names(_emptied())} IN ACCESS EXCLUSIVE MODE")


def empty() -> None:
    """Delete all rows but those of `NAMED`. Sessions go too: an id is another person's soon."""
    if connection.vendor == "postgresql":
        _execute(f"TRUNCATE {_names(_emptied())}")
        return
    for table in _emptied():
        _execute(f"DELETE FROM {_names([table])}")  # noqa: S608 - a name of ours


def go_on_from(part: Part, table: Table) -> None:
    """Let new rows have higher ids than the table ever had. Undone with the transaction."""
    if table.model in NAMED:
        return
    if connection.vendor == "sqlite":
        _execute("DELETE FROM sqlite_sequence WHERE name = %s", table.name)
        _execute(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", table.name, part.last_id
        )
        return
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(table.name)
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [name, table.key])
        (sequence,) = cursor.fetchone()
        cursor.execute(f"ALTER SEQUENCE {sequence} RESTART WITH {part.last_id + 1:d}")


def _emptied() -> list[Table]:
    return [*(table for table in tables() if table.model not in NAMED), *tables_left_out()]


def _names(chosen: list[Table]) -> str:
    return ", ".join(connection.ops.quote_name(table.name) for table in chosen)


def _execute(words: str, *values: str | int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(words, values)
