"""Build an index while people go on writing: the operation for tables that are there already."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.migrations.state import ProjectState
from django.db.models import Index, Model

IS_VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)"


class AddIndexConcurrently(AddIndex):
    """Add an index: on PostgreSQL without a lock that keeps writers out, on SQLite as ever.

    PostgreSQL does it outside of a transaction, so the migration says `atomic = False`. What was
    interrupted is done again by the next `migrate`: an index that is whole is left alone, and one
    that was left half built (invalid) is built anew.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django hands it over
        to_state: ProjectState,
    ) -> None:
        model: type[Model] = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        if schema_editor.connection.vendor == "postgresql":
            _build(schema_editor, model, self.index)
        elif not _is_there(schema_editor, model, self.index):
            schema_editor.add_index(model, self.index)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model: type[Model] = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            _drop(schema_editor, model, self.index)

    def describe(self) -> str:
        return f"Concurrently: {super().describe()}"


def _build(editor: Any, model: type[Model], index: Index) -> None:
    """Build it, and wait for as long as that takes.

    PostgreSQL waits for every transaction that runs, a back-up too. It keeps nobody from reading or
    writing meanwhile, so the site's limit on waits would only end it with half an index.
    """
    with editor.connection.cursor() as cursor:
        cursor.execute(IS_VALID, [editor.quote_name(index.name)])
        found = cursor.fetchone()
        if found == (True,):
            return
        cursor.execute("SELECT current_setting('lock_timeout')")
        (limit,) = cursor.fetchone()
        cursor.execute("SET lock_timeout = 0")
    try:
        if found is not None:
            _drop(editor, model, index)
        editor.add_index(model, index, concurrently=True)
    finally:
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [limit])


def _drop(editor: Any, model: type[Model], index: Index) -> None:
    editor.remove_index(model, index, concurrently=True)


def _is_there(editor: BaseDatabaseSchemaEditor, model: type[Model], index: Index) -> bool:
    table = model._meta.db_table  # noqa: SLF001 - Django documents `_meta`
    with editor.connection.cursor() as cursor:
        return index.name in editor.connection.introspection.get_constraints(cursor, table)
