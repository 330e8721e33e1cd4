"""Write a list of an event into a file or a pipe; the same lists as on the organizer's desk."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from events.admin.desk import files
from events.desk.tables import TABLES, Cell, Column, Table
from events.management import output_file
from events.management.arguments import (
    StaffCommand,
    add_dry_run,
    add_event,
    as_json,
    counted,
    find_event,
    progress,
)
from events.models import Event

CSV, XLSX, JSON = "csv", "xlsx", "json"
PIECE = 64 * 1024  # bytes


class Command(StaffCommand):
    help = (
        "Writes a list of an event as CSV, XLSX or JSON: to --output, or to standard output. The "
        "file has names of people, so only its owner can read it. It is there whole or not at all."
    )
    examples = (
        "export_registrations spring-jam --output spring-jam.csv",
        "export_registrations spring-jam --format xlsx --table attendees --output people.xlsx",
        "export_registrations spring-jam --format json | jq '.[].status'",
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_event(parser)
        parser.add_argument("--format", choices=[CSV, XLSX, JSON], default=CSV, help="csv if none")
        parser.add_argument(
            "--table", choices=[*TABLES], default="registrations", help="registrations if none"
        )
        parser.add_argument("--columns", metavar="A,B,…", help="only these columns")
        parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it")
        parser.add_argument("--force", action="store_true", help="replace a file that is there")
        add_dry_run(parser)

    def handle(self, *args: Any, event: str, **options: Any) -> None:
        found, table = find_event(event), TABLES[options["table"]]
        columns = chosen(table, found, options["columns"])
        form, path = options["format"], options["output"]
        if path is not None:
            output_file.refuse(path, may_replace=options["force"])
        elif form == XLSX and self.stdout.isatty():
            raise CommandError("A terminal cannot show XLSX. Add --output FILE.")
        rows: Iterable[Sequence[Cell]] = table.rows(found, columns)
        if path is not None or not self.stdout.isatty():  # a bar would stand among the rows
            rows = progress(rows, "Rows")
        if options["dry_run"]:
            self.stdout.write(f"would write {counted(sum(1 for _row in rows), 'row')}")
        elif path is None:
            self.print_out(pieces_of(table, columns, rows, form))
        else:
            pieces = pieces_of(table, columns, rows, form)
            size = output_file.write(path, pieces, may_replace=options["force"])
            self.stderr.write(f"{path}: {size} bytes", lambda line: line)


def chosen(table: Table, event: Event, names: str | None) -> list[Column]:
    offered = table.columns_of(event)
    if names is None:
        return list(offered)
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    unknown = sorted({*wanted} - {column.name for column in offered})
    if unknown or not wanted:
        known = ", ".join(column.name for column in offered)
        raise CommandError(f"There is no column {', '.join(unknown)!r}. There are: {known}.")
    return table.chosen(event, wanted)


def pieces_of(
    table: Table, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], form: str
) -> Iterator[bytes]:
    if form == JSON:
        yield from (piece.encode() for piece in json_of([each.name for each in columns], rows))
        return
    names = files.heads_of(columns)
    if form == XLSX:
        with files.xlsx_of(table.kind, names, rows) as file:
            while piece := file.read(PIECE):
                yield piece
    else:
        yield from (piece.encode() for piece in files.csv_of(names, rows))


def json_of(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a list of objects, one a line: amounts in minor units, instants in UTC."""
    before = "[\n"
    for row in rows:
        line = as_json(dict(zip(names, row, strict=True)), on_one_line=True)
        yield before + line
        before = ",\n"
    yield "\n]\n" if before != "[\n" else "[]\n"
