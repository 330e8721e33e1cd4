"""Registrations as organizers see them. Every change goes through `places` or `payments`."""

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.access import facts, rules
from events.formatting import money
from events.models import Attendee, Bookable, Payment, Registration
from events.models.registration import RegistrationQuerySet

from . import shown
from .actions import RegistrationActions
from .base import OwnEventsAdmin, ReadOnlyAdmin

if TYPE_CHECKING:
    PaymentTabularInline = admin.TabularInline[Payment, Registration]
else:
    PaymentTabularInline = admin.TabularInline

BREAK = SafeString("<br>")


def in_the_way(now: facts.Facts, bookable: Bookable) -> list[str]:
    """Why somebody who waits does not move up at this instant, in the words that they are told."""
    found = rules.refusals_of_waiting(now, bookable)
    lines = [f"{refusal.sentence} ({refusal.code})" for refusal in found]
    if now.is_draw_ahead(bookable):
        when = shown.moment(now.event.draw_at, now.event.zone)
        return [gettext("The draw comes first: %(when)s.") % {"when": when}, *lines]
    return lines if now.has_free_place(bookable) else [gettext("No place is free."), *lines]


def price_or_free(amount: int, currency: str) -> str:
    return money.format_amount(amount, currency) if amount else gettext("free")


class OwnFilter(admin.RelatedOnlyFieldListFilter):
    """What the organizer's rows are about. With one choice the stock filter shows every row, so
    the page of an event that nobody signed up for would list the people of another.
    """

    def has_output(self) -> bool:
        return True


class PaymentInline(PaymentTabularInline):
    model = Payment
    fields = (
        "created_at",
        "provider",
        "sum",
        "status",
        "problem",
        "paid_at",
        "reference",
        "noted_by",
        "note",
    )
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("events.view_registration")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        return super().get_queryset(request).select_related("recorded_by")

    @admin.display(description=_("amount"))
    def sum(self, payment: Payment) -> str:
        return money.format_amount(payment.amount, payment.currency)

    @admin.display(description=_("recorded by"))
    def noted_by(self, payment: Payment) -> SafeString:
        """Only the name: the account behind it is for superusers."""
        return shown.name(payment.recorded_by.username if payment.recorded_by else shown.NOTHING)


@admin.register(Registration)
class RegistrationAdmin(RegistrationActions, OwnEventsAdmin, ReadOnlyAdmin, shown.InZoneAdmin):
    list_display = [
        "person",
        "neos",
        "event",
        "workshop",
        "state",
        "has_come",
        "cost",
        "registered",
    ]
    list_filter = [
        "status",
        ("event", OwnFilter),
        ("workshop", OwnFilter),
    ]
    list_select_related = ["attendee__user", "event", "workshop"]
    search_fields = [
        "attendee__neos_id",
        "attendee__neos_username",
        "attendee__display_name",
        "attendee__user__username",
    ]
    search_help_text = _("Name, Neos id, or the whole registration code")
    inlines = [PaymentInline]
    fieldsets = [
        (None, {"fields": ["code", "profile", "neos", "event", "workshop", "state", "obstacles"]}),
        (
            _("Waitlist"),
            {"fields": ["waitlisted_at", "draw_rank", "promoted_at", "promoter", "moved_up"]},
        ),
        (_("Money"), {"fields": ["cost", "perk_label", "hold_until", "refund_until"]}),
        (
            _("When"),
            {
                "fields": [
                    "zone",
                    "created_at",
                    "confirmed_at",
                    "checked_in_at",
                    "ended_at",
                ],
                "description": _("All times on this page are in the event's time zone."),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> RegistrationQuerySet:
        q = cast("RegistrationQuerySet", super().get_queryset(request))
        return q.with_waitlist_position()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """A whole code finds its registration, however the database writes codes."""
        try:
            return queryset.filter(code=UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    def zone_of(self, request: HttpRequest, object_id: str | None) -> ZoneInfo:
        registration = self.get_object(request, object_id) if object_id else None
        return registration.event.zone if registration else shown.UTC

    @admin.display(description=_("attendee"), ordering="attendee__neos_username")
    def person(self, registration: Registration) -> SafeString:
        return shown.name(registration.attendee.name)

    @admin.display(description=_("attendee"))
    def profile(self, registration: Registration) -> SafeString:
        """The name, leading to what Neos and Patreon say about the person."""
        address = reverse("admin:events_attendee_change", args=[registration.attendee_id])
        return format_html('<a href="{}">{}</a>', address, self.person(registration))

    @admin.display(description=_("Neos id"), ordering="attendee__neos_id")
    def neos(self, registration: Registration) -> SafeString:
        return shown.neos_id(registration.attendee)

    @admin.display(description=_("status"), ordering="status")
    def state(self, registration: Registration) -> str:
        if registration.has_lapsed(timezone.now()):
            return gettext("not paid in time")
        if registration.awaits_draw:
            return gettext("in the draw")
        if registration.position:
            return gettext("on the waitlist, number %(position)d") % {
                "position": registration.position
            }
        return registration.get_status_display()

    @admin.display(description=_("does not move up because"))
    def obstacles(self, registration: Registration) -> SafeString | str:
        """What keeps a waiting person from a place."""
        if registration.status != Registration.Status.WAITLISTED:
            return shown.NOTHING
        event = registration.event
        person = Attendee.objects.facing(event).select_related("user")
        attendee = person.get(pk=registration.attendee_id)
        now = facts.read_facts(event, attendee, timezone.now())
        lines = in_the_way(now, registration.bookable)
        return format_html_join(BREAK, "{}", ((line,) for line in lines)) or shown.NOTHING

    @admin.display(description=_("promoted by"))
    def promoter(self, registration: Registration) -> SafeString:
        """Only the name: the account behind it is for superusers."""
        by = registration.promoted_by
        return shown.name(by.username if by else shown.NOTHING)

    @admin.display(description=_("moved up in"))
    def moved_up(self, registration: Registration) -> SafeString | str:
        """When it was, leading to who else moved up then."""
        line = registration.filling_pass
        if line is None:
            return shown.NOTHING
        address = reverse("admin:events_fillingpass_change", args=[line.pk])
        when = shown.moment(line.at, registration.event.zone)
        return format_html('<a href="{}">{}</a>', address, when)

    @admin.display(description=_("came"), ordering="checked_in_at")
    def has_come(self, registration: Registration) -> str:
        return gettext("yes") if registration.checked_in_at else shown.NOTHING

    @admin.display(description=_("amount"), ordering="amount")
    def cost(self, registration: Registration) -> str:
        """Agreed when a place is taken: whoever waits has no amount yet, not a free place."""
        if registration.status == Registration.Status.WAITLISTED:
            return shown.NOTHING
        return price_or_free(registration.amount, registration.currency)

    @admin.display(description=_("registered"), ordering="created_at")
    def registered(self, registration: Registration) -> str:
        return shown.moment(registration.created_at, registration.event.zone)

    @admin.display(description=_("time zone"))
    def zone(self, registration: Registration) -> str:
        return str(registration.event.zone)
