"""Rows of a copy: the columns of the original, without those that it has anew."""

from django.db.models import Model

LEFT_OF_PART = frozenset({"id", "event"})


def values_of(row: Model, *, without: frozenset[str]) -> dict[str, object]:
    """Return the columns of a row by the names of their fields, without some."""
    fields = row._meta.concrete_fields  # noqa: SLF001 - Django documents it
    kept = [each for each in fields if each.name not in without]
    return {each.attname: getattr(row, each.attname) for each in kept}
