"""Fold away the parts of a form in which nothing was chosen yet, and show the others."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.admin.utils import flatten
from django.core.exceptions import FieldDoesNotExist

FOLDED = "collapse"  # Django's name for the class


def unfold_all(context: dict[str, Any]) -> None:
    """Unfold the form and its inlines in the context of Django's page of one object."""
    own = context["adminform"]
    own.fieldsets = unfold(own.fieldsets, [own.form])
    for inline in context["inline_admin_formsets"]:
        inline.fieldsets = unfold(inline.fieldsets, inline.formset.forms)


def unfold(fieldsets: Any, rows: list[forms.ModelForm[Any]]) -> list[tuple[Any, dict[str, Any]]]:
    """Return the parts of a form; one stays folded only if all of its fields are as in a new row.

    So nothing that counts is hidden, and what was typed is still seen when a form comes back.
    """
    chosen = {name for row in rows for name in _chosen(row)}
    return [(title, _unfolded(options, chosen)) for title, options in fieldsets]


def _unfolded(options: dict[str, Any], chosen: set[str]) -> dict[str, Any]:
    is_chosen = not chosen.isdisjoint(flatten(options["fields"]))
    classes = [each for each in options.get("classes", ()) if each != FOLDED or not is_chosen]
    return {**options, "classes": classes}


def _chosen(form: forms.ModelForm[Any]) -> Iterator[str]:
    """Yield the fields that differ from a new row, without those that repeat what others say.

    Texts in further languages count only while they are typed: they would make every page long.
    """
    left_out = {*getattr(form, "repeated", ())}
    left_out |= set() if form.is_bound else getattr(form, "optional_texts", set())
    for name, field in form.fields.items():
        if name in left_out:
            continue
        value, plain = form[name].value(), _plain(form, name)
        if isinstance(field, forms.MultiValueField) and not isinstance(value, list):
            value = field.widget.decompress(value)
        if field.has_changed(plain, value):
            yield name


def _plain(form: forms.ModelForm[Any], name: str) -> Any:
    """Return the value of the field in a new row."""
    try:
        column = form._meta.model._meta.get_field(name)  # noqa: SLF001 - documented
    except FieldDoesNotExist:
        return None
    return column.get_default() if hasattr(column, "get_default") and column.concrete else None
