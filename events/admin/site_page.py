"""The pages behind the links of the footer: imprint, privacy, terms, rules of conduct."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from events.formatting.fields import LinesField
from events.formatting.markdown import is_too_long_a_page
from events.http import site_pages
from events.models import SitePage

from .base import SuperusersOnlyAdmin
from .markdown_field import ALLOWED, MarkdownWidget

FORMAT = format_lazy(
    "{allowed} {where}",
    allowed=ALLOWED,
    where=_("The footer of every page links to it within a minute."),
)


class SitePageForm(forms.ModelForm[SitePage]):
    class Meta:
        field_classes: ClassVar = {"text": LinesField}
        widgets: ClassVar = {"text": MarkdownWidget}
        help_texts: ClassVar = {"text": FORMAT}

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if is_too_long_a_page(text):
            raise ValidationError(_("The page would become too long. Use smaller tables."))
        return text


@admin.register(SitePage)
class SitePageAdmin(SuperusersOnlyAdmin):
    form = SitePageForm
    list_display = ["name", "changed_at"]
    fields = ["name", "text"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def view_on_site(self, obj: SitePage) -> str:
        return obj.get_absolute_url()

    def save_model(self, request: HttpRequest, obj: SitePage, form: Any, change: Any) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(site_pages.forget)

    def delete_model(self, request: HttpRequest, obj: SitePage) -> None:
        super().delete_model(request, obj)
        transaction.on_commit(site_pages.forget)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SitePage]) -> None:
        super().delete_queryset(request, queryset)
        transaction.on_commit(site_pages.forget)
