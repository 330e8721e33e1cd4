"""A filter of lists by named conditions."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


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
