"""Files for spreadsheets: no formula in them, exact amounts, and little memory for many rows."""

import csv
import io
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.http import FileResponse

from events.admin.desk import files
from events.desk.tables import TABLES, Cell, Money, registrations
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event
from tests.sheets import Sheet, read_sheet

Rows = Iterable[list[Cell]]
WHEN = datetime(2030, 6, 1, 14, 30, 5, 999, tzinfo=UTC)
NASTY = [
    *("=1+1", "+1+cmd", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1+1", "\r\n=1+1", " =1+1"),
    *("\uff1d1+1", "{=1+1}", "http://evil.test/", "mailto:a@b", "a\x01\x00b", "_x0041_", "<b>&"),
]


def sheet_of(*rows: list[Cell], names: tuple[str, ...] = ("x",)) -> Sheet:
    with files.xlsx_of("list", names, rows) as file:
        return read_sheet(file.read())


def lines_of(*rows: list[Cell]) -> list[list[str]]:
    text = "".join(files.csv_of(["x"], rows)).removeprefix(files.BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def test_cells_are_written_exactly_in_both_forms() -> None:
    row: list[Cell] = [
        *("Zoë\n 雨", 7, True, False, None, WHEN, ""),
        *(Money(1250, "EUR"), Money(500, "JPY"), Money(1234567, "KWD"), Money(10, "EUR")),
    ]
    expected = ["Zoë 雨", "7", "yes", "no", "", "2030-06-01T14:30:05Z", ""]
    assert lines_of(row) == [[*expected, "12.50", "500", "1234.567", "0.10"]]
    assert sheet_of(row).rows[1] == [*expected, "12.5", "500", "1234.567", "0.1"]


def test_amounts_are_numbers_while_a_number_is_exact() -> None:
    exact, beyond = Money(10**15 - 1, "EUR"), Money(10**15 + 1, "EUR")
    assert [row[0] for row in sheet_of([exact], [beyond]).rows[1:]] == [
        "9999999999999.99",
        "10000000000000.01",
    ]
    assert (sheet_of([exact]).kinds, sheet_of([beyond]).kinds) == ({"text", "number"}, {"text"})


@pytest.mark.parametrize("text", NASTY)
def test_no_text_is_a_formula_or_a_link(text: str) -> None:
    assert sheet_of([text]).kinds == {"text"}
    ((cell,),) = lines_of([text])
    assert cell[0] not in "=+-@\t\r\n \uff1d"


@pytest.mark.parametrize(
    "text", ["a;=1+1", "a; @SUM(1)", "a;\t-1+cmd|' /C calc'!A0", 'a;"=1+1', "a;\uff1d1", "a;;+1"]
)
def test_no_text_is_a_formula_where_semicolons_divide(text: str) -> None:
    """Spreadsheets of many countries divide lines at semicolons, not at commas."""
    line = "".join(files.csv_of(["x"], [[text]])).splitlines()[1]
    first, *others = [cell.lstrip('" ')[:1] for cell in line.split(";")]
    assert (first, set(others) & set("=+-@|%\uff1d")) == ("a", set())


def test_smiley_is_no_formula() -> None:
    assert lines_of(["Hi ;-) a; b"]) == [["Hi ;-) a; b"]]


def test_control_of_kinds_finds_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(sheet: object, number: int, place: int, cell: str, *_: object) -> None:
        sheet.write(number, place, cell)  # type: ignore[attr-defined]

    monkeypatch.setattr(files, "_write_cell", careless)
    assert sheet_of(["=1+1"]).kinds == {"text", "formula"}


def test_text_longer_than_a_cell_is_cut() -> None:
    assert [len(row[0]) for row in sheet_of(["x" * 40_000]).rows[1:]] == [files.MAX_TEXT]


def test_nothing_is_left_of_the_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken() -> Iterator[list[Cell]]:
        yield ["x"]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        files.xlsx_of("list", ["x"], broken())
    response = FileResponse(files.xlsx_of("list", ["x"], [["y"]]))
    assert [*tmp_path.iterdir()] == []
    held = response.file_to_stream
    response.close()
    assert held.closed is True


# --- Memory --------------------------------------------------------------------------------------


def write_csv(rows: Rows) -> None:
    for _text in files.csv_of(["x"], rows):
        pass


def write_xlsx(rows: Rows) -> None:
    files.xlsx_of("list", ["x"], rows).close()


def hold_all(rows: Rows) -> None:
    list(rows)


def make_rows(event: Event, number: int) -> None:
    """Somebody who came and went, as often as there are rows."""
    rows = Registration(
        attendee=make_attendee(), event=event, status="cancelled", created_at=NOON, ended_at=NOON
    )
    fields = {f.name: getattr(rows, f.name) for f in Registration._meta.concrete_fields}
    del fields["id"], fields["code"]
    Registration.objects.bulk_create([Registration(**fields) for _ in range(number)])


def peak(event: Event, write: Callable[[Rows], None]) -> int:
    """Return how many bytes were held at most while the list was written."""
    table = TABLES["registrations"]
    columns = table.chosen(event, ["registration", "name", "amount", "registered"])
    tracemalloc.start()
    try:
        write(table.rows(event, columns))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.django_db
@pytest.mark.both
def test_many_rows_need_no_more_memory_than_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times as many, all of them more than are read at once; the control holds all of them.
    Watching each piece of memory makes this slow, so both are fewer than a list may have.
    """
    monkeypatch.setattr(registrations, "ROWS_IN_MEMORY", 200)
    few, many = make_event(), make_event()
    make_rows(few, 1_000)
    make_rows(many, 4_000)
    ratios = {}
    for write in (write_csv, write_xlsx, hold_all):
        peak(few, write)  # what is made once
        ratios[write.__name__] = peak(many, write) / peak(few, write)
    assert max(ratios["write_csv"], ratios["write_xlsx"]) < 1.5, ratios
    assert ratios["hold_all"] > 2, ratios
