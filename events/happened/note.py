"""Write the line about one thing, and count it."""

import logging
from functools import partial

from django.db import transaction

from .counts import HAPPENED, count
from .kinds import FIELDS, Kind

#: One name for all lines, so that they can be picked out whatever part of the site wrote them.
logger = logging.getLogger("events.happened")

Value = int | str | None


def note(kind: Kind, **fields: Value) -> None:
    """Write the line once the transaction is committed, at once if there is none."""
    _check(kind, fields)
    transaction.on_commit(partial(_write, kind, fields), robust=True)


def note_at_once(kind: Kind, **fields: Value) -> None:
    """Write the line also if the transaction is undone: a refusal stays one."""
    _check(kind, fields)
    _write(kind, fields)


def _check(kind: Kind, fields: dict[str, Value]) -> None:
    if set(fields) != set(FIELDS[kind]):
        raise TypeError(f"{kind} has the fields {FIELDS[kind]}, not {tuple(fields)}")


def _write(kind: Kind, fields: dict[str, Value]) -> None:
    """`happened` and `fields` reach the record, where the formatter for JSON finds them."""
    told = {name: fields[name] for name in FIELDS[kind] if fields[name] not in (None, "")}
    text = " ".join(f"{name}={value}" for name, value in told.items())
    logger.info("%s %s", kind.value, text, extra={"happened": kind.value, "fields": told})
    count(HAPPENED, kind.value)
