"""Read rows of text from a CSV or JSON file, with the line on which each begins.

A file that is no such thing is refused with the line, in words of our own. It is read as a whole,
so its size is limited.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandError

from .arguments import standard_input

MAX_BYTES = 5_000_000
MAX_ROWS = 200
DELIMITERS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """`values` are texts; those of JSON may also be `Number`, bool, None or a list of texts."""

    line: int
    values: Values


class Unreadable(Exception):
    """The file is wrong as a whole, at this line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


class Number(str):
    """A number of JSON, as it is written: the form refuses 1e999 and a thousand digits."""

    __slots__ = ()


def read(name: str) -> list[Row]:
    """Read a file, or standard input for "-". Raises `Unreadable`, or `CommandError`."""
    text = decoded(load(name))
    rows = objects_of(text) if text.lstrip()[:1] in ("[", "{") else records_of(text)
    found: list[Row] = []
    for row in rows:
        if len(found) == MAX_ROWS:
            raise Unreadable(row.line, f"there are more than {MAX_ROWS} events. Split the file.")
        found.append(row)
    if not found:
        raise Unreadable(1, "there is no event in the file.")
    return found


def load(name: str) -> bytes:
    try:
        if name == "-":
            return bounded(standard_input())
        with Path(name).open("rb") as file:
            return bounded(file)
    except (OSError, ValueError) as error:
        raise CommandError(f"{name!r} cannot be read. Is it there, and a file?") from error


def bounded(file: IO[bytes]) -> bytes:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        size = MAX_BYTES // 1_000_000
        raise CommandError(f"The file has more than {size} MB. Split it.")
    return content


def decoded(content: bytes) -> str:
    """Return the text without a byte order mark. Raises `Unreadable`."""
    if content.startswith(UTF_16):
        raise Unreadable(1, "the file is UTF-16. Save it as UTF-8.")
    if b"\0" in content:
        raise Unreadable(_line(content, content.index(b"\0")), "there is a NUL byte.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        why = "this is not UTF-8. In spreadsheets, choose “CSV UTF-8” when you save."
        raise Unreadable(_line(content, error.start), why) from error


def _line(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


# --- CSV ---------------------------------------------------------------------------------------


def records_of(text: str) -> Iterator[Row]:
    """Yield the rows below the header. Commas, semicolons or tabs divide it, and so the others."""
    header = next((line for line in io.StringIO(text) if line.strip()), "")
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    for line, cells in _lines(reader):
        if not names:
            names = _header(line, cells)
        elif len(cells) != len(names):
            why = f"there are {len(cells)} cells, and the header has {len(names)} columns."
            raise Unreadable(line, why)
        else:
            values = dict(zip(names, map(str.strip, cells), strict=True))
            yield Row(line, values)


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield what is not empty, with the line on which it begins: a cell may have many lines."""
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = "a quotation mark is not closed or at the wrong place, or a cell is too long."
            raise Unreadable(line, why) from error
        if any(map(str.strip, cells)):
            yield line, cells
        line = reader.line_num + 1


def _header(line: int, cells: list[str]) -> list[str]:
    names = [cell.strip().lower() for cell in cells]
    if "" in names:
        raise Unreadable(line, "a column has no name.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Unreadable(line, f"there are two columns {twice[0]!r}.")
    return names


# --- JSON --------------------------------------------------------------------------------------


def objects_of(text: str) -> Iterator[Row]:
    """Yield the objects of a list. `json` itself would not tell on which line each begins."""
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=Number, parse_float=Number, parse_constant=_refused
    )
    at, line, counted = _expect(text, 0, "["), 1, 0
    while text[at : at + 1] != "]" or counted:
        line, counted = line + text.count("\n", counted, at), at
        value, at = _decoded(decoder, text, at, line)
        if not isinstance(value, dict):
            raise Unreadable(line, "each event has to be an object: {…}.")
        yield Row(line, value)
        at = _skip(text, at)
        if text[at : at + 1] == "]":
            break
        at = _expect(text, at, ",")
    rest = _skip(text, at + 1)
    if rest != len(text):
        raise Unreadable(_line_of(text, rest), "there is something behind the list.")


def _decoded(decoder: json.JSONDecoder, text: str, at: int, line: int) -> tuple[Any, int]:
    try:
        return decoder.raw_decode(text, at)
    except RecursionError as error:
        raise Unreadable(line, "there are too many brackets in one another.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(error.lineno, f"this is no JSON, at column {error.colno}.") from error
    except ValueError as error:  # one of ours
        raise Unreadable(line, str(error)) from error


def _object(pairs: list[tuple[str, Any]]) -> Values:
    names = [name for name, _value in pairs]
    if len(set(names)) < len(names):
        raise ValueError("a name stands twice in one object.")
    return dict(pairs)


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON.")


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if text[at : at + 1] != sign:
        raise Unreadable(_line_of(text, at), f"a {sign!r} is missing: write a list of objects.")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
