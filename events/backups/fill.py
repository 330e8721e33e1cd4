"""Write the rows of a back-up into one table, as they are, past models and signals."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, OperationalError, connection
from django.db.models import Model

from .archive import Archive, Damaged
from .manifest import Part
from .refusals import NOT_TAKEN, NOT_TAKEN_BECAUSE, NotRestored
from .tables import NAMED, Table
from .values import unfit, writers

#: Rows in memory at once.
BATCH = 1_000
#: Which id a row of `NAMED` has here, by the id that it has in the file.
Ids = dict[type[Model], dict[int, int]]
Row = list[Any]
Report = Callable[[int], object]


def fill(table: Table, archive: Archive, part: Part, ids: Ids, report: Report) -> None:
    """Raise `Damaged`, or `NotRestored` for a value that this database does not take."""
    if set(part.columns) != table.fields.keys():
        raise Damaged
    rows, done = archive.rows(part), 0
    while batch := list(islice(rows, BATCH)):
        if table.model in NAMED:
            _find_again(table, part, batch, ids)
        else:
            _rename(table, part, batch, ids)
            _insert(table, part, batch, done)
        done += len(batch)
        report(len(batch))


def _rename(table: Table, part: Part, batch: list[Row], ids: Ids) -> None:
    """Put this database's ids in place of those of `NAMED` in the file."""
    for column, model in table.named.items():
        place = part.columns.index(column)
        for row in batch:
            row[place] = None if row[place] is None else ids[model][row[place]]


def _insert(table: Table, part: Part, batch: list[Row], done: int) -> None:
    write = writers([table.fields[column] for column in part.columns])
    try:
        values = [[to(value) for to, value in zip(write, row, strict=True)] for row in batch]
        _put(table, part, values)
    except OperationalError:
        raise
    except (DatabaseError, ValueError, TypeError) as error:
        reason = _why_not(table, part, batch)
        nameless = NOT_TAKEN.format(table=table.name, rows=len(batch), done=done)
        raise NotRestored(reason or nameless) from error


def _put(table: Table, part: Part, rows: list[list[Any]]) -> None:
    quote = connection.ops.quote_name
    columns = f"{quote(table.name)} ({', '.join(map(quote, part.columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(part.columns))
            cursor.executemany(f"INSERT INTO {columns} VALUES ({marks})", rows)  # noqa: S608 - our names
            return
        with connection.wrap_database_errors, cursor.copy(f"COPY {columns} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _why_not(table: Table, part: Part, batch: list[Row]) -> str:
    """Look for the value that was refused: the other database may have taken it."""
    for row in batch:
        facts = dict(zip(part.columns, row, strict=True))
        for column, value in facts.items():
            if reason := unfit(table.fields[column], value):
                return NOT_TAKEN_BECAUSE.format(
                    table=table.name, id=facts[table.key], column=column, reason=reason
                )
    return ""


def _find_again(table: Table, part: Part, batch: list[Row], ids: Ids) -> None:
    """Note the ids here. What is not here is made: old history is about kinds that have gone."""
    mine = ids.setdefault(table.model, {})
    for row in batch:
        facts = dict(zip(part.columns, row, strict=True))
        mine[facts["id"]] = _kind(facts) if table.model is ContentType else _permission(facts, ids)


def _kind(facts: dict[str, Any]) -> int:
    name = {"app_label": facts["app_label"], "model": facts["model"]}
    kind, _is_new = ContentType.objects.get_or_create(**name)
    return kind.pk


def _permission(facts: dict[str, Any], ids: Ids) -> int:
    permission, _is_new = Permission.objects.get_or_create(
        content_type_id=ids[ContentType][facts["content_type_id"]],
        codename=facts["codename"],
        defaults={"name": facts["name"]},
    )
    return permission.pk
