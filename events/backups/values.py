"""Turn what a database stores into JSON that both databases can be filled from, and back.

Values are taken as they are stored, past the conversions of the fields: a name of a time zone that
Python has forgotten stays, and the text of a JSON column stays that text.
"""

import base64
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field

from events.formatting import times

Column = Field[Any, Any]
Value = str | int | bool | None
Read = Callable[[Any], Value]
Write = Callable[[Any], object]

#: How a value of these columns is made of its text; all others are JSON by themselves.
PARSERS: dict[str, Callable[[str], object]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "UUIDField": UUID,
    "BinaryField": base64.b64decode,
}


def to_json(value: object) -> Value:
    """Raise `TypeError` for a type that no column of ours has."""
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return times.for_machines(value)
        case date() | time() | UUID():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
        case _:
            raise TypeError(type(value).__name__)


def readers(columns: Sequence[Column]) -> list[Read]:
    """Return for each column what makes JSON of a value as this database's driver hands it over."""
    return [partial(_read, column.get_col(""), _conversions(column)) for column in columns]


def writers(columns: Sequence[Column]) -> list[Write]:
    """Return for each column what makes a value for this database's driver of JSON."""
    return [partial(_write, column, PARSERS.get(column.get_internal_type())) for column in columns]


def _conversions(column: Column) -> list[Any]:
    return list(connection.ops.get_db_converters(column.get_col("")))


def _read(expression: Any, conversions: list[Any], value: Any) -> Value:
    if column_is_json(expression.output_field):
        return to_json(value)
    for convert in conversions:
        value = convert(value, expression, connection)
    return to_json(value)


def column_is_json(column: Column) -> bool:
    return column.get_internal_type() == "JSONField"


def _write(column: Column, parse: Callable[[str], object] | None, value: Any) -> object:
    """Raise `ValueError` or `TypeError` for what was not written by `readers`."""
    if parse is None or value is None:
        return value
    return column.get_db_prep_value(parse(value), connection, prepared=True)


# --- What PostgreSQL cannot hold, and SQLite can -------------------------------------------------


def unfit(column: Column, value: Value) -> str:
    """Return why this database does not take the value, or nothing if it does."""
    if isinstance(value, str):
        return _unfit_text(column, value)
    if isinstance(value, int) and not isinstance(value, bool):
        low, high = connection.ops.integer_field_range(column.get_internal_type())
        if not low <= value <= high:
            return "the number is out of range"
    return ""


def _unfit_text(column: Column, text: str) -> str:
    if "\0" in text or (column_is_json(column) and "\\u0000" in text):
        return "the text has a NUL character"
    if any("\ud800" <= sign <= "\udfff" for sign in text):
        return "the text has half of a character"
    most = getattr(column, "max_length", None)  # the stubs know no column without
    return "the text is too long" if most is not None and len(text) > most else ""
