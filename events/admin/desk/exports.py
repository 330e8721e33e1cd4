"""The page of lists: choose columns, which are remembered, and download a file."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events.desk.tables import TABLES, Column, Table
from events.models import Event, ExportColumns

from . import files

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@require_http_methods(["GET", "HEAD", "POST"])
def exports_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponseBase:
    if request.method == "POST":
        return _download(request, event)
    remembered = dict(
        ExportColumns.objects.filter(user=request.user.pk).values_list("kind", "columns")
    )
    tables = [
        (
            table,
            [
                (column, _is_ticked(column, remembered.get(table.kind)))
                for column in table.columns_of(event)
            ],
        )
        for table in TABLES.values()
        if request.user.has_perm(table.needs)
    ]
    context = frame | {"title": _("Lists"), "tables": tables}
    return TemplateResponse(request, "admin/events/event/exports.html", context)


def _is_ticked(column: Column, chosen: list[str] | None) -> bool:
    return chosen is None or column.name in chosen or not column.is_remembered


def _download(request: HttpRequest, event: Event) -> HttpResponseBase:
    table, form = _asked(request)
    columns = table.chosen(event, request.POST.getlist("columns"))
    if not columns:
        messages.error(request, gettext("Nothing was ticked. Tick at least one column."))
        return redirect("admin:events_event_exports", event.pk)
    _remember(
        cast("User", request.user), table, [each.name for each in columns if each.is_remembered]
    )
    return files.download(table, event, columns, form)


def _asked(request: HttpRequest) -> tuple[Table, str]:
    table, form = TABLES.get(request.POST.get("list", "")), request.POST.get("form", "")
    if table is None or form not in {files.CSV, files.XLSX}:
        raise Http404
    if not request.user.has_perm(table.needs):
        raise PermissionDenied
    return table, form


def _remember(user: "User", table: Table, names: list[str]) -> None:
    ExportColumns.objects.update_or_create(user=user, kind=table.kind, defaults={"columns": names})
