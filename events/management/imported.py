"""Make drafts of the rows of a file, by the form with which organizers make one in the admin.

An import is all or nothing: rows are saved one after the other in one transaction, so that each is
checked against those before it, and all of it is undone if one is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext

from events.admin.event import EventAdmin
from events.admin.translations import OF_EVENT, field_of
from events.admin.versions import VERSION
from events.formatting import zones
from events.models import Event
from events.places import event_edits

from .import_cells import Wrong, cells_of
from .import_file import Row, Values

ZONE = "time_zone"
#: An import makes drafts; organizers are chosen by an option.
NOT_IMPORTED = frozenset({"status", "organizers", VERSION})
NOBODY = User(is_superuser=True, is_staff=True, is_active=True)
MAX_TEXT = 300  # characters of an error


@dataclass(frozen=True, slots=True)
class Fault:
    """`column` is None if the row as a whole is wrong."""

    line: int
    column: str | None
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}" + (f", {self.column}" if self.column else "")
        return f"{where}: {self.text}"


@dataclass
class Import:
    """`zone` is that of rows without one. Without an organizer, only superusers see the drafts."""

    organizer: User | None
    zone: str | None
    faults: list[Fault] = field(default_factory=list)
    made: list[tuple[int, Event]] = field(default_factory=list)
    addresses: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)

    def run(self, rows: Iterable[Row], *, is_tried: bool) -> None:
        with transaction.atomic():
            for row in rows:
                self._take(row)
            transaction.set_rollback(is_tried or bool(self.faults))

    def _take(self, row: Row) -> None:
        found = list(self._unknown(row)) + list(self._repeated(row))
        zone = self._zone_of(row)
        if zone is None:
            text = "Write the time zone of the times, like Europe/Berlin; or give --zone."
            found.append(Fault(row.line, ZONE, text))
        values = {name: value for name, value in row.values.items() if name in self.columns}
        with timezone.override(zone or "UTC"):
            form, wrong = self._form(values | {ZONE: zone or "UTC"})
            found += [Fault(row.line, name, text) for name, text in wrong.items()]
            found += [fault for fault in faults_of(form, row.line) if fault.column not in wrong]
            if not found:
                found += self._save(row.line, form)
        self.faults += found

    # --- What a row may say ---

    @cached_property
    def columns(self) -> frozenset[str]:
        return columns_of(self.organizer or NOBODY)

    def _unknown(self, row: Row) -> Iterator[Fault]:
        for name in row.values:
            if name == "status" and row.values[name] in ("draft", "", None):
                continue
            if name == "status":
                yield Fault(row.line, name, "Only drafts are imported. Publish them in the admin.")
            elif name not in self.columns | self.unknown:
                self.unknown.add(name)  # a column is said once, not with every row
                known = ", ".join(sorted(self.columns))
                yield Fault(row.line, name[:40], f"There is no such column. There are: {known}.")

    def _repeated(self, row: Row) -> Iterator[Fault]:
        slug = row.values.get("slug")
        if isinstance(slug, str) and slug:
            first = self.addresses.setdefault(slug, row.line)
            if first != row.line:
                yield Fault(row.line, "slug", f"Line {first} has this address, too.")

    def _zone_of(self, row: Row) -> str | None:
        typed = row.values.get(ZONE) or self.zone
        return zones.named(typed) or None if isinstance(typed, str) else None

    # --- The form ---

    def _form(self, values: Values) -> tuple[forms.ModelForm[Any], dict[str, str]]:
        """Return the form of the admin, filled like an empty one but for what the row says."""
        posted, wrong = QueryDict(mutable=True), dict[str, str]()
        posted["written_in"] = str(values.get("written_in") or settings.LANGUAGE_CODE)
        made = form_class(request_of(self.organizer or NOBODY, posted))
        blank = made()
        for name, cells in _blank_cells(blank):
            posted.setlist(name, cells)
        for name, value in values.items():
            try:
                for key, cells in cells_of(blank.fields.get(name), name, value):
                    posted.setlist(key, cells)
            except Wrong as error:
                wrong[name] = str(error)
        posted["status"] = Event.Status.DRAFT
        return made(posted), wrong

    def _save(self, line: int, form: forms.ModelForm[Any]) -> list[Fault]:
        try:
            with transaction.atomic():
                event: Event = form.save()
                if self.organizer is not None:
                    event.organizers.add(self.organizer)
                    _log(event, self.organizer)
                event_edits.follow_up_new(event)
        except IntegrityError:
            text = "Somebody saved the same a moment ago. Try again."
            return [Fault(line, None, text)]
        self.made.append((line, event))
        return []


def columns_of(user: User) -> frozenset[str]:
    """Return the names of all columns that somebody may import."""
    names = form_class(request_of(user, QueryDict())).base_fields
    texts = {field_of(name, code) for name in OF_EVENT for code, _own in settings.LANGUAGES}
    return frozenset({*names, *texts}) - NOT_IMPORTED


def form_class(request: HttpRequest) -> type[forms.ModelForm[Any]]:
    made: type[forms.ModelForm[Any]] = _event_admin().get_form(request)
    return made


def _event_admin() -> EventAdmin:
    return cast("EventAdmin", admin.site.get_model_admin(Event))


def request_of(user: User, posted: QueryDict) -> HttpRequest:
    request = HttpRequest()
    request.method, request.user, request.POST = "POST", user, posted  # type: ignore[assignment]  # as Django's own tests do
    return request


def refuse_organizer(user: User | None) -> None:
    """Raise `CommandError` for somebody who may not make events in the admin either."""
    if user and not _event_admin().has_add_permission(request_of(user, QueryDict())):
        raise CommandError(f"{user.get_username()} may not make events.")


def faults_of(form: forms.ModelForm[Any], line: int) -> Iterator[Fault]:
    for name, errors in form.errors.items():
        for text in errors:
            column = None if name == NON_FIELD_ERRORS else name
            yield Fault(line, column, str(text)[:MAX_TEXT])


def _blank_cells(form: forms.ModelForm[Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield what an empty form of the admin would send."""
    for name, each in form.fields.items():
        value = form[name].value()
        if isinstance(each, forms.BooleanField):
            yield name, ["on"] if value else []
        elif value not in (None, "") and not isinstance(value, list):
            yield name, [str(value)]


def _log(event: Event, user: User) -> None:
    text = gettext("Imported from a file.")
    LogEntry.objects.log_actions(user.pk, [event], ADDITION, text, single_object=True)
