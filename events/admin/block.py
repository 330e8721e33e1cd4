"""People who may not come: for superusers, organizers have no permission here."""

from django.contrib import admin
from django.http import HttpRequest

from events.models import Block

from .scope import OwnEventsAdmin


@admin.register(Block)
class BlockAdmin(OwnEventsAdmin):
    list_display = ["neos_id", "event", "reason", "created_at"]
    list_select_related = ["event"]
    search_fields = ["neos_id", "reason"]
    autocomplete_fields = ["event"]

    def save_model(self, request: HttpRequest, obj: Block, form: object, change: object) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
