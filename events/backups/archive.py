"""The file of a back-up: a ZIP with a file of JSON lines for each table, and `manifest.json`.

A line is a row, a list of its values in the order of the manifest's columns. The manifest comes
last, when the checksum of each part is known; a file that was cut has none.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from .manifest import Manifest, Part, read_manifest
from .values import Value

MANIFEST = "manifest.json"
#: Quick: level 6 makes the file a tenth smaller, and takes twice as long.
LEVEL = 1
#: What the library raises for a file that is none of its own, or not any more.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError, TypeError)
#: For what it cannot read: a way to compress, a password.
STRANGE = (NotImplementedError, RuntimeError)
DAMAGED = (
    "The file is damaged, cut, or no back-up of this site. Take another copy of it. Nothing was "
    "changed."
)


class Damaged(Exception):
    """The file is not what was written; the text says so."""

    def __init__(self) -> None:
        super().__init__(DAMAGED)


def file_of(table: str) -> str:
    return f"tables/{table}.jsonl"


# --- Written -----------------------------------------------------------------------------------


class _Pieces:
    """A file that can only be written, and hands over what was."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self.written.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Do nothing: `zipfile` asks for it."""

    def take(self) -> Iterator[bytes]:
        taken, self.written = self.written, []
        yield from taken


class Writer:
    """Make the file piece by piece: each method returns what is to be written next."""

    def __init__(self) -> None:
        self._pieces = _Pieces()
        self._zip = zipfile.ZipFile(
            cast("IO[bytes]", self._pieces), "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL
        )
        self._begin()

    def _begin(self) -> None:
        self._part: IO[bytes] | None = None
        self._digest, self._rows = hashlib.sha256(), 0

    def add_rows(self, table: str, rows: Iterable[list[Value]]) -> Iterator[bytes]:
        part = self._open(table)
        for row in rows:
            line = json.dumps(row, separators=(",", ":")).encode() + b"\n"
            self._digest.update(line)
            self._rows += 1
            part.write(line)
        return self._pieces.take()

    def end_part(self, table: str) -> tuple[int, str]:
        """Return how many rows the table had, and their checksum."""
        self._open(table).close()
        result = self._rows, self._digest.hexdigest()
        self._begin()
        return result

    def close(self, manifest: dict[str, Any]) -> Iterator[bytes]:
        self._zip.writestr(MANIFEST, json.dumps(manifest, indent=1))
        self._zip.close()
        return self._pieces.take()

    def _open(self, table: str) -> IO[bytes]:
        if self._part is None:
            self._part = self._zip.open(file_of(table), "w", force_zip64=True)
        return self._part


# --- Read --------------------------------------------------------------------------------------


class Archive:
    """A file that is there, with its manifest read."""

    def __init__(self, file: zipfile.ZipFile) -> None:
        self._zip = file
        self.manifest: Manifest = read_manifest(json.loads(file.read(MANIFEST)))

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator["Archive"]:
        """Raise `Damaged`, also for what is found out later, and `OSError` for no file at all."""
        with path.open("rb") as bare:
            with _as_damaged():
                file = zipfile.ZipFile(bare)
                archive = cls(file)
            with file:
                yield archive

    def lines(self, part: Part) -> Iterator[bytes]:
        """Yield the rows as they stand there. Raise `Damaged` at the end if they are others."""
        digest, rows = hashlib.sha256(), 0
        with _as_damaged():
            with self._zip.open(file_of(part.table)) as lines:
                for line in lines:
                    digest.update(line)
                    rows += 1
                    yield line
            if (digest.hexdigest(), rows) != (part.sha256, part.rows):
                raise Damaged

    def rows(self, part: Part) -> Iterator[list[Any]]:
        for line in self.lines(part):
            with _as_damaged():
                row = json.loads(line)
            yield row

    def verify(self) -> Iterator[int]:
        """Read all of it; yield the number of rows that are right, table by table."""
        for part in self.manifest.parts:
            yield sum(1 for _line in self.lines(part))


@contextmanager
def _as_damaged() -> Iterator[None]:
    try:
        yield
    except (*BROKEN, *STRANGE) as error:
        raise Damaged from error
