"""Refuse a form that was loaded before somebody else saved the same row.

A form carries a fingerprint of each of its fields as they were when the page was made. It compares
them with the row as it is now, read again under its lock. A fingerprint is keyed with the site's
secret, so that it tells nothing of the value. What was typed stays in the form.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from types import new_class
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import model_ngettext
from django.db.models import Model, QuerySet
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext

from events.formatting import lists

from . import shown

VERSION = "version"
SALT = "events.admin.versions"
DIGITS = 20  # of a fingerprint; 80 bits are more than anybody can try
MAX_SHOWN = 120  # characters of a value


class VersionField(forms.CharField):
    """Hold the version. It is no change to anything, whatever it says."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, label="")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False

    def clean(self, value: Any) -> str:
        return str(value or "")


class VersionedForm(forms.ModelForm[Any]):
    version = VersionField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial[VERSION] = version_of(self)

    def forced_fields(self) -> set[str]:
        """Return the fields that the form writes by a rule, as the row is now: nobody chooses them,
        so a change of them is none that somebody made.
        """
        return set()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is not None and (changed := changed_fields(self)):
            cleaned.pop(DELETION_FIELD_NAME, None)  # a form that is to be deleted is not validated
            self.add_error(None, what_changed(self, changed))
        return cleaned


@cache
def versioned(form: type[forms.ModelForm[Any]]) -> type[forms.ModelForm[Any]]:
    """Return the same form with a version."""
    if issubclass(form, VersionedForm):
        return form
    return new_class(f"Versioned{form.__name__}", (VersionedForm, form))


def version_of(form: forms.ModelForm[Any]) -> str:
    prints = (f"{name}={_fingerprint(form, name)}" for name in _names(form))
    return " ".join(prints)


def changed_fields(form: forms.ModelForm[Any]) -> list[str]:
    """Return the fields of the form that are not as they were when the page was made.

    Without a version that can be read, that is all of them.
    """
    loaded = form.data.get(form.add_prefix(VERSION)) or ""
    known = dict(part.partition("=")[::2] for part in str(loaded).split(" "))
    return [
        name
        for name in _chosen(form)
        if not constant_time_compare(known.get(name, ""), _fingerprint(form, name))
    ]


def _chosen(form: forms.ModelForm[Any]) -> list[str]:
    forced = form.forced_fields() if isinstance(form, VersionedForm) else set()
    return [name for name in _names(form) if name not in forced]


def _names(form: forms.ModelForm[Any]) -> Iterator[str]:
    """Yield the fields that a form would write; one that is disabled keeps what is stored, and the
    event of a workshop is none of its fields.
    """
    for name, field in form.fields.items():
        is_fixed = field.disabled or isinstance(field, forms.models.InlineForeignKeyField)
        if name in form.initial and name != VERSION and not is_fixed:
            yield name


def _fingerprint(form: forms.ModelForm[Any], name: str) -> str:
    value = as_saved(form.fields[name], form.initial[name])
    row = f"{type(form.instance).__name__} {form.instance.pk} {name}"
    return salted_hmac(SALT, f"{row} {value!s}", algorithm="sha256").hexdigest()[:DIGITS]


def as_saved(field: forms.Field, value: Any) -> Any:
    """Return the value as the form would save it if nobody touched it.

    A save that changes one field cleans the others too: line breaks of old text, parts of seconds.
    """
    if isinstance(value, list):
        return sorted(row.pk if isinstance(row, Model) else str(row) for row in value)
    if isinstance(value, datetime):
        return value.replace(microsecond=0)
    if isinstance(value, str) and isinstance(field, forms.CharField):
        return field.to_python("\n".join(value.splitlines()))
    return value


# --- Words -------------------------------------------------------------------------------------


def what_changed(form: forms.ModelForm[Any], names: list[str]) -> SafeString:
    """Say which fields somebody else changed, and how they are now."""
    if names == _chosen(form) and len(names) > 1:
        intro = gettext("This page is not up to date.")
        return shown.lines([intro, way_on(form.instance)])
    intro = ngettext(
        "Somebody changed this field while you had the page open:",
        "Somebody changed these fields while you had the page open:",
        len(names),
    )
    return shown.lines([intro, *(_now(form, name) for name in names), way_on(form.instance)])


def way_on(row: Model) -> SafeString:
    """Say that nothing was saved, who changed the row last, and how to go on."""
    text = gettext(
        "Nothing was saved, and what you typed is still here. Open the page again in another tab "
        "to see it as it is now, and make your changes there: {link}."
    )
    link = format_html('<a href="" target="_blank">{}</a>', gettext("load it again"))
    parts = [_last_change(row), format_html(text, link=link)]
    return shown.lines(part for part in parts if part)


def _last_change(row: Model) -> SafeString | str:
    entries = LogEntry.objects.filter(
        content_type=get_content_type_for_model(row), object_id=str(row.pk)
    )
    last = entries.select_related("user").order_by("-action_time", "-pk").first()
    if last is None:
        return ""
    text = gettext("The last change in its history is by {who}, {when}.")
    return format_html(text, who=shown.account(last.user), when=_moment(last.action_time))


def _now(form: forms.ModelForm[Any], name: str) -> SafeString:
    words = _words(form.fields[name], form.initial[name])
    return format_html(
        gettext("<strong>{field}</strong> (now: {value})"),
        field=form[name].label,
        value=shown.name(Truncator(words).chars(MAX_SHOWN)),
    )


def _words(field: forms.Field, value: Any) -> str:
    if value in (None, "", []):
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, list):
        return lists.joined(value)
    if isinstance(field, forms.ModelChoiceField):
        rows: QuerySet[Any] = field.queryset  # type: ignore[assignment]  # the form has one
        return str(rows.filter(pk=value).first() or gettext("something else"))
    return str(_choices(field).get(str(value), value))


def _choices(field: forms.Field) -> dict[str, str]:
    choices = getattr(field, "choices", ())
    return {str(key): str(label) for key, label in choices}


def _moment(instant: datetime) -> str:
    return shown.moment(instant, ZoneInfo(timezone.get_current_timezone_name()))


# --- Rows of a form ----------------------------------------------------------------------------


class VersionedFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Refuse a form with other rows than the page had: some were added or deleted meanwhile."""

    is_editable = True

    def clean(self) -> None:
        super().clean()
        if self.instance.pk is None or not self.is_editable:
            return
        now = {str(row.pk): row for row in self.get_queryset()}
        loaded = {self.data.get(form.add_prefix("id"), "") for form in self.initial_forms}
        errors = [_added(row) for pk, row in now.items() if pk not in loaded]
        if loaded - now.keys():
            errors.append(_deleted(self.get_queryset()))
        if errors:
            raise forms.ValidationError([*errors, way_on(self.instance)])


def _added(row: Model) -> SafeString:
    text = gettext("{row} was added while you had the page open.")
    return format_html(text, row=shown.name(str(row)))


def _deleted(rows: QuerySet[Any]) -> SafeString:
    text = gettext("A {name} was deleted while you had the page open.")
    return format_html(text, name=model_ngettext(rows, 1))


def fingerprint_of(*parts: object) -> str:
    """Return the fingerprint of what a page that asks has said."""
    return salted_hmac(SALT, repr(parts), algorithm="sha256").hexdigest()[:DIGITS]


def stored_values(row: Model) -> list[tuple[str, object]]:
    return sorted((name, value) for name, value in vars(row).items() if not name.startswith("_"))
