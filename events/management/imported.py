"""Make drafts of the rows of a file, by the form with which organizers make one in the admin.

An import is all or nothing: all rows are judged first, and saved in one transaction if all are
right.
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
from events.admin.translations import OF_EVENT, Languages, field_of, languages_of
from events.admin.versions import VERSION
from events.formatting import zones
from events.formatting.addresses import address_of, numbered, start_of
from events.models import Event, Host
from events.places import event_edits
from events.places.former_addresses import AddressTaken, addresses_like, refuse_former

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


@dataclass(frozen=True, slots=True)
class Draft:
    """A row that the form accepts: an event that is not saved, and what is saved behind it."""

    line: int
    event: Event
    hosts: list[Host]
    has_address: bool  # which was written in the row, and not made from the title


@dataclass(frozen=True, slots=True)
class Blank:
    """A form of the admin, its fields, and what it would send if nobody typed anything."""

    made: type[forms.ModelForm[Any]]
    fields: dict[str, forms.Field]
    cells: list[tuple[str, list[str]]]


@dataclass
class Import:
    """`zone` is that of rows without one. Without an organizer, only superusers see the drafts."""

    organizer: User | None
    zone: str | None
    faults: list[Fault] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    addresses: dict[str, int] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    blanks: dict[Languages, Blank] = field(default_factory=dict)

    def run(self, rows: Iterable[Row], *, is_tried: bool) -> None:
        """Judge all rows, which takes long, then save them in one short transaction."""
        for row in rows:
            self._judge(row)
        if not self.faults:
            self._save_all(is_tried=is_tried)

    def _judge(self, row: Row) -> None:
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
                self.drafts.append(_draft_of(row, form))
        self.faults += found

    # --- Saving ---

    def _save_all(self, *, is_tried: bool) -> None:
        try:
            with transaction.atomic():
                for draft in self.drafts:
                    self._save(draft)
                transaction.set_rollback(is_tried)
        except (AddressTaken, IntegrityError) as error:
            text = "Somebody saved the same a moment ago. Nothing was imported; please try again."
            raise CommandError(text) from error

    def _save(self, draft: Draft) -> None:
        event = draft.event
        if draft.has_address:
            refuse_former(event.slug, event_pk=None)
        else:
            event.slug = self._free_address(event)
        event.save()
        event.hosts.set(draft.hosts)
        if self.organizer is not None:
            event.organizers.add(self.organizer)
            _log(event, self.organizer)
        event_edits.follow_up_new(event)

    def _free_address(self, event: Event) -> str:
        """Make the address again: rows before this one may have the one that the form has made."""
        base = address_of(event.title, otherwise=event.kind)
        return numbered(base, addresses_like(start_of(base), event_pk=None) | {*self.addresses})

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
        blank = self._blank(posted)
        for name, cells in blank.cells:
            posted.setlist(name, cells)
        for name, value in values.items():
            try:
                for key, cells in cells_of(blank.fields.get(name), name, value):
                    posted.setlist(key, cells)
            except Wrong as error:
                wrong[name] = str(error)
        posted["status"] = Event.Status.DRAFT
        return blank.made(posted), wrong

    def _blank(self, posted: QueryDict) -> Blank:
        """Return what an empty form of these languages would send; to make one takes a while."""
        request = request_of(self.organizer or NOBODY, posted)
        languages = languages_of(request, None)
        if languages not in self.blanks:
            made = form_class(request)
            form = made()
            self.blanks[languages] = Blank(made, form.fields, list(_blank_cells(form)))
        return self.blanks[languages]


def _draft_of(row: Row, form: forms.ModelForm[Any]) -> Draft:
    event: Event = form.save(commit=False)
    hosts = list(form.cleaned_data.get("hosts") or ())
    return Draft(row.line, event, hosts, has_address=bool(row.values.get("slug")))


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
