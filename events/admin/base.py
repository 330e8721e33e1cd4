"""Organizers see their own events and what belongs to them; superusers see everything."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from events.models import Event

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

NUL = "\0"  # PostgreSQL holds none, and says so with an error instead of finding nothing
LONGEST = 18  # digits that fit the column of an id; nothing that a filter offers is longer


def own_events(request: HttpRequest) -> QuerySet[Event]:
    return Event.objects.organized_by(request.user)


class OwnEventsAdmin(ModelAdmin):
    """Narrows every list, form, action and search to the organizer's own events."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        q = super().get_queryset(request)
        return q if request.user.is_superuser else self.narrow(q, request)

    def narrow(self, q: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return q.filter(event__in=own_events(request))

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Two people who save at the same moment: nothing is half saved, and the later one is told.

        The form has looked for twins before, so only somebody in between can make one.
        """
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            text = gettext("Nothing was saved: the same was saved a moment ago. Please look again.")
            self.message_user(request, text, messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only the filters on offer: the admin's own rule lets any field of the model be guessed
        letter by letter, a calendar token too.
        """
        name, _, kind = lookup.partition("__")
        is_offered = name in {_parameter(f) for f in self.get_list_filter(request)}
        is_plain = kind.rpartition("__")[2] in {"", "exact", "isnull", "isempty"}
        return (
            is_offered
            and is_plain
            and NUL not in value
            and len(value) <= LONGEST
            and super().lookup_allowed(lookup, value, request)
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_term.replace(NUL, ""))

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        """A selection holds ids; anything else would only fail inside the database."""
        for pk in request.POST.getlist(ACTION_CHECKBOX_NAME):
            if not (pk.isascii() and pk.isdigit() and len(pk) <= LONGEST):
                raise BadRequest("The selection holds something that is no id.")
        return super().response_action(request, queryset, *args)


def _parameter(spec: Any) -> str:
    """What an entry of `list_filter` is called in the address."""
    if isinstance(spec, str):
        return spec
    return str(spec[0]) if isinstance(spec, tuple) else str(spec.parameter_name)


class ReadOnlyAdmin(ModelAdmin):
    """Rows that only the site itself writes: the admin shows them and offers actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
