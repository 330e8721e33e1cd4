"""Base classes of the pages about own events, and of those for superusers only.

Organizers see their own events and what belongs to them; superusers see everything.
"""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.db import IntegrityError
from django.db.models import Model, ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop

from events.models import Event

from .initial import MAX_ID_DIGITS
from .length import SAVE_AS_NEW
from .versioned_admin import VersionedAdmin

NUL = "\0"  # PostgreSQL cannot store it and raises an error for it
GONE = gettext_noop("It was deleted a moment ago. Please look again.")
IN_USE = gettext_noop("It was not deleted: somebody has begun to use it. Please look again.")


def own_events(request: HttpRequest) -> QuerySet[Event]:
    return Event.objects.organized_by(request.user)


def original_of(request: HttpRequest) -> Event | None:
    """Return the organizer's own event of which the form is saved as a new one."""
    match = request.resolver_match
    pk = match.kwargs.get("object_id", "") if match and SAVE_AS_NEW in request.POST else ""
    is_id = pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS
    return own_events(request).filter(pk=pk).first() if is_id else None


class OwnEventsAdmin(VersionedAdmin):
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
            return self.back_to_list(request, text)
        except ObjectDoesNotExist:
            return self.back_to_list(request, gettext(GONE))

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell somebody who deletes what another person has just deleted, or begun to use."""
        try:
            return super().delete_view(request, *args, **kwargs)
        except IntegrityError:
            return self.back_to_list(request, gettext(IN_USE))
        except ObjectDoesNotExist:
            return self.back_to_list(request, gettext(GONE))

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The same for actions on several rows."""
        try:
            return super().changelist_view(request, *args, **kwargs)
        except ProtectedError:
            return self.back_to_list(request, gettext(IN_USE))
        except ObjectDoesNotExist:
            return self.back_to_list(request, gettext(GONE))

    def back_to_list(self, request: HttpRequest, text: str) -> HttpResponse:
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


class SuperusersOnlyAdmin(OwnEventsAdmin):
    """Close the pages to everybody else, whatever permissions they have."""

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_active and request.user.is_superuser

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def narrow(self, q: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return q.none()
