"""Base classes of the pages: own events only, read only, times in the event's zone, states.

Organizers see their own events and what belongs to them; superusers see everything.
"""

from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Event

UTC = ZoneInfo("UTC")
NUL = "\0"  # PostgreSQL cannot store it and raises an error for it
MAX_ID_DIGITS = 18  # these fit the column of an id; no filter offers a longer value


def own_events(request: HttpRequest) -> QuerySet[Event]:
    return Event.objects.organized_by(request.user)


class OwnEventsAdmin(admin.ModelAdmin[Any]):
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

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


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
