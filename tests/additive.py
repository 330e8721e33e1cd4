"""Find what a migration takes away from the code of before, which still serves while it runs.

Columns and values are taken away for ever. An index that is built under a lock takes a table away
for as long as that lasts: where there may be rows already, it is built concurrently.

A migration that takes away on purpose has `unused_since`, a dict from what it changes, as this
module names it, to the release or migration since which no code uses it.
"""

from collections.abc import Sequence
from typing import Any

from django.db.migrations import Migration, operations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from django.db.models import CharField, Field

from events.migrations._concurrent_index import AddIndexConcurrently

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
    app, state, found = migration.app_label, before.clone(), []
    for operation in migration.operations:
        after = state.clone()
        operation.state_forwards(app, after)
        for each in _on_the_database(operation):
            is_felt = not _is_of_new_table(each, app, before, state) and (
                _takes_away(each, app, state, after)
                or _locks(each, app, state, is_atomic=migration.atomic)
            )
            found += [_name(each)] if is_felt else []
        state = after
    return [name for name in found if name not in getattr(migration, "unused_since", {})]


def _on_the_database(operation: Operation) -> Sequence[Operation]:
    if isinstance(operation, operations.SeparateDatabaseAndState):
        return operation.database_operations
    return [operation]


def _is_of_new_table(
    operation: Operation, app: str, before: ProjectState, state: ProjectState
) -> bool:
    """Return whether the same migration has made the table: old code does not know it."""
    model = (app, getattr(operation, "model_name_lower", ""))
    return model in state.models and model not in before.models


def _takes_away(operation: Operation, app: str, before: ProjectState, after: ProjectState) -> bool:
    if isinstance(operation, operations.AddField):
        return _needs_value(operation.field)
    if isinstance(operation, operations.AlterField):
        return _is_narrower(_field(before, app, operation), _field(after, app, operation))
    return not isinstance(operation, HARMLESS)


def _locks(operation: Operation, app: str, before: ProjectState, *, is_atomic: bool) -> bool:
    """Return whether an index is built while nobody can write into its table.

    In a transaction PostgreSQL refuses to build one concurrently.
    """
    if isinstance(operation, operations.AddField):
        return _has_index(operation.field)
    if isinstance(operation, operations.AlterField):
        return _has_index(operation.field) and not _has_index(_field(before, app, operation))
    if isinstance(operation, AddIndexConcurrently):
        return is_atomic
    return isinstance(operation, operations.AddIndex)


def _has_index(field: Field[Any, Any]) -> bool:
    return not field.many_to_many and (field.db_index or field.unique)


def _name(operation: Any) -> str:
    """Return `RemoveField attendee.nickname`, or what else there is to name."""
    inner = getattr(operation, "constraint", None) or getattr(operation, "index", operation)
    parts = (getattr(operation, "model_name", ""), getattr(inner, "name", ""))
    name = ".".join(filter(None, parts)) or getattr(operation, "old_name", "")
    return f"{type(operation).__name__} {name}".strip()


def _field(state: ProjectState, app: str, operation: operations.AlterField) -> Field[Any, Any]:
    return state.models[app, operation.model_name_lower].get_field(operation.name)


def _needs_value(field: Field[Any, Any]) -> bool:
    """Return whether the database refuses a row of old code, which does not know the column."""
    return not (field.many_to_many or field.null or field.has_db_default())


def _is_stored_alike(old: Field[Any, Any], new: Field[Any, Any]) -> bool:
    """Only forms tell kinds of short texts apart, like addresses."""
    return type(old) is type(new) or (isinstance(old, CharField) and isinstance(new, CharField))


def _is_narrower(old: Field[Any, Any], new: Field[Any, Any]) -> bool:
    """Return whether a value that old code writes may be refused now."""
    if not _is_stored_alike(old, new) or (old.unique, new.unique) == (False, True):
        return True
    if old.db_column != new.db_column or (old.null and not new.null):
        return True
    return new.max_length is not None and (old.max_length or new.max_length + 1) > new.max_length
