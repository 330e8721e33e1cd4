"""Pages that refuse what somebody else has changed since they were loaded."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext

from . import history, history_words, instants, versions
from .deleted import without_counts_of_links, without_links
from .initial import RowsField, clean_initial


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

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
    ) -> list[dict[str, Any]]:
        return history.message_of(form, formsets, add=add)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Hand the template the entries of its page in words."""
        response: HttpResponse = super().history_view(request, object_id, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            context = response.context_data
            zone = self.zone_of_history(context["object"])
            entries = context["action_list"].object_list
            context["lines"] = history_words.lines_of(entries, self.model, zone)
        return response

    def zone_of_history(self, row: Any) -> ZoneInfo:
        return ZoneInfo(timezone.get_current_timezone_name())

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Keep what has changed since the page that asks was made: nobody has agreed to that.

        The version is made of all rows, also of those that are not shown.
        """
        listed, counts, lacking, protected = super().get_deleted_objects(objs, request)
        version = versions.fingerprint_of(listed, [versions.stored_values(row) for row in objs])
        request.deletion_version = version  # type: ignore[attr-defined]  # for the templates
        if "post" in request.POST and request.POST.get(versions.VERSION) != version:
            text = gettext("This has changed while you had the page open. Please look again.")
            protected = [*protected, text]
        return without_links(listed), without_counts_of_links(counts), lacking, protected


def with_version(fieldsets: Any) -> list[Any]:
    """Return the fieldsets with the hidden field in the first of them."""
    (title, options), *others = fieldsets
    return [(title, {**options, "fields": [*options["fields"], versions.VERSION]}), *others]
