"""Write a number of its own into each of many registrations, in few statements."""

from collections.abc import Sequence

from django.db import connection

from events.models import Registration

TABLE = Registration._meta.db_table  # noqa: SLF001 - Django documents it
#: How many rows one statement writes at most.
BATCH = 500


def write_numbers(rows: Sequence[tuple[int, ...]], *columns: str) -> None:
    """Write to the registration with the id in front of each row the numbers behind it.

    This does as `bulk_update`, but joined to a table of numbers: there every row would go through
    a CASE of all others.
    """
    ordered = sorted(rows)  # neighbours in the table are written together
    for start in range(0, len(ordered), BATCH):
        _write(ordered[start : start + BATCH], columns)


def _write(rows: Sequence[tuple[int, ...]], columns: Sequence[str]) -> None:
    """Names come from the model, and values go as parameters."""
    quote = connection.ops.quote_name
    table, names = quote(TABLE), [quote(column) for column in columns]
    row = f"({', '.join(['%s'] * (1 + len(columns)))})"
    sql = (
        f"WITH numbers (pk, {', '.join(names)}) AS (VALUES {', '.join([row] * len(rows))})"  # noqa: S608
        f" UPDATE {table} SET {', '.join(f'{name} = numbers.{name}' for name in names)}"
        f" FROM numbers WHERE {table}.id = numbers.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [number for numbers in rows for number in numbers])
