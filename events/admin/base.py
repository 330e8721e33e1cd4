"""Base classes of the pages: versions, own events only, read only, times in the event's zone.

Organizers see their own events and what belongs to them; superusers see everything.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from events.models import Event

from . import instants, versions
from .initial import MAX_ID_DIGITS, RowsField, clean_initial

UTC = ZoneInfo("UTC")
NUL = "\0"  # PostgreSQL cannot store it and raises an error for it
GONE = gettext_noop("It was deleted a moment ago. Please look again.")
IN_USE = gettext_noop("It was not deleted: somebody has begun to use it. Please look again.")


def own_events(request: HttpRequest) -> QuerySet[Event]:
    return Event.objects.organized_by(request.user)


class VersionedAdmin(admin.ModelAdmin[Any]):
    """Refuse to save or delete what somebody else has changed since the page was loaded."""

    delete_confirmation_template = "admin/events/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/events/delete_selected_confirmation.html"

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
        **kwargs: Any,
    ) -> Any:
        if change:
            kwargs["form"] = versions.versioned(kwargs.get("form", self.form))
        return super().get_form(request, obj, change=change, **kwargs)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return instants.in_words(self.model, super().get_list_display(request))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return instants.in_words(self.model, super().get_readonly_fields(request, obj))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        may_change = self.has_change_permission(request, obj)
        names = (
            self.get_readonly_fields(request, obj) if may_change else flatten_fieldsets(fieldsets)
        )
        shown = instants.in_words(self.model, names)
        fieldsets = instants.fieldsets_in_words(self.model, fieldsets, shown)
        return with_version(fieldsets) if may_change and obj is not None else fieldsets

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", RowsField)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        if not request.GET:
            return {}
        form = self.get_form(request, fields=flatten_fieldsets(self.get_fieldsets(request)))
        return clean_initial(form(), request.GET.dict())

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Lock the row that is about to be written, and read it again: the form writes all of it,
        which must not undo what was written a moment ago.
        """
        row = super().get_object(request, *args, **kwargs)
        if row is None or request.method != "POST" or not self._may_write(request, row):
            return row
        try:
            with transaction.atomic():
                self.lock(row)
                return super().get_object(request, *args, **kwargs)
        except ObjectDoesNotExist:
            return None

    def _may_write(self, request: HttpRequest, row: Model) -> bool:
        may_change = self.has_change_permission(request, row)
        return may_change or self.has_delete_permission(request, row)

    def lock(self, row: Any) -> None:
        """Lock until the transaction ends. Raise `ObjectDoesNotExist` if the row is gone."""
        type(row).objects.select_for_update(no_key=True).get(pk=row.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Keep what has changed since the page that asks was made: nobody has agreed to that."""
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        version = versions.fingerprint_of(listed, [versions.stored_values(row) for row in objs])
        request.deletion_version = version  # type: ignore[attr-defined]  # for the templates
        if "post" in request.POST and request.POST.get(versions.VERSION) != version:
            text = gettext("This has changed while you had the page open. Please look again.")
            protected = [*protected, text]
        return listed, counts, lacking, protected


def with_version(fieldsets: Any) -> list[Any]:
    """Return the fieldsets with the hidden field in the first of them."""
    (title, options), *others = fieldsets
    return [(title, {**options, "fields": [*options["fields"], versions.VERSION]}), *others]


class OwnEventsAdmin(VersionedAdmin):
    """Narrow every list, form, action and search to the organizer's own events."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        q = super().get_queryset(request)
        return q if request.user.is_superuser else self.narrow(q, request)

    def narrow(self, q: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return q.filter(event__in=own_events(request))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell the later one of two people who save the same at the same moment.

        The form looks for duplicates, so a constraint fails only if somebody saved in between. The
        transaction is rolled back by then: nothing is half saved.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            text = gettext(
                "Nothing was saved: somebody saved the same a moment ago. Please look again."
            )
            return self.back_to_list(request, text)
        except ObjectDoesNotExist:
            return self.back_to_list(request, gettext(GONE))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell somebody who deletes what another person has just deleted, or begun to use."""
        try:
            return super().delete_view(request, *args, **kwargs)
        except IntegrityError:
            return self.back_to_list(request, gettext(IN_USE))
        except ObjectDoesNotExist:
            return self.back_to_list(request, gettext(GONE))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same for actions on several rows."""
        try:
            return super().changelist_view(request, *args, **kwargs)
        except ProtectedError:
            return self.back_to_list(request, gettext(IN_USE))
        except ObjectDoesNotExist:
            return self.back_to_list(request, gettext(GONE))

    def back_to_list(self, request: HttpRequest, text: str) -> HttpResponse:
        self.message_user(request, text, messages.ERROR)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow only the filters on offer.

        Django would allow any field of the model, so that staff could find out a secret, like a
        calendar token, letter by letter.
        """
        name, _sep, kind = lookup.partition("__")
        is_offered = name in {_parameter(f) for f in self.get_list_filter(request)}
        is_plain = kind.rpartition("__")[2] in {"", "exact", "isnull", "isempty"}
        return (
            is_offered
            and is_plain
            and NUL not in value
            and len(value) <= MAX_ID_DIGITS
            and super().lookup_allowed(lookup, value, request)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_term.replace(NUL, ""))

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        """Refuse a selection that is not made of ids, before it causes a database error."""
        for pk in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not (pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS):
                raise BadRequest("The selection contains something that is not an id.")
        return super().response_action(request, queryset, *args)


def _parameter(spec: Any) -> str:
    """Return the name that an entry of `list_filter` has in the address."""
    if isinstance(spec, str):
        return spec
    return str(spec[0]) if isinstance(spec, tuple) else str(spec.parameter_name)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Show rows that only the site itself writes, and offer actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class SuperusersOnlyAdmin(OwnEventsAdmin):
    """Close the pages to everybody else, whatever permissions they have."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def narrow(self, q: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return q.none()


class ReadOnlyInline(admin.TabularInline[Any, Any]):
    """Show rows that only the site itself writes on the page of another row."""

    template = "admin/events/_rows.html"
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return instants.in_words(self.model, super().get_readonly_fields(request, obj))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return instants.in_words(self.model, super().get_fields(request, obj))


class InZoneAdmin(admin.ModelAdmin[Any]):
    """Show the page of one object in the zone of its event, and read typed times in that zone."""

    def zone_of(self, request: HttpRequest, object_id: str | None) -> ZoneInfo:
        row = self.get_object(request, object_id) if object_id else None
        return self.event_of(row).zone if row else UTC

    def event_of(self, row: Any) -> Event:
        event: Event = row.event
        return event

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Render inside of the zone: a response that renders itself later would be in UTC."""
        with timezone.override(self.zone_of(request, object_id)):
            response: HttpResponse = super().changeform_view(
                request, object_id, form_url, extra_context
            )
            if isinstance(response, TemplateResponse):
                response.render()
        return response


class StateFilter(admin.SimpleListFilter):
    """Filter a list by named conditions. Subclasses set `states`: name -> (label, condition).

    A condition that depends on the time is a function.
    """

    title = _("state")
    parameter_name = "state"
    states: ClassVar[dict[str, tuple[Any, Q | Callable[[], Q]]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in self.states.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        state = self.states.get(self.value() or "")
        if state is None:
            return queryset
        condition = state[1]
        return queryset.filter(condition() if callable(condition) else condition)
