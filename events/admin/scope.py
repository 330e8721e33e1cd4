"""Organizers see their own events and what belongs to them; superusers see everything."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from events.models import Event

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class StaffRequest(HttpRequest):
    """For the type checker: the admin lets nobody else in."""

    user: User


def own_events(request: HttpRequest) -> QuerySet[Event]:
    return Event.objects.organized_by(request.user)


class OwnEventsAdmin(ModelAdmin):
    """Narrows every list, form, action and search to the organizer's own events."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        q = super().get_queryset(request)
        return q if request.user.is_superuser else self.narrow(q, request)

    def narrow(self, q: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return q.filter(event__in=own_events(request))


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only the site itself writes: the admin shows them and offers actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
