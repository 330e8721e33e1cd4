"""Events with their workshops and perks, as organizers edit them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo, available_timezones

from babel.numbers import is_currency
from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from events import facts, places
from events.models import Block, Event, PatronPerk, Workshop
from events.models.event import EventQuerySet

from .scope import OwnEventsAdmin

if TYPE_CHECKING:
    EventModelForm = forms.ModelForm[Event]
    WorkshopTabularInline = admin.StackedInline[Workshop, Event]
    PerkTabularInline = admin.TabularInline[PatronPerk, Event]
    BlockModelAdmin = admin.ModelAdmin[Block]
else:
    EventModelForm = forms.ModelForm
    WorkshopTabularInline = admin.StackedInline
    PerkTabularInline = admin.TabularInline
    BlockModelAdmin = admin.ModelAdmin


class EventForm(EventModelForm):
    def clean_currency(self) -> str:
        currency: str = self.cleaned_data["currency"].upper()
        if not is_currency(currency):
            raise ValidationError(_("This is not an ISO 4217 currency code, like EUR or JPY."))
        return currency

    def clean(self) -> dict[str, Any]:
        """Show what a price or a patron gate means anyway: a verified Neos account."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("price") or cleaned.get("patron_cents"):
            cleaned["neos_required"] = True
        return cleaned


class WorkshopInline(WorkshopTabularInline):
    model = Workshop
    extra = 0
    prepopulated_fields = {"slug": ["title"]}
    fields = [
        ("title", "slug"),
        "summary",
        ("starts_at", "ends_at"),
        ("capacity", "has_waitlist", "price"),
    ]


class PerkInline(PerkTabularInline):
    model = PatronPerk
    extra = 0


@admin.register(Event)
class EventAdmin(OwnEventsAdmin):
    form = EventForm
    inlines = [WorkshopInline, PerkInline]
    list_display = ["title", "starts", "status", "listed", "places", "waiting"]
    list_filter = ["status", "listed", "neos_required", "starts_at"]
    search_fields = ["title", "slug", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["organizers"]
    date_hierarchy = "starts_at"
    save_on_top = True
    fieldsets = [
        (None, {"fields": [("title", "slug"), "summary", "description", ("status", "listed")]}),
        (
            _("Time"),
            {
                "fields": ["time_zone", ("starts_at", "ends_at"), ("opens_at", "closes_at")],
                "description": _("All times on this page are in the event's time zone."),
            },
        ),
        (_("Places"), {"fields": [("capacity", "has_waitlist")]}),
        (
            _("Who may come, and for how much"),
            {
                "fields": [
                    ("neos_required", "patron_cents"),
                    ("price", "currency"),
                    "payment_instructions",
                ]
            },
        ),
        (_("In the world"), {"fields": [("session_url", "session_opens_minutes")]}),
        (_("People"), {"fields": ["organizers"]}),
    ]

    def narrow(self, q: QuerySet[Event], request: HttpRequest) -> QuerySet[Event]:
        return q.filter(organizers=request.user.pk)

    def get_queryset(self, request: HttpRequest) -> EventQuerySet:
        q = cast("EventQuerySet", super().get_queryset(request))
        return facts.with_occupancy(q, timezone.now())

    def get_fieldsets(self, request: HttpRequest, obj: Event | None = None) -> Any:
        """Who organizes an event is for superusers to say: it decides who sees it."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser else fieldsets[:-1]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Times are typed and shown in the event's own zone, so nobody has to convert."""
        object_id = args[0] if args else kwargs.get("object_id")
        with _event_zone(request, self._zone_of(request, object_id)):
            response: HttpResponse = super().changeform_view(request, *args, **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
        return response

    def _zone_of(self, request: HttpRequest, object_id: str | None) -> str:
        event = self.get_object(request, object_id) if object_id else None
        return str(event.time_zone) if event else "UTC"

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Whoever makes an event organizes it; added places go to the waitlist at once."""
        super().save_related(request, form, formsets, change)
        if not change:
            form.instance.organizers.add(request.user)
        places.fill(event=form.instance)

    @admin.display(description=_("starts"), ordering="starts_at")
    def starts(self, event: Event) -> str:
        local = event.starts_at.astimezone(event.zone)
        return f"{date_format(local, 'j M Y, H:i')} {event.zone}"

    @admin.display(description=_("places taken"), ordering="taken")
    def places(self, event: Event) -> str:
        return f"{event.taken} / {'∞' if event.capacity is None else event.capacity}"

    @admin.display(description=_("waiting"), ordering="waiting")
    def waiting(self, event: Event) -> int:
        return event.waiting


@contextmanager
def _event_zone(request: HttpRequest, stored: str) -> Iterator[None]:
    """The zone that the form is in: the one just chosen in it, else the stored one."""
    chosen = request.POST.get("time_zone", stored)
    with timezone.override(ZoneInfo(chosen if chosen in available_timezones() else stored)):
        yield


@admin.register(Block)
class BlockAdmin(BlockModelAdmin):
    list_display = ["neos_id", "event", "reason", "created_at"]
    list_select_related = ["event"]
    search_fields = ["neos_id", "reason"]
    autocomplete_fields = ["event"]

    def save_model(self, request: HttpRequest, obj: Block, form: Any, change: Any) -> None:
        if not change:
            obj.created_by_id = request.user.pk
        super().save_model(request, obj, form, change)
