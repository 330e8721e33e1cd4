"""Rows that somebody deletes or changes while they are worked with."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_init

from events.models import Event


@contextmanager
def deleted_once_read(row: Model) -> Iterator[None]:
    """Somebody deletes the row right after a view has found it, before it takes the lock."""
    model = type(row)

    def delete(instance: Model, **_kwargs: object) -> None:
        if instance.pk == row.pk:
            post_init.disconnect(delete, model)
            model.objects.filter(pk=row.pk).delete()  # type: ignore[attr-defined]

    post_init.connect(delete, model)
    yield
    post_init.disconnect(delete, model)


@contextmanager
def changed_once_read(pk: int, **fields: object) -> Iterator[None]:
    """An organizer writes to an event right after somebody has read which events there are."""
    left = [pk]

    def execute(run: Any, sql: str, *arguments: Any) -> Any:
        found = run(sql, *arguments)
        if left and sql.startswith("SELECT") and 'FROM "events_event"' in sql:
            Event.objects.filter(pk=left.pop()).update(**fields)
        return found

    with connection.execute_wrapper(execute):
        yield
    assert left == []
