"""A list with columns to choose from, read as values: objects would take three times as long."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django_stubs_ext import StrPromise

from events.models import Event

ROWS_IN_MEMORY = 2_000
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of the currency."""

    amount: int
    currency: str


Cell = str | int | bool | Money | datetime | None


@dataclass(frozen=True)
class Column:
    """`name` heads it in files and stays the same in every language, unless people wrote a `head`;
    `sources` are the fields that `cell` looks at.
    """

    name: str
    label: StrPromise | str
    sources: tuple[str, ...]
    cell: Callable[[Row], Cell]
    head: str = ""
    is_remembered: bool = True  # one that only this event has is ticked each time


@dataclass(frozen=True)
class Table:
    """A list of an event, one `kind` of file. `read` yields rows that have all these sources.

    `more` returns the columns that only this event has. They stand last.
    """

    kind: str
    label: StrPromise
    needs: str
    columns: tuple[Column, ...]
    read: Callable[[Event, Sequence[str]], Iterable[Row]]
    more: Callable[[Event], tuple[Column, ...]] = lambda _event: ()

    def columns_of(self, event: Event) -> tuple[Column, ...]:
        return (*self.columns, *self.more(event))

    def chosen(self, event: Event, names: Iterable[str]) -> list[Column]:
        """Return the columns of these names in the order of the list; pass over unknown ones."""
        wanted = set(names)
        return [column for column in self.columns_of(event) if column.name in wanted]

    def rows(self, event: Event, columns: Sequence[Column]) -> Iterator[list[Cell]]:
        sources = dict.fromkeys(source for column in columns for source in column.sources)
        for row in self.read(event, [*sources]):
            yield [column.cell(row) for column in columns]


def plain(name: str, label: StrPromise, source: str) -> Column:
    """Return a column that shows one field as it is."""
    return Column(name, label, (source,), lambda row: row[source])


def batched(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Yield lists of so many rows; the last one may be shorter."""
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch
