"""Events with their workshops and perks, as organizers edit them."""

from typing import Any, cast
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events import places
from events.formatting import zones
from events.models import Event
from events.models.event_set import EventQuerySet
from events.places import event_edits
from events.series.drafts import lock_led_by

from . import layout, signed_up
from .base import OwnEventsAdmin
from .desk.pages import EventPages
from .desk.tabs import PAGES
from .event_forms import EventForm
from .event_list import EventColumns
from .event_parts import FORMFIELDS, PerkInline, QuestionInline, WorkshopInline
from .event_saves import EventSaves
from .host import OwnHostsAdmin
from .in_zone import InZoneAdmin
from .instants import in_words
from .length import LengthShown
from .new_zone import new_zone, say_origin
from .shown import NOTHING
from .translations import OF_EVENT, fieldsets_of, languages_of, translated


@admin.register(Event)
class EventAdmin(
    EventSaves, EventColumns, EventPages, LengthShown, OwnHostsAdmin, OwnEventsAdmin, InZoneAdmin
):
    pages = PAGES
    form = EventForm
    formfield_overrides = FORMFIELDS
    inlines = [WorkshopInline, PerkInline, QuestionInline]
    readonly_fields = ["occupied", "waiting", "drawn_at", "commitment"]
    filter_horizontal = ["organizers"]
    save_as = True
    fieldsets = layout.OF_EVENT

    def narrow(self, q: QuerySet[Event], request: HttpRequest) -> QuerySet[Event]:
        return q.filter(organizers=request.user.pk)

    def get_queryset(self, request: HttpRequest) -> EventQuerySet:
        q = cast("EventQuerySet", super().get_queryset(request))
        return q.with_occupancy(timezone.now())

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """Let only superusers choose the organizers, because those may see the event.

        Texts in further languages stand below the main ones, for people who may write them.
        """
        parts = super().get_fieldsets(request, obj)
        if obj is None:
            parts = layout.without(parts, layout.LATER)
        if obj is None or self.has_change_permission(request, obj):
            texts = fieldsets_of(OF_EVENT, languages_of(request, obj))
            parts = layout.put_behind(parts, layout.LANGUAGES, texts)
        if not request.user.is_superuser:
            parts = [(title, options) for title, options in parts if title != layout.PEOPLE]
        return parts

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - as Django calls it
        **kwargs: Any,
    ) -> Any:
        base = translated(EventForm, OF_EVENT, languages_of(request, obj))
        form = super().get_form(request, obj, change=change, **{"form": base} | kwargs)
        if obj is None and request.method != "POST" and "time_zone" not in request.GET:
            say_origin(form, new_zone(request))
        return form

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only staff as organizers: nobody else gets into the admin."""
        if db_field.name == "organizers":
            kwargs["queryset"] = User.objects.filter(is_staff=True).order_by("username")
        if db_field.name == "hosts":
            kwargs["widget"] = CheckboxSelectMultiple()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        own = {"time_zone": new_zone(request).zone, "written_in": get_language()}
        return own | super().get_changeform_initial_data(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Event | None = None) -> list[Any]:
        """Lock the time of a draw that was held."""
        names = super().get_readonly_fields(request, obj)
        is_drawn = obj is not None and obj.drawn_at is not None
        return in_words(Event, [*names, "draw_at"]) if is_drawn else names

    def lock(self, row: Event) -> None:
        """Take the one lock of the event: a draw must not be undone, nobody sign up meanwhile."""
        lock_led_by([row])
        with places.locked_event(row.pk):
            pass

    def has_delete_permission(self, request: HttpRequest, obj: Event | None = None) -> bool:
        """Let organizers delete a draft for which nobody ever signed up, from its own form."""
        if not super().has_delete_permission(request, obj):
            return False
        return request.user.is_superuser or (obj is not None and event_edits.is_empty_draft(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Say how many people signed up, instead of listing all that they have."""
        kept = []
        for event in objs:
            try:
                event_edits.refuse_deletion(event)
            except event_edits.PeopleSignedUp as found:
                kept.append(signed_up.not_deleted(event, found.registrations))
        return ([], {}, set(), kept) if kept else super().get_deleted_objects(objs, request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> None:
        """Delete under the events' locks, so that nobody signs up meanwhile."""
        with transaction.atomic():
            rows = list(queryset.order_by("pk"))
            lock_led_by(rows)
            for event in rows:
                self.lock(event)
            super().delete_queryset(request, Event.objects.filter(pk__in=queryset.values("pk")))

    def zone_of(self, request: HttpRequest, object_id: str | None) -> ZoneInfo:
        """Return the zone just chosen in the form, else the event's, else the organizer's own."""
        name = request.POST.get("time_zone")
        if name in zones.offered():
            return ZoneInfo(name)
        return super().zone_of(request, object_id) if object_id else new_zone(request).zone

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        event = self.get_object(request, object_id)
        tabs = self.frame(request, event, "events_event_history") if event else {}
        return super().history_view(request, object_id, {**tabs, **(extra_context or {})})

    def view_on_site(self, obj: Event) -> str:
        return obj.get_absolute_url()

    @admin.display(description=_("SHA-256 of the draw's seed"))
    def commitment(self, event: Event) -> str:
        """Show the hash that is public. The seed itself is a secret until the draw, here too."""
        return event.draw_commitment if event.pk else NOTHING
