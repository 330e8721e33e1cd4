"""Queries that are compiled once and then asked with other values.

Django takes some milliseconds to turn a query of the door into SQL, and the database a tenth of one
to answer it. A world may ask about a whole crowd at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

Parameter = str | int | datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """`names` has the name of each value that is put in, and None for those that stay."""

    sql: str
    values: tuple[Any, ...]
    names: tuple[str | None, ...]
    compiler: Any
    converters: dict[int, Any]


class CompiledQuery:
    """A query set of tuples. `build` makes it once, out of `examples`.

    Each example is put where its value is asked for later. So it is one that occurs nowhere else in
    the query.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], **examples: Parameter) -> None:
        self.build, self.examples = build, examples

    def rows(self, **asked: Parameter) -> list[tuple[Any, ...]]:
        plan = self._plan
        put_in = {name: _adapted(value) for name, value in asked.items()}
        pairs = zip(plan.names, plan.values, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(plan.sql, [put_in[n] if n else value for n, value in pairs])
            found = cursor.fetchall()
        return [tuple(row) for row in plan.compiler.apply_converters(found, plan.converters)]

    @cached_property
    def _plan(self) -> Plan:
        compiler = self.build(**self.examples).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, values = compiler.as_sql()
        names = {_adapted(example): name for name, example in self.examples.items()}
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return Plan(sql, values, tuple(names.get(v) for v in values), compiler, converters)


def _adapted(value: Parameter) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
