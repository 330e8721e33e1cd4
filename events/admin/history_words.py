"""Read the log of the admin out: in the reader's language, times in the zone of the event.

Entries from before values were noted, and sentences of actions, are shown as Django reads them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.formatting import lists, money

from . import shown
from .translations import LABELS, field_of

NAMES = Mapping[int, str]
#: Numbers that are without limit where there is none.
LIMITS = frozenset({"capacity"})


#: Fields of forms that are no columns and have no language.
OF_NO_COLUMN = {"publish": _("Publish"), "asks_again": _("Ask again")}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field and both its values in words; for a long text also how long it was and is."""

    label: str
    old: SafeString | str = ""
    new: SafeString | str = ""
    lengths: str = ""
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Something that an entry tells: a sentence, and the fields that were changed."""

    sentence: SafeString | str
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Line:
    when: str
    who: SafeString
    parts: list[Part]


def lines_of(entries: Iterable[LogEntry], model: type[Model], zone: ZoneInfo) -> list[Line]:
    """Return the lines of a history in the order of its entries, in one statement more."""
    read = [(entry, _read(entry)) for entry in entries]
    names = _names(part for _entry, parts in read for part in parts)
    return [
        Line(
            when=shown.moment(entry.action_time, zone),
            who=shown.account(entry.user),
            parts=_parts(entry, parts, Reader(model, zone, names)),
        )
        for entry, parts in read
    ]


def _read(entry: LogEntry) -> list[dict[str, Any]]:
    """Return the structure that the entry has, or nothing if it is a sentence."""
    if not entry.change_message.startswith("["):
        return []
    try:
        parts = json.loads(entry.change_message)
    except json.JSONDecodeError:
        return []
    return parts if all(_is_part(part) for part in parts) else []


def _is_part(part: object) -> bool:
    return isinstance(part, dict) and all(isinstance(said, dict) for said in part.values())


def _names(parts: Iterable[dict[str, Any]]) -> NAMES:
    """Find the names of all people whom the entries mean."""
    changes = [change for part in parts for change in _changes_of(part)]
    pks = {pk for c in changes if c["kind"] == "people" for pk in [*c["old"], *c["new"]]}
    found = User.objects.filter(pk__in=pks).values_list("pk", "username") if pks else ()
    return dict(found)


def _changes_of(part: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = part.get("changed", {}).get("changes", [])
    return found


def _parts(entry: LogEntry, parts: list[dict[str, Any]], reader: "Reader") -> list[Part]:
    if parts:
        return [reader.part(part) for part in parts]
    if entry.is_addition() and not entry.change_message:
        return [Part(gettext("Added."), [])]
    return [Part(shown.name(_whole(entry)), [])]


def _whole(entry: LogEntry) -> str:
    """Return the entry as Django reads it, or as it is stored: any list looks like its own."""
    try:
        return entry.get_change_message()
    except (AttributeError, KeyError, TypeError):
        return entry.change_message


class Reader:
    """Turn parts of entries into words."""

    def __init__(self, model: type[Model], zone: ZoneInfo, names: NAMES) -> None:
        self.model, self.zone, self.names = model, zone, names

    def part(self, part: dict[str, Any]) -> Part:
        empty: tuple[str, dict[str, Any]] = ("", {})
        what, said = next(iter(part.items()), empty)
        changes = _changes_of(part)
        if what not in {"added", "changed", "deleted"} or (what == "changed" and not changes):
            return Part(shown.name(_as_django_reads(part)), [])
        model = _model_of(said.get("model")) or self.model
        return Part(_sentence(what, said), list(self._differences(model, changes)))

    def _differences(self, model: type[Model], changes: list[Any]) -> Iterator[Difference]:
        for change in changes:
            field = _field_of(model, change["field"])
            label = _label(field, change["field"])
            if change["kind"] == "secret":
                yield Difference(label, is_secret=True)
                continue
            old, new = (self._value(field, change, change[side]) for side in ("old", "new"))
            yield Difference(label, old, new, _lengths(change.get("lengths")))

    def _value(self, field: Any, change: dict[str, Any], value: Any) -> SafeString | str:
        """Return one value in words. Names and texts cannot reorder what stands beside them."""
        kind = change["kind"]
        if kind == "money":
            return _sum(*value, is_price=change["field"] == "price")
        if kind == "yes":
            return gettext("yes") if value else gettext("no")
        if value in ("", None, []):
            is_limit = change["field"] in LIMITS
            return gettext("no limit") if is_limit else gettext("nothing")
        if kind == "time":
            return shown.moment(datetime.fromisoformat(value), self.zone)
        if kind in {"rows", "people"}:
            return lists.joined_html(shown.name(self._row(kind, row)) for row in value)
        return shown.name(_choice(field, value) if kind == "choice" else value)

    def _row(self, kind: str, row: Any) -> str:
        return self.names.get(row, shown.NOTHING) if kind == "people" else str(row)


def _sentence(what: str, said: dict[str, Any]) -> SafeString | str:
    """Say what was done with a row below the object, or with the object itself: that it was changed
    need not be said, because its fields follow.
    """
    if "object" not in said:
        return {"added": gettext("Added."), "deleted": gettext("Deleted.")}.get(what, "")
    model = _model_of(said.get("model"))
    name = model._meta.verbose_name if model else gettext(said["name"])  # noqa: SLF001 - documented
    sentence = {
        "added": gettext("{name} “{object}” added."),
        "changed": gettext("{name} “{object}” changed:"),
        "deleted": gettext("{name} “{object}” deleted."),
    }[what]
    return format_html(sentence, name=capfirst(str(name)), object=shown.name(said["object"]))


def _as_django_reads(part: dict[str, Any]) -> str:
    return LogEntry(change_message=json.dumps([part])).get_change_message()


def _model_of(label: str | None) -> type[Model] | None:
    """Return the model, unless the site has it no more."""
    try:
        return apps.get_model(label) if label else None
    except (LookupError, ValueError):
        return None


def _field_of(model: type[Model], name: str) -> Any:
    try:
        return model._meta.get_field(name)  # noqa: SLF001 - Django documents it
    except FieldDoesNotExist:
        return None


def _label(field: Any, name: str) -> str:
    """Return the field's name in the reader's language, with the language of its text if it has one
    of its own.
    """
    if field is not None:
        return str(capfirst(str(field.verbose_name)))
    for code, language in settings.LANGUAGES:
        for text, label in LABELS.items():
            if name == field_of(text, code):
                return str(label).format(language=language)
    return str(OF_NO_COLUMN.get(name, name))


def _choice(field: Any, value: str) -> str:
    choices = getattr(field, "flatchoices", ())
    return str({str(key): label for key, label in choices}.get(value, value))


def _sum(amount: int, currency: str, *, is_price: bool) -> str:
    if amount:
        return money.format_amount(amount, currency)
    return gettext("free") if is_price else gettext("nothing")


def _lengths(lengths: list[int] | None) -> str:
    """Say how long a text was and is, like "120 → 340 characters"."""
    if not lengths:
        return ""
    old, new = lengths
    text = ngettext("%(old)d → %(n)d character", "%(old)d → %(n)d characters", new)
    return text % {"old": old, "n": new}
