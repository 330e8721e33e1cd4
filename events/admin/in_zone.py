"""Pages in the time zone of an event."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from events.models import Event

from .versioned_admin import VersionedAdmin

UTC = ZoneInfo("UTC")


class InZoneAdmin(VersionedAdmin):
    """Show the page of one object in the zone of its event, and read typed times in that zone."""

    def zone_of(self, request: HttpRequest, object_id: str | None) -> ZoneInfo:
        row = self.get_object(request, object_id) if object_id else None
        return self.event_of(row).zone if row else UTC

    def event_of(self, row: Any) -> Event:
        event: Event = row.event
        return event

    def zone_of_history(self, row: Any) -> ZoneInfo:
        return self.event_of(row).zone

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
