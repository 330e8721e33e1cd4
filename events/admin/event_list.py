"""The list of events: its columns and filters. Each row leads to the desk of its event."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.models import Event

from .shown import moment

if TYPE_CHECKING:
    from events.models.event_set import EventQuerySet

DESK = "admin:events_event_desk"


class WhenFilter(admin.SimpleListFilter):
    title = _("time")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        return [("coming", _("Coming or running")), ("over", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        q, now = cast("EventQuerySet", queryset), timezone.now()
        if self.value() == "coming":
            return q.ending_after(now)
        return q.ended_by(now) if self.value() == "over" else q


class EventList(ChangeList):
    """Lead from the list to each event's desk; the form is a tab of it."""

    def url_for_result(self, result: Model) -> str:
        return reverse(DESK, args=[result.pk])


class EventColumns(admin.ModelAdmin[Event]):
    list_display = ["title", "starts", "status", "listed", "occupied", "waiting", "money"]
    list_filter = [WhenFilter, "status", "listed", "neos_required"]
    search_fields = ["title", "slug", "summary"]
    ordering = ["-starts_at", "-pk"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return EventList

    @admin.display(description=_("starts"), ordering="starts_at")
    def starts(self, event: Event) -> str:
        return moment(event.starts_at, event.zone)

    @admin.display(description=_("places taken"), ordering="taken")
    def occupied(self, event: Event) -> SafeString:
        address = reverse("admin:events_registration_changelist")
        capacity = "∞" if event.capacity is None else event.capacity
        return format_html(
            '<a class="nowrap" href="{}?event__id__exact={}">{} / {}</a>',
            address,
            event.pk,
            event.taken,
            capacity,
        )

    @admin.display(description=_("money"))
    def money(self, event: Event) -> SafeString:
        address = reverse("admin:events_event_money", args=[event.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Money"))

    @admin.display(description=pgettext_lazy("people", "waiting"), ordering="waiting")
    def waiting(self, event: Event) -> SafeString:
        address = reverse("admin:events_fillingpass_changelist")
        number = event.waiting
        return format_html('<a href="{}?event__id__exact={}">{}</a>', address, event.pk, number)
