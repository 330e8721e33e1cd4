"""Permissions as the pages of groups and users name them."""

from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.utils.translation import gettext_lazy as _

#: What Django allows with every model, by the beginning of the code.
ACTIONS = {
    "add": _("Can add"),
    "change": _("Can change"),
    "delete": _("Can delete"),
    "view": _("Can view"),
}


class PermissionsField(forms.ModelMultipleChoiceField[Permission]):
    def label_from_instance(self, obj: Permission) -> str:
        """Name the model as the site calls it: Django stores an English name, which says Neos."""
        kind = obj.content_type
        action, _, model = obj.codename.partition("_")
        if model != kind.model or action not in ACTIONS or kind.model_class() is None:
            return str(obj)
        return f"{kind.app_labeled_name} | {ACTIONS[action]}"


class PermissionsMixin:
    """Let an admin page label the permissions that it offers."""

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.related_model is Permission:
            kwargs["form_class"] = PermissionsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
