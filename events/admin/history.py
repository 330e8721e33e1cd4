"""Write down what a form changed: each field with its value before and after.

The log has values, not sentences: `history_words` turns them into words for each reader. It is
Django's own structure with more in it, so that Django's sentences about it stay true. Texts are cut
around what is different, and what is secret is never written.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import takewhile
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.utils.translation import override

from events.formatting import times

from .price_field import PriceField
from .versions import VERSION, VersionedForm, as_saved

#: Characters of a text that are kept, from shortly before the first difference.
EXCERPT, LEAD = 240, 40
Change = dict[str, Any]


def message_of(form: Any, formsets: Any, *, add: bool) -> list[Change]:
    """Return what the log keeps of a form and the rows below it."""
    found: list[Change] = []
    if add:
        found.append({"added": {}})
    elif changes := list(_changes(form)):
        found.append({"changed": _changed(form, changes)})
    for formset in formsets or ():
        found += _of_rows(formset)
    return found


def _of_rows(formset: Any) -> Iterator[Change]:
    """Yield the rows of a formset that were added, changed and deleted, with their names."""
    for row in formset.new_objects:
        yield {"added": _named(row)}
    changed = {row.pk: row for row, _fields in formset.changed_objects}
    for form in formset.initial_forms:
        if form.instance.pk in changed and (changes := list(_changes(form))):
            yield {"changed": _named(form.instance) | _changed(form, changes)}
    for row in formset.deleted_objects:
        yield {"deleted": _named(row)}


def _named(row: Model) -> Change:
    with override(None):  # as it stands in the source: it is translated when it is read
        name = str(row._meta.verbose_name)  # noqa: SLF001 - Django documents it
    return {"name": name, "object": str(row), "model": row._meta.label_lower}  # noqa: SLF001 - documented


def _changed(form: Any, changes: list[Change]) -> Change:
    with override(None):
        labels = [_label(form, change["field"]) for change in changes]
    return {"fields": labels, "changes": changes}


def _label(form: Any, name: str) -> str:
    field = form.fields.get(name)
    return str((field and field.label) or name)


# --- One field ---------------------------------------------------------------------------------


def _changes(form: Any) -> Iterator[Change]:
    """Yield the fields that somebody changed to something else.

    Fields that a form writes by a rule are left out, and boxes that only ask. What is cleaned to
    the same value was not changed, whatever a browser makes of line endings.
    """
    by_rule = form.forced_fields() if isinstance(form, VersionedForm) else set()
    for name in form.changed_data:
        field = form.fields.get(name)
        if field is None or _is_secret(field):
            yield {"field": name, "kind": "secret"}
        elif name in form.initial and name != VERSION and name not in by_rule:
            yield from _change(form, name, field)


def _is_secret(field: forms.Field) -> bool:
    return isinstance(field.widget, forms.PasswordInput)


def _change(form: Any, name: str, field: Any) -> Iterator[Change]:
    old, new = form.initial[name], form.cleaned_data.get(name)
    kind, old, new = _values(field, _cleaned(field, old), _cleaned(field, new))
    if kind == "money":
        currency = _former_currency(form, name, field)
        old, new = [old, currency], [new, field.currency]
    same = (old[0], new[0]) if kind == "money" else (old, new)
    if same[0] != same[1]:
        yield {"field": name, "kind": kind} | _kept(kind, old, new)


def _cleaned(field: forms.Field, value: Any) -> Any:
    """Return the value as the form saves it: stored ones may be older than the rules."""
    return value if isinstance(value, list) else as_saved(field, value)


def _former_currency(form: Any, name: str, field: PriceField) -> str:
    """Return the currency before the change, of which prices are; pledges keep theirs."""
    return (
        str(form.initial.get("currency") or field.currency) if name == "price" else field.currency
    )


def _values(field: Any, old: Any, new: Any) -> tuple[str, Any, Any]:
    """Return the kind of the values, and both as JSON has them."""
    if isinstance(field, PriceField):
        return "money", old or 0, new or 0
    if isinstance(field, forms.BooleanField):
        return "yes", bool(old), bool(new)
    if isinstance(field, forms.ModelMultipleChoiceField):
        if _rows_of(field).model is User:  # ids, so that no name outlives its owner
            return "people", _ids(old), _ids(new)
        return "rows", _names(old), _names(new)
    if isinstance(field, forms.ModelChoiceField):
        return "rows", _names(_former(field, old)), _names([new] if new else ())
    if isinstance(old, datetime) or isinstance(new, datetime):
        return "time", _instant(old), _instant(new)
    is_choice = isinstance(field, forms.ChoiceField)
    return "choice" if is_choice else "text", _text(old), _text(new)


def _ids(people: Any) -> list[int]:
    return sorted(one.pk for one in people or ())


def _names(rows: Any) -> list[str]:
    return sorted(str(row) for row in rows or ())


def _former(field: forms.ModelChoiceField[Any], pk: object) -> Iterable[Model]:
    rows: Iterable[Model] = _rows_of(field).model._default_manager.filter(pk=pk)  # noqa: SLF001 - documented
    return rows


def _rows_of(field: forms.ModelChoiceField[Any]) -> QuerySet[Any]:
    rows: QuerySet[Any] = field.queryset  # type: ignore[assignment]  # the form has one
    return rows


def _instant(value: datetime | None) -> str | None:
    return times.for_machines(value) if value else None


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _kept(kind: str, old: Any, new: Any) -> Change:
    """Cut long texts from shortly before the first difference, and note how long they were."""
    if kind != "text" or max(len(old), len(new)) <= EXCERPT:
        return {"old": old, "new": new}
    same = sum(
        1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    )
    start = max(0, same - LEAD)
    excerpts = {"old": _excerpt(old, start), "new": _excerpt(new, start)}
    return excerpts | {"lengths": [len(old), len(new)]}


def _excerpt(text: str, start: int) -> str:
    end = start + EXCERPT
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")
