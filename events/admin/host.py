"""Hosts, as their members edit them; superusers make them and choose who is a member."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.formatting.fields import LineField, LinesField
from events.formatting.markdown import is_too_long_a_page
from events.models import Event, Host

from .base import OwnEventsAdmin, original_of
from .error_words import OF_ADDRESS
from .markdown_field import ALLOWED, MarkdownWidget


def hosts_for(request: HttpRequest, event: Event | None) -> QuerySet[Host]:
    """Return hosts that somebody may write on an event: their own, and those already on it."""
    if request.user.is_superuser:
        return Host.objects.all()
    theirs = Q(pk__in=Host.objects.filter(members=request.user.pk).values("pk"))
    if event is not None:
        theirs |= Q(pk__in=event.hosts.values("pk"))
    return Host.objects.filter(theirs)


class OwnHostsAdmin(admin.ModelAdmin[Any]):
    """Offer on the form of an event only the hosts that somebody may write on it."""

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
        **kwargs: Any,
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "hosts" in form.base_fields:  # people may be allowed to look only
            field: Any = form.base_fields["hosts"]
            field.queryset = hosts_for(request, obj or original_of(request))
            if not request.user.is_superuser:
                field.help_text = _(
                    "Hosts of which you are a member, and hosts that the event has already."
                )
        return form


class HostForm(forms.ModelForm[Host]):
    class Meta:
        field_classes: ClassVar = {"name": LineField, "about": LinesField}
        widgets: ClassVar = {"about": MarkdownWidget}
        help_texts: ClassVar = {"about": ALLOWED}
        error_messages: ClassVar = {"slug": OF_ADDRESS}

    def clean_about(self) -> str:
        about: str = self.cleaned_data["about"]
        if is_too_long_a_page(about):
            raise ValidationError(_("The page would become too long. Use smaller tables."))
        return about


@admin.register(Host)
class HostAdmin(OwnEventsAdmin):
    form = HostForm
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    filter_horizontal = ["members"]

    def narrow(self, q: QuerySet[Host], request: HttpRequest) -> QuerySet[Host]:
        return q.filter(members=request.user.pk)

    def get_fields(self, request: HttpRequest, obj: Host | None = None) -> list[Any]:
        """Let only superusers choose the members: those may write this name on their events."""
        names: list[Any] = ["name", "slug", "about"]
        return [*names, "members"] if request.user.is_superuser else names

    def get_readonly_fields(self, request: HttpRequest, obj: Host | None = None) -> list[Any]:
        """Leave the address to superusers too: links to the former one would break."""
        names = super().get_readonly_fields(request, obj)
        return names if request.user.is_superuser else [*names, "slug"]

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Host | None = None
    ) -> dict[str, Any]:
        return {"slug": ["name"]} if request.user.is_superuser and obj is None else {}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = User.objects.filter(is_staff=True).order_by("username")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def view_on_site(self, obj: Host) -> str:
        return obj.get_absolute_url()
