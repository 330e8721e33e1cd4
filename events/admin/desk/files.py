"""Write rows of cells into a file for spreadsheets, which takes no cell of it for a formula.

Neither format holds more than some rows in memory. CSV is sent while it is written. XLSX has to be
complete first: it is written into a temporary file, which has no name and goes with the response.
"""

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any

from defusedcsv import csv  # type: ignore[import-untyped]  # it has no types
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it is not marked as typed

from events.desk.tables import Cell, Column, Money, Table
from events.formatting import money, times
from events.models import Event

CSV, XLSX = "csv", "xlsx"
LINES_AT_ONCE = 500
#: The first sign of a file that spreadsheets read as UTF-8.
BYTE_ORDER_MARK = "\ufeff"
#: Spreadsheets in East Asia read these like = + - @, which `csv` escapes by itself.
WIDE_SIGNS = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
#: Where a comma separates decimals, spreadsheets divide a line of the file at its semicolons, and
#: look for a formula behind each; tabs are blanks by then. A smiley is none.
INNER_FORMULA = re.compile(rf"(;[\s\"']*)(?=[=+@|%{''.join(WIDE_SIGNS)}]|-(?![)(]))")
#: Numbers in spreadsheets keep 15 digits; a cell holds so many characters.
MAX_NUMBER = 10**15
MAX_TEXT = 32_767
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(table: Table, event: Event, columns: Sequence[Column], form: str) -> HttpResponseBase:
    """Return the file in one of the forms, under a name with list, event and day."""
    names, rows = heads_of(columns), table.rows(event, columns)
    name = f"{table.kind}-{_safe(event.slug)}-{times.date_of(timezone.now(), event.zone)}.{form}"
    if form == XLSX:
        file = xlsx_of(table.kind, names, rows)
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return StreamingHttpResponse(
        csv_of(names, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition},
    )


def heads_of(columns: Iterable[Column]) -> list[str]:
    return [text_of(column.head or column.name) for column in columns]


def _safe(slug: str) -> str:
    return re.sub(r"[^\w-]+", "-", slug).strip("-") or "event"


def text_of(cell: Cell) -> str:
    """Write a cell on one line, without leading blanks: a formula could hide behind them."""
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case Money():
            return money.typed_amount(cell.amount, cell.currency)
        case datetime():
            return times.for_machines(cell.replace(microsecond=0))
        case _:
            return " ".join(str(cell).split())


# --- CSV -----------------------------------------------------------------------------------------


class _Line:
    """A file for `csv.writer` that returns each line instead of storing it."""

    def write(self, line: str) -> str:
        return line


def csv_of(names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield some hundred lines at a time."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(map(_quoted, names))
    lines = (writer.writerow([_quoted(text_of(cell)) for cell in row]) for row in rows)
    while text := "".join(islice(lines, LINES_AT_ONCE)):
        yield text


def _quoted(text: str) -> str:
    text = INNER_FORMULA.sub(r"\1'", text)
    return f"'{text}" if text.startswith(WIDE_SIGNS) else text


# --- XLSX ----------------------------------------------------------------------------------------


def xlsx_of(title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> IO[bytes]:
    """Return a file, open at its beginning. Texts are stored as such, so none is a formula."""
    file = tempfile.TemporaryFile(prefix="eventsite-")  # noqa: SIM115 - the response closes it
    try:
        with tempfile.TemporaryDirectory(prefix="eventsite-") as folder:
            book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
            try:
                _write(book, title, names, rows)
            finally:
                book.close()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _write(book: Any, title: str, names: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet, bold = book.add_worksheet(title), book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(names) - 1, 22)
    for place, name in enumerate(names):
        sheet.write_string(0, place, name[:MAX_TEXT], bold)
    formats = _Formats(book)
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(sheet, number, place, cell, formats)


class _Formats:
    """Forms of numbers with the decimals of a currency, each made once."""

    def __init__(self, book: Any) -> None:
        self.book, self.known = book, dict[int, Any]()

    def of(self, decimals: int) -> Any:
        if decimals not in self.known:
            form = f"0.{'0' * decimals}" if decimals else "0"
            self.known[decimals] = self.book.add_format({"num_format": form})
        return self.known[decimals]


def _write_cell(sheet: Any, number: int, place: int, cell: Cell, formats: _Formats) -> None:
    """Write an amount as a number that can be added up, as long as that is exact."""
    text = text_of(cell)
    if isinstance(cell, Money) and abs(cell.amount) < MAX_NUMBER:
        decimals = len(text.partition(".")[2])
        sheet.write_number(number, place, float(text), formats.of(decimals))
    elif isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < MAX_NUMBER:
        sheet.write_number(number, place, cell)
    elif text:
        sheet.write_string(number, place, text[:MAX_TEXT])
