"""The tables of a back-up, and those that stay out of it."""

# ruff: noqa: SLF001 - Django documents `_meta` and its managers

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Field, ForeignKey, Model, QuerySet
from social_django.models import Association, Code, Nonce, Partial

from events.models import Figure, Job

#: What a new database has to do without: sessions and sign-ins that go on. With a session in it,
#: the file would let its reader in as somebody else. People sign in again. Figures are of the
#: machines that ran the site, not of the site.
LEFT_OUT: tuple[type[Model], ...] = (Session, Partial, Nonce, Association, Code, Figure, Job)
#: `migrate` fills these by itself, with other ids in every database. Rows are found again by name.
NAMED: tuple[type[Model], ...] = (ContentType, Permission)
#: `migrate` fills these, too: rows in them alone do not make a database anybody's.
MADE_BY_MIGRATE: tuple[type[Model], ...] = (*NAMED, Group, Group.permissions.through)


@dataclass(frozen=True)
class Table:
    """A table of a model, with its columns in the order of the model."""

    model: type[Model]

    @property
    def name(self) -> str:
        return self.model._meta.db_table

    @property
    def rows(self) -> QuerySet[Any]:
        return self.model._base_manager.all()

    @property
    def key(self) -> str:
        """Return the column of the primary key; its integers order the rows."""
        return str(self.model._meta.pk.column)

    @cached_property
    def fields(self) -> dict[str, Field[Any, Any]]:
        """Return the field of each column; of a foreign key the one that it leads to."""
        return {str(field.column): end_of(field) for field in self.model._meta.concrete_fields}

    @cached_property
    def named(self) -> dict[str, type[Model]]:
        """Return the columns whose ids are other ones in another database; see `NAMED`."""
        return {
            str(field.column): field.related_model
            for field in self.model._meta.concrete_fields
            if isinstance(field, ForeignKey) and field.related_model in NAMED
        }


def end_of(field: Field[Any, Any]) -> Field[Any, Any]:
    while isinstance(field, ForeignKey):
        field = field.target_field
    return field


def tables() -> list[Table]:
    """Return the tables of a back-up: `NAMED` first, because others need their ids."""
    models = [model for model in _models() if model not in {*LEFT_OUT, *NAMED}]
    return [Table(model) for model in (*NAMED, *sorted(models, key=lambda m: m._meta.label))]


def tables_left_out() -> list[Table]:
    return [Table(model) for model in LEFT_OUT]


def _models() -> Iterator[type[Model]]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model
