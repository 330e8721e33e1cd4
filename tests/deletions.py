"""Rows that somebody deletes while a page works with them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Model
from django.db.models.signals import post_init


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
