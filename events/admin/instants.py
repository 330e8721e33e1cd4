"""Instants that the admin only shows, in the words in which the rest of the site names them.

Django would show a field of the model in a format of its own.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model
from django.utils import timezone

from . import shown


class Instant:
    """A field of a row in the zone of the page. Django asks displays for these attributes."""

    def __init__(self, name: str, label: Any) -> None:
        self.__name__ = self.admin_order_field = name
        self.short_description = label

    def __call__(self, row: Model) -> str:
        zone = ZoneInfo(timezone.get_current_timezone_name())
        return shown.moment(getattr(row, self.__name__), zone)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instant) and other.__name__ == self.__name__

    def __hash__(self) -> int:
        return hash(self.__name__)


def in_words(model: type[Model], names: Sequence[Any]) -> list[Any]:
    """Return the same columns or lines, with `Instant` for each field that holds one."""
    return [_shown(model, name) for name in names]


def fieldsets_in_words(model: type[Model], fieldsets: Any, read_only: Sequence[Any]) -> list[Any]:
    """Return the fieldsets with `Instant` for what is only shown; other times are typed."""
    kept = set(read_only)

    def replaced(name: Any) -> Any:
        if isinstance(name, list | tuple):
            return [replaced(part) for part in name]
        found = _shown(model, name)
        return found if found in kept else name

    return [
        (title, {**options, "fields": replaced(options["fields"])}) for title, options in fieldsets
    ]


def _shown(model: type[Model], name: Any) -> Any:
    if not isinstance(name, str):
        return name
    try:
        field = model._meta.get_field(name)  # noqa: SLF001 - Django documents it
    except FieldDoesNotExist:
        return name
    return Instant(field.name, field.verbose_name) if isinstance(field, DateTimeField) else name
