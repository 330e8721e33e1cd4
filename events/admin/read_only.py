"""Rows that only the site itself writes: pages and parts of pages that show them."""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from . import instants


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Show rows that only the site itself writes, and offer actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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
