"""Groups of permissions, for superusers only."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest

from events.formatting.fields import LineField

from .base import SuperusersOnlyAdmin
from .permission_field import PermissionsMixin

admin.site.unregister(Group)


class GroupForm(forms.ModelForm[Group]):
    class Meta:
        field_classes: ClassVar = {"name": LineField}


@admin.register(Group)
class GroupAdmin(PermissionsMixin, SuperusersOnlyAdmin, StockGroupAdmin):
    form = GroupForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def narrow(self, q: QuerySet[Group], request: HttpRequest) -> QuerySet[Group]:
        """Narrow nothing: permissions close the pages, also those of groups that do not exist."""
        return q
