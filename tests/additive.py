"""Find what a migration takes away from the code of before, which still serves while it runs.

A migration that takes away on purpose has `unused_since`, a dict from what it changes, as this
module names it, to the release or migration since which no code uses it.
"""

from collections.abc import Iterator
from typing import Any

from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import Field

#: Operations that the code of before does not feel.
HARMLESS = (
    operations.CreateModel,
    operations.AddIndex,
    operations.RemoveIndex,
    operations.RenameIndex,
    operations.RemoveConstraint,
    operations.AlterModelOptions,
    operations.AlterModelManagers,
    operations.AlterModelTableComment,
    operations.AlterOrderWithRespectTo,
    operations.RunPython,
)


def taken_away(migration: Migration, before: ProjectState) -> list[str]:
    """Return what old code would miss, by names that no marker of the migration has."""
    state, found = before.clone(), []
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(migration.app_label, after)
        found += _of(operation, migration.app_label, state, after)
        state = after
    return [name for name in found if name not in getattr(migration, "unused_since", {})]


def _of(operation: Operation, app: str, before: ProjectState, after: ProjectState) -> Iterator[str]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from _of(inner, app, before, after)
    elif isinstance(operation, operations.AddField):
        if _needs_value(operation.field):
            yield _name(operation)
    elif isinstance(operation, operations.AlterField):
        old = _field(before, app, operation)
        if _is_narrower(old, _field(after, app, operation)):
            yield _name(operation)
    elif not isinstance(operation, HARMLESS):
        yield _name(operation)


def _name(operation: Any) -> str:
    """Return `RemoveField attendee.nickname`, or what else there is to name."""
    inner = getattr(operation, "constraint", operation)
    parts = (getattr(operation, "model_name", ""), getattr(inner, "name", ""))
    name = ".".join(filter(None, parts)) or getattr(operation, "old_name", "")
    return f"{type(operation).__name__} {name}".strip()


def _field(state: ProjectState, app: str, operation: operations.AlterField) -> Field[Any, Any]:
    return state.models[app, operation.model_name_lower].get_field(operation.name)


def _needs_value(field: Field[Any, Any]) -> bool:
    """Return whether the database refuses a row of old code, which does not know the column."""
    return not (field.many_to_many or field.null or field.has_db_default())


def _is_narrower(old: Field[Any, Any], new: Field[Any, Any]) -> bool:
    """Return whether a value that old code writes may be refused now."""
    if type(old) is not type(new) or (old.unique, new.unique) == (False, True):
        return True
    if old.db_column != new.db_column or (old.null and not new.null):
        return True
    return new.max_length is not None and (old.max_length or new.max_length + 1) > new.max_length
