"""Write a number of its own into each of many registrations, in few statements."""

from collections.abc import Sequence

from django.db import connection

from events.models import Registration

#: How many rows one statement writes at most.
BATCH = 500


def write_numbers(registrations: Sequence[Registration], *columns: str) -> None:
    """Write these columns, which hold integers, as `bulk_update` does, but joined to a table of
    numbers: for each row that would go through a CASE of all others.
    """
    for start in range(0, len(registrations), BATCH):
        batch = registrations[start : start + BATCH]
        rows = [[r.pk, *(getattr(r, column) for column in columns)] for r in batch]
        _write(rows, columns)


def _write(rows: Sequence[Sequence[int]], columns: Sequence[str]) -> None:
    quote = connection.ops.quote_name
    table, names = quote(Registration._meta.db_table), [quote(column) for column in columns]
    row = f"({', '.join(['%s'] * (1 + len(columns)))})"
    sql = (
        f"WITH numbers (pk, {', '.join(names)}) AS (VALUES {', '.join([row] * len(rows))})"
        f" UPDATE {table} SET {', '.join(f'{name} = numbers.{name}' for name in names)}"
        f" FROM numbers WHERE {table}.id = numbers.pk"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [number for numbers in rows for number in numbers])
