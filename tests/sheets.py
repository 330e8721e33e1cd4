"""Read an XLSX file as a spreadsheet would, cell by cell, with what kind of cell each is."""

import io
import zipfile
from dataclasses import dataclass
from xml.etree import ElementTree

from django.http import HttpResponse

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@dataclass(frozen=True)
class Sheet:
    """`rows` are the values as text; `kinds` are those of all cells: text or number or formula."""

    title: str
    rows: list[list[str]]
    kinds: set[str]

    @property
    def records(self) -> list[dict[str, str]]:
        head, *rest = self.rows
        return [dict(zip(head, row, strict=False)) for row in rest]


def read_sheet(content: bytes) -> Sheet:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        workbook = ElementTree.fromstring(book.read("xl/workbook.xml"))
    rows, kinds = [], set()
    for row in sheet.iter(f"{SPACE}row"):
        values: list[str] = []
        for cell in row.iter(f"{SPACE}c"):
            place = column_of(cell.attrib["r"])
            values += [""] * (place - len(values))
            kinds.add(kind_of(cell))
            values.append("".join(cell.itertext()))
        rows.append(values)
    title = next(workbook.iter(f"{SPACE}sheet")).attrib["name"]
    return Sheet(title, rows, kinds)


def kind_of(cell: ElementTree.Element) -> str:
    if cell.find(f"{SPACE}f") is not None:
        return "formula"
    return {"inlineStr": "text", None: "number"}[cell.attrib.get("t")]


def column_of(reference: str) -> int:
    """Return 0 for "A7", 26 for "AA1"."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def sheet_of(response: HttpResponse) -> Sheet:
    return read_sheet(b"".join(response.streaming_content))  # type: ignore[attr-defined]
